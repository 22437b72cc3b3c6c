import { own, type JsonObject, type JsonValue } from '../json.js';
import type { ForkState, StateId, Transition } from '../journey/types.js';
import { createLookup, scanReferences, type ReferenceToken } from '../expressions/index.js';
import { inWords } from '../conversation/voice/summarise.js';
import { stateOf } from './graph.js';
import { answeredSlots } from './rewind.js';
import { scopesOutwards } from './scopes.js';
import { pendingQuestion, say, type Place, type Step } from './step.js';
import { sayItem } from './bodies.js';
import { currentPlace, currentState, executionStatus, progress } from './status.js';
import type { Question, Scope } from './types.js';

/** Says where the session stands. */
export function reportStatus(step: Step): void {
  const { state, graph } = step;
  const current = currentState(state);
  say(step, 'status', {
    name: graph.journey.name,
    // A keyword of ICU's has no hyphen.
    status: executionStatus(state).replaceAll('-', '_'),
    progress: progress(graph, state),
    label: current === null ? '' : stateOf(graph, current).label,
  });
  sayItems(step);
  const known = knownValues(step);
  if (Object.keys(known).length > 0) say(step, 'known-values', { values: known });
}

/** Which items of the loops and parallels around it the present step is about. */
function sayItems(step: Step): void {
  const place = currentPlace(step.state);
  for (const { parent, index } of scopesOutwards(step.state, place?.scopeId ?? '').reverse()) {
    if (parent && index !== undefined) sayItem(step, parent, index, 'loop-item');
  }
}

/** Everything that the person has given, by label. */
function knownValues(step: Step): JsonObject {
  const entries: [string, JsonValue][] = [];
  for (const { place, slot } of answeredSlots(step).toReversed()) {
    const output = step.state.scopes[place.scopeId]?.outputs[place.stateId];
    const value = own((output ?? {}) as JsonObject, slot.name);
    if (value !== undefined && value !== null) entries.push([slot.label, value]);
  }
  const question = pendingQuestion(step.state);
  if (question?.kind === 'slots') {
    for (const slot of question.slots) {
      const value = own(question.values, slot.name);
      if (value !== undefined) entries.push([slot.label, value]);
    }
  }
  return Object.fromEntries(entries);
}

/** Says what the present step is for, and which way led there: from the journey and its data alone. */
export function explain(step: Step): void {
  const { state, graph } = step;
  const current = currentState(state);
  if (current === null) {
    say(step, 'explain-workflow', about(step));
    return;
  }
  const { label, description, kind } = stateOf(graph, current);
  const question = pendingQuestion(state);
  say(step, 'explain-step', {
    label,
    description: description ?? '',
    kind: isForSideEffect(question) ? 'confirmation' : kind,
  });
  const place = currentPlace(state);
  if (place) explainWay(step, place);
}

function isForSideEffect(question: Question | null): boolean {
  return question?.kind === 'confirmation' && question.purpose.type === 'side-effect';
}

/** The nearest fork that was decided on the way here, with the expression that was true. */
function explainWay(step: Step, place: Place): void {
  let from: StateId | undefined = place.stateId;
  for (const scope of scopesOutwards(step.state, place.scopeId)) {
    const way = from === undefined ? null : lastDecision(step, scope, from);
    const fork = way && stateOf(step.graph, way.from);
    if (way && fork?.kind === 'fork') {
      sayBranch(step, scope.id, fork, way.branchId);
      return;
    }
    from = scope.parent?.stateId;
  }
}

/** The nearest way out of a fork by which a state was reached within its scope. */
function lastDecision(step: Step, scope: Scope, from: StateId): Transition | null {
  const seen = new Set<StateId>([from]);
  // What is added to a set while it is walked is walked too.
  for (const id of seen) {
    for (const way of step.graph.incoming.get(id) ?? []) {
      if (way.kind === 'enter' || scope.edges[way.id] !== 'live') continue;
      if (stateOf(step.graph, way.from).kind === 'fork') return way;
      seen.add(way.from);
    }
  }
  return null;
}

function sayBranch(step: Step, scopeId: string, fork: ForkState, branchId: string | null): void {
  const branch = fork.branches.find(({ id }) => id === branchId);
  if (!branch) return;
  const expressions = fork.branches.map(({ expression }) => expression ?? '');
  say(step, branch.expression === null ? 'explain-else' : 'explain-branch', {
    label: fork.label,
    title: branch.title,
    condition: readable(branch.expression ?? ''),
    values: valuesOf(step, scopeId, branch.expression === null ? expressions : [branch.expression]),
  });
}

/** An expression with each reference as the name that people know it by. */
function readable(expression: string): string {
  let text = '';
  let from = 0;
  for (const token of scanReferences(expression)) {
    text += expression.slice(from, token.start) + inWords(nameOf(token));
    from = token.end;
  }
  return text + expression.slice(from);
}

function nameOf({ name, path }: ReferenceToken): string {
  return String(path.at(-1) ?? name);
}

/** What the references of expressions stood for. */
function valuesOf(step: Step, scopeId: string, expressions: readonly string[]): JsonObject {
  const lookup = createLookup(step.graph.journey, step.state, scopeId, {});
  const tokens = expressions.flatMap((expression) => scanReferences(expression));
  return Object.fromEntries(
    tokens
      .filter(({ kind }) => kind !== 'env')
      .map((token): [string, JsonValue] => {
        const found = lookup(token);
        return [inWords(nameOf(token)), found.kind === 'value' ? found.value : null];
      }),
  );
}

/** Answers a question on the side from the workflow's descriptions; what it cannot, it says. */
export function answerQuestion(step: Step, text: string): void {
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
  const question = pendingQuestion(step.state);
  const slots = question?.kind === 'slots' ? question.slots : [];
  const meant =
    slots.find(({ label }) =>
      label
        .toLowerCase()
        .split(/\s+/)
        .some((word) => words.has(word)),
    ) ?? null;
  if (meant?.description) {
    say(step, 'answer-slot', { label: meant.label, description: meant.description });
    return;
  }
  say(step, 'answer-workflow', about(step));
}

function about(step: Step): JsonObject {
  const { name, description } = step.graph.journey;
  return { name, description: description ?? '' };
}
