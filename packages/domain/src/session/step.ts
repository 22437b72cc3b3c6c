import type { JsonObject } from '../json.js';
import type { Journey, StateId } from '../journey/types.js';
import type { Message } from '../conversation/types.js';
import type { MessageKey } from '../conversation/voice/en.js';
import { apply } from './evolve.js';
import { scopeOf } from './scopes.js';
import { bodyOf, graphOf, hasBody, stateOf, type JourneyGraph } from './graph.js';
import type { Effect, Question, Scope, ScopeId, SessionEvent, SessionState } from './types.js';

/** A state in a scope. */
export interface Place {
  readonly scopeId: ScopeId;
  readonly stateId: StateId;
}

/** The place of whatever has one: runs, timers and questions bring more with them. */
export function placeOf({ scopeId, stateId }: Place): Place {
  return { scopeId, stateId };
}

/** What is still to be begun: a state that is ready, or the end of a scope that may be done. */
export type Due =
  | { readonly type: 'enter'; readonly place: Place; readonly given: JsonObject }
  | { readonly type: 'settle'; readonly scopeId: ScopeId };

/** How many of a state's ways in are still open, and whether one of them is taken. */
interface Arrivals {
  undecided: number;
  live: boolean;
}

/**
 * A session at work: the state that this object alone may change, and what came of the inputs so far.
 * The functions that decide take one; they change the state by {@link emit} alone.
 */
export interface Step {
  readonly graph: JourneyGraph;
  readonly state: SessionState;
  /** ISO 8601 UTC. */
  now: string;
  events: SessionEvent[];
  effects: Effect[];
  /** Said by the input at work; become one event when it is done. */
  said: Message[];
  /** The pending question is to be put (again) when the turn ends. */
  mustPrompt: boolean;
  /** The person said or did something and has heard nothing yet. */
  owesReply: boolean;
  /** Going back: what is asked now comes before what others are asked. */
  goesBack: boolean;
  /** Begun one after another when the input is dealt with, so that no chain of states is a recursion. */
  readonly agenda: Due[];
  readonly arrivals: Map<ScopeId, Map<StateId, Arrivals>>;
  /** How many states of a scope are done or skipped. */
  readonly settled: Map<ScopeId, number>;
  /** How many runs are under way: counting them anew at each of thousands would be quadratic. */
  runCount: number;
}

/** Starts to work on a state, which the caller hands over. */
export function beginStep(journey: Journey, state: SessionState, now: string): Step {
  return {
    graph: graphOf(journey),
    state,
    now,
    events: [],
    effects: [],
    said: [],
    mustPrompt: false,
    owesReply: false,
    goesBack: false,
    agenda: [],
    arrivals: new Map(),
    settled: new Map(),
    runCount: Object.keys(state.runs).length,
  };
}

/** Records what happened and applies it. */
export function emit(step: Step, event: SessionEvent): void {
  if (event.type === 'user-said' || event.type === 'user-acted') step.owesReply = true;
  if (event.type === 'agent-said') step.owesReply = false;
  apply(step.state, event);
  step.events.push(event);
  keepCounts(step, event);
}

/** Counting anew at each of thousands of events would be quadratic. */
function keepCounts(step: Step, event: SessionEvent): void {
  switch (event.type) {
    case 'node-started':
      step.runCount += 1;
      return;
    case 'node-prepared':
    case 'run-called-off':
      step.runCount -= 1;
      return;
    case 'node-completed':
    case 'node-failed':
      if (hasBody(stateOf(step.graph, event.stateId))) countRuns(step);
      else if (event.runId !== null) step.runCount -= 1;
      if (event.type === 'node-completed') countSettled(step, event);
      return;
    case 'scope-closed':
      step.arrivals.delete(event.scopeId);
      step.settled.delete(event.scopeId);
      return;
    case 'rewound':
    case 'restarted':
      step.arrivals.clear();
      step.settled.clear();
      step.agenda.length = 0;
      countRuns(step);
      return;
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'expired':
    case 'reopened':
      countRuns(step);
      return;
    default:
  }
}

function countRuns(step: Step): void {
  step.runCount = Object.keys(step.state.runs).length;
}

function countSettled(
  step: Step,
  { scopeId, skipped }: Extract<SessionEvent, { type: 'node-completed' }>,
): void {
  const known = step.settled.get(scopeId);
  if (known !== undefined) step.settled.set(scopeId, known + 1 + skipped.length);
}

/** True once every state of a scope is done or will never be reached. */
export function isSettled(step: Step, scope: Scope): boolean {
  let settled = step.settled.get(scope.id);
  if (settled === undefined) {
    const nodes = Object.values(scope.nodes);
    settled = nodes.filter(({ status }) => status === 'done' || status === 'skipped').length;
    step.settled.set(scope.id, settled);
  }
  return settled >= bodyOf(step.graph, scope).length;
}

/** Says something: a key of the message catalogue and its arguments. */
export function say(step: Step, key: MessageKey, params: JsonObject = {}): void {
  step.said.push({ key, params });
}

/** Makes one event of what was said since the last. */
export function flush(step: Step): void {
  if (step.said.length === 0) return;
  const messages = distinct(step.said);
  step.said = [];
  emit(step, { type: 'agent-said', messages });
}

/** Branches side by side have the same to say. */
function distinct(messages: readonly Message[]): Message[] {
  return [...new Map(messages.map((message) => [JSON.stringify(message), message])).values()];
}

/** The question that the next answer belongs to. */
export function pendingQuestion(state: SessionState): Question | null {
  return state.questions[0] ?? null;
}

/** Asks, at once or after what is asked already. */
export function ask(step: Step, question: Question): void {
  emit(step, { type: 'question-asked', question, ...(step.goesBack && { first: true }) });
  step.mustPrompt = true;
}

/** Takes a question off the list. */
export function close(step: Step, question: Question, outcome: string): void {
  emit(step, { type: 'question-closed', questionId: question.id, outcome });
  step.mustPrompt = true;
}

/** An id that no other run, question or timer of the session has. */
export function nextId<P extends string>(step: Step, prefix: P): `${P}_${string}` {
  return `${prefix}_${step.state.counter + 1}`;
}

/** True where all ways into a state are decided and one of them is taken. */
export function hasArrived(step: Step, { scopeId, stateId }: Place): boolean {
  const counts = step.arrivals.get(scopeId) ?? countArrivals(step, scopeId);
  const arrivals = counts.get(stateId);
  return arrivals !== undefined && arrivals.undecided <= 0 && arrivals.live;
}

/** Counts one decided way into a state; linear over the session, however wide the join. */
export function arrive(step: Step, scopeId: ScopeId, to: StateId, live: boolean): Arrivals {
  const counts = step.arrivals.get(scopeId) ?? countArrivals(step, scopeId);
  const arrivals = counts.get(to) ?? { undecided: 0, live: false };
  arrivals.undecided -= 1;
  arrivals.live ||= live;
  counts.set(to, arrivals);
  return arrivals;
}

function countArrivals(step: Step, scopeId: ScopeId): Map<StateId, Arrivals> {
  const scope = scopeOf(step.state, scopeId);
  const { edges } = scope;
  const counts = new Map<StateId, Arrivals>();
  for (const to of bodyOf(step.graph, scope)) {
    const transitions = step.graph.incoming.get(to) ?? [];
    const decided = transitions.filter(({ id }) => edges[id] !== undefined);
    counts.set(to, {
      undecided: transitions.length - decided.length,
      live: decided.some(({ id }) => edges[id] === 'live'),
    });
  }
  step.arrivals.set(scopeId, counts);
  return counts;
}
