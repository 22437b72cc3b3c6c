import { normaliseName, type ReferenceToken } from '../expressions/references.js';
import type { JourneyState, LoopState, ParallelState, StateId } from '../journey/types.js';
import { MAX_ITERATIONS } from '../session/bodies.js';
import { quote } from '../workflow/issue-log.js';
import { blockOf, chainOf, variablesSetBy, type Names, type Reader } from './reading.js';
import { report, type JourneySurvey } from './survey.js';

/** Reports loops and parallels that nothing bounds but the limit of the session, or nothing at all. */
export function reportLoops(
  survey: JourneySurvey,
  readers: readonly Reader[],
  names: ReadonlyMap<string, Names>,
): void {
  const byState = new Map(readers.map((reader) => [reader.state.id, reader]));
  const changed = changedInside(survey);
  for (const state of survey.bodies.flatMap(({ states }) => states)) {
    if (state.kind !== 'loop' && state.kind !== 'parallel') continue;
    if (reportCount(survey, state) || state.kind !== 'loop' || state.condition === null) continue;
    if (state.loopType !== 'while' && state.loopType !== 'doWhile') continue;
    const reader = byState.get(state.id) ?? { state, chain: [state], tokens: [] };
    const workflow = names.get(state.child ?? '');
    if (workflow) reportCondition(survey, state, reader, workflow, changed);
  }
}

/** True where how often it repeats is a plain count, or is missing. */
function reportCount(survey: JourneySurvey, state: LoopState | ParallelState): boolean {
  const { count, isMissing } = boundOf(state);
  if (isMissing) {
    const message = () => `${quote(state.label)} does not say how often it repeats.`;
    report(survey, 'loop_without_bound', state, message);
  } else if (count !== null && count > MAX_ITERATIONS) {
    const message = () =>
      `${quote(state.label)} is to repeat ${count} times; ${MAX_ITERATIONS} is the most.`;
    report(survey, 'loop_over_limit', state, message);
  }
  return isMissing || count !== null;
}

function boundOf(state: LoopState | ParallelState): { count: number | null; isMissing: boolean } {
  const hasItems = state.items !== null && state.items !== '';
  if (state.kind === 'parallel') {
    const isCounted = state.parallelType === 'count';
    const count = isCounted ? state.count : null;
    return { count, isMissing: isCounted ? count === null : !hasItems };
  }
  if (state.loopType === 'forEach') return { count: null, isMissing: !hasItems };
  if (state.loopType === 'while') return { count: null, isMissing: state.condition === null };
  const count = state.loopType === 'for' || state.condition === null ? state.iterations : null;
  return {
    count,
    isMissing: count === null && (state.loopType === 'for' || state.condition === null),
  };
}

/** What differs from one time to the next without anything that the body does. */
const CLOCK_OR_CHANCE = /\b(?:Date|random|performance)\b/;

function reportCondition(
  survey: JourneySurvey,
  loop: LoopState,
  reader: Reader,
  names: Names,
  changed: ReadonlySet<string>,
): void {
  const condition = loop.condition ?? '';
  if (reader.tokens.some((token) => isIndex(token, reader, names))) return;
  const reads = `The condition of ${quote(loop.label)}, ${quote(condition)},`;
  const isLive =
    CLOCK_OR_CHANCE.test(condition) ||
    reader.tokens.some((token) => isChanged(token, reader, names, survey, changed));
  if (isLive) {
    const message = () => `${reads} may stay true until ${MAX_ITERATIONS} iterations are over.`;
    report(survey, 'loop_bounded_by_limit', loop, message);
  } else {
    const message = () => `${reads} reads nothing that an iteration changes.`;
    report(survey, 'loop_condition_constant', loop, message);
  }
}

function isIndex(token: ReferenceToken, { state }: Reader, { states }: Names): boolean {
  const [field] = token.path;
  if (field !== 'index' && field !== 'iteration') return false;
  return token.kind === 'loop' || states.get(token.name) === state;
}

function isChanged(
  token: ReferenceToken,
  reader: Reader,
  names: Names,
  { graph }: JourneySurvey,
  changed: ReadonlySet<string>,
): boolean {
  const { state } = reader;
  if (token.kind === 'variable') {
    const [name] = token.path;
    // `<variable>` alone is all of them.
    return name === undefined || changed.has(keyOf(state.id, normaliseName(String(name))));
  }
  const block = blockOf(token, reader, names);
  return block !== null && (chainOf(block, graph.states) ?? []).slice(1).includes(state);
}

/** For every loop and parallel the variables that something inside it sets. */
function changedInside({ bodies, graph }: JourneySurvey): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const state of bodies.flatMap(({ states }) => states)) {
    for (const name of variablesSetBy(state)) {
      for (const { id } of around(state, graph.states)) changed.add(keyOf(id, name));
    }
  }
  return changed;
}

function around(
  state: JourneyState,
  states: ReadonlyMap<StateId, JourneyState>,
): readonly JourneyState[] {
  return (chainOf(state, states) ?? []).slice(1);
}

function keyOf(container: StateId, variable: string): string {
  return JSON.stringify([container, variable]);
}
