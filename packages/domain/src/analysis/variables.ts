import { normaliseName, type ReferenceToken } from '../expressions/references.js';
import type { JourneyVariable, StateId } from '../journey/types.js';
import { quote } from '../workflow/issue-log.js';
import { answers, pathWithout, type Target } from './certainty.js';
import type { Flow } from './flow.js';
import { variablesSetBy, type Names, type Reader } from './reading.js';
import { pathText, report, type JourneySurvey } from './survey.js';

/** A reference to a variable that has no value of its own to begin with. */
interface VariableReference {
  readonly reader: Reader;
  readonly token: ReferenceToken;
  readonly setters: Setters;
}

/** The blocks that set one variable. */
interface Setters {
  /** All of them, of which one on every path is enough. */
  readonly any: Target;
  /** Each for itself, for what is set beside the path; no more of them than one pass answers for. */
  readonly each: readonly Target[];
}

const NO_SETTERS: Setters = { any: { states: [] }, each: [] };
const ASKED_EACH = 31;

/** Reports variables that are read where a path leads on which they have not got a value. */
export function reportVariables(
  survey: JourneySurvey,
  flow: Flow,
  readers: readonly Reader[],
  names: ReadonlyMap<string, Names>,
): void {
  const references = findReferences(survey, readers, names);
  const questions = references.flatMap(({ reader, setters: { any, each } }) =>
    reader.chain.flatMap(({ id }) => [any, ...each].map((target) => ({ reader: id, target }))),
  );
  const sure = new Map<Target, Set<StateId>>();
  for (const [{ reader, target }, answer] of answers(flow, questions)) {
    if (answer !== 'surely' && answer !== 'surely-or-failed') continue;
    const known = sure.get(target);
    if (known) known.add(reader);
    else sure.set(target, new Set([reader]));
  }
  for (const reference of references) {
    const { any, each } = reference.setters;
    const isSet = reference.reader.chain.some(({ id }) =>
      [any, ...each].some((target) => sure.get(target)?.has(id)),
    );
    if (!isSet) reportUnset(survey, flow, reference);
  }
}

function findReferences(
  survey: JourneySurvey,
  readers: readonly Reader[],
  names: ReadonlyMap<string, Names>,
): VariableReference[] {
  const workflows = settersOf(survey);
  const begun = new Map([...names].map(([child, { variables }]) => [child, begunWith(variables)]));
  return readers.flatMap((reader) => {
    const child = reader.state.child ?? '';
    return reader.tokens.flatMap((token): VariableReference[] => {
      const name = variableOf(token);
      const isBegun = name === null ? undefined : begun.get(child)?.get(name);
      const setters = workflows.get(child)?.get(name ?? '');
      // One that nobody knows is reported where its workflow is mapped.
      if (isBegun === true || (isBegun === undefined && !setters)) return [];
      return [{ reader, token, setters: setters ?? NO_SETTERS }];
    });
  });
}

function variableOf({ kind, path: [name] }: ReferenceToken): string | null {
  return kind === 'variable' && name !== undefined ? normaliseName(String(name)) : null;
}

/** Whether a declared variable has a value before any block sets it, by name. */
function begunWith(variables: readonly JourneyVariable[]): Map<string, boolean> {
  return new Map(
    variables.map(({ name, value }) => [normaliseName(name), value !== null && value !== '']),
  );
}

/** By workflow and by name. A block that goes on after an error may have set nothing. */
function settersOf({ bodies, ways, graph }: JourneySurvey): Map<string, Map<string, Setters>> {
  const found = new Map<string, Map<string, Set<StateId>>>();
  for (const id of bodies.flatMap(({ decided }) => decided)) {
    const state = graph.states.get(id);
    if (!state || (ways.get(id) ?? []).some(({ kind }) => kind === 'error')) continue;
    const child = state.child ?? '';
    const byName = found.get(child) ?? new Map<string, Set<StateId>>();
    found.set(child, byName);
    for (const name of variablesSetBy(state)) {
      byName.set(name, (byName.get(name) ?? new Set<StateId>()).add(id));
    }
  }
  return new Map(
    [...found].map(([child, byName]) => [
      child,
      new Map([...byName].map(([name, states]) => [name, targetsOf([...states])])),
    ]),
  );
}

function targetsOf(states: readonly StateId[]): Setters {
  const each = states.length === 1 ? [] : states.slice(0, ASKED_EACH);
  return { any: { states }, each: each.map((id) => ({ states: [id] })) };
}

function reportUnset(
  survey: JourneySurvey,
  flow: Flow,
  { reader: { state, chain }, token, setters }: VariableReference,
): void {
  report(survey, 'variable_may_be_unset', state, () => {
    const reads = `${quote(state.label)} reads ${quote(token.raw)}, but`;
    if (setters.any.states.length === 0) return `${reads} no block sets it.`;
    const path = [...chain]
      .reverse()
      .flatMap(({ id }) => pathWithout(flow, { reader: id, target: setters.any }));
    return `${reads} it is not set on every path: ${pathText(survey, path)}.`;
  });
}
