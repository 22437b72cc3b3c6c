import { own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import type { Journey, JourneyVariable, StateId } from '../journey/types.js';
import { hasEnded } from '../session/commands.js';
import { copy } from '../session/copy.js';
import { graphOf } from '../session/graph.js';
import { prompt, promptFor } from '../session/prompts.js';
import { pendingQuestion, beginStep, emit, flush, say } from '../session/step.js';
import type {
  JourneyVersion,
  NodeState,
  Question,
  Scope,
  ScopeChange,
  SessionEvent,
  SessionState,
} from '../session/types.js';
import { answeredAs } from './answers.js';
import { isBegun, misplaced, positionOf } from './position.js';
import { askedAs } from './questions.js';
import { stillRead } from './reading.js';
import { refusal, type MoveRefusal, type Versions } from './refusals.js';
import { isSame, isSameInside, isSameStep } from './same.js';

/** A move: what happened and where it leads, or why the session stays. */
export type Move =
  | {
      readonly ok: true;
      readonly events: readonly SessionEvent[];
      readonly state: SessionState;
      /** The pending question reads differently, which the person is told. */
      readonly putAnew: boolean;
    }
  | { readonly ok: false; readonly refusal: MoveRefusal };

/**
 * Moves a session to another version of its journey, where it stands: block for block, by their ids. It runs
 * nothing and asks nothing that was not asked: where the new version would have to, the session stays.
 * Both states are plain data; the given one is left as it was. Linear in session and journey.
 */
export function moveSession(from: Journey, to: Journey, state: SessionState, now: string): Move {
  const versions = { from: graphOf(from), to: graphOf(to) };
  const changes = planChanges(versions, state);
  if ('code' in changes) return { ok: false, refusal: changes };
  const step = beginStep(to, copy(state), now);
  const [before] = state.questions;
  const [after] = changes.questions;
  const putAnew =
    before !== undefined &&
    after !== undefined &&
    !isSame(promptFor(versions.from, state, before), promptFor(versions.to, state, after));
  const event = { from: versionOf(from), to: versionOf(to), ...changes, putAnew };
  emit(step, { type: 'journey-changed', ...event });
  if (putAnew) {
    say(step, 'journey-changed', { name: to.name });
    if (pendingQuestion(step.state)) prompt(step);
  }
  flush(step);
  return { ok: true, events: step.events, state: step.state, putAnew };
}

function versionOf({ id, version }: Journey): JourneyVersion {
  return { journeyId: id, journeyVersion: version };
}

interface Changes {
  readonly scopes: ScopeChange[];
  readonly questions: Question[];
  readonly variables: JsonObject;
}

function planChanges(versions: Versions, state: SessionState): Changes | MoveRefusal {
  if (hasEnded(state)) return refusal('session_ended', null, () => 'The session is over.');
  const [run] = Object.values(state.runs);
  if (run) {
    const block = versions.from.states.get(run.stateId) ?? null;
    return refusal('session_busy', block, (name) => `${name} is at work.`);
  }
  const scopes: ScopeChange[] = [];
  for (const scope of Object.values(state.scopes)) {
    const change = changeOf(versions, scope);
    if ('code' in change) return change;
    scopes.push(change);
  }
  const questions: Question[] = [];
  for (const question of state.questions) {
    const asked = askedAs(versions, question);
    if ('code' in asked) return asked;
    questions.push(asked.question);
  }
  return { scopes, questions, variables: variablesOf(versions, state, scopes) };
}

function changeOf(versions: Versions, scope: Scope): ScopeChange | MoveRefusal {
  const gone: StateId[] = [];
  const outputs: Record<StateId, JsonValue> = {};
  for (const [id, node] of Object.entries(scope.nodes) as [StateId, NodeState][]) {
    const before = versions.from.states.get(id);
    const after = versions.to.states.get(id);
    const problem = isBegun(node) ? displaced(versions, id, node) : null;
    if (problem) return problem;
    if (!after) gone.push(id);
    if (!before || !after || node.status !== 'done') continue;
    const answered = answeredAs(before, after, scope.outputs[id] ?? null);
    if (answered && 'code' in answered) return answered;
    if (answered) outputs[id] = answered.output;
  }
  gone.push(...goneEchoes(versions, scope));
  const position = positionOf(versions, scope);
  const over = new Set([...position.skipped, ...scope.order]);
  const problem = misplaced(versions, scope, position) ?? stillRead(versions, scope, gone, over);
  return problem ?? { scopeId: scope.id, gone, ...position, outputs };
}

/** What became of a step that is done or under way, where it cannot go on as what it was. */
function displaced(versions: Versions, id: StateId, node: NodeState): MoveRefusal | null {
  const before = versions.from.states.get(id) ?? null;
  const after = versions.to.states.get(id);
  if (!before || !after) {
    // What is done and no longer there has had its effect.
    if (before && node.status === 'done') return null;
    return refusal('step_removed', before, (name) => `${name}, where it stands, was removed.`);
  }
  if (!isSameStep(before, after)) {
    const what = node.status === 'done' ? 'is done' : 'is under way';
    return refusal('step_changed', after, (name) => `${name} ${what}, and is another step now.`);
  }
  const isOpen = node.status !== 'done' && (node.inner === true || node.progress !== undefined);
  if (!isOpen || isSameInside(versions, id)) return null;
  return refusal('body_changed', after, (name) => `It stands inside ${name}, which has changed.`);
}

/** What stood in loops and parallels that are done. */
function goneEchoes({ to }: Versions, { echoes = {} }: Scope): StateId[] {
  return (Object.keys(echoes) as StateId[]).filter((id) => !to.states.has(id));
}

/** A variable that no block has set has the value that the author gave it; what is set stays set. */
function variablesOf(
  { from, to }: Versions,
  state: SessionState,
  scopes: readonly ScopeChange[],
): JsonObject {
  if (Object.keys(state.scopes).length === 0) return state.variables;
  const set = new Set(setVariables(state, scopes));
  const variables: Record<string, JsonValue> = {};
  const initial = new Set(from.journey.variables.map(({ name }) => name));
  for (const [name, value] of Object.entries(state.variables)) {
    if (set.has(name) || !initial.has(name)) setOwn(variables, name, value);
  }
  for (const { name, value } of to.journey.variables satisfies readonly JourneyVariable[]) {
    const kept = set.has(name) ? own(state.variables, name) : undefined;
    setOwn(variables, name, kept ?? value);
  }
  return variables;
}

function setVariables(state: SessionState, scopes: readonly ScopeChange[]): string[] {
  return Object.values(state.scopes).flatMap(({ id: scopeId, nodes }) => {
    const gone = new Set(scopes.find((change) => change.scopeId === scopeId)?.gone);
    return Object.entries(nodes).flatMap(([id, node]) =>
      gone.has(id as StateId) ? [] : Object.keys(node.variables ?? {}),
    );
  });
}
