import type { JsonObject } from '../json.js';
import type { Journey, StateId } from '../journey/types.js';
import type { Message } from '../conversation/types.js';
import type { MessageKey } from '../conversation/voice/en.js';
import { apply, scopeOf } from './evolve.js';
import { graphOf, type JourneyGraph } from './graph.js';
import type { Effect, Question, ScopeId, SessionEvent, SessionState } from './types.js';

/** A state in a scope. */
export interface Place {
  readonly scopeId: ScopeId;
  readonly stateId: StateId;
}

/** The place of whatever has one: runs, timers and questions bring more with them. */
export function placeOf({ scopeId, stateId }: Place): Place {
  return { scopeId, stateId };
}

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
  readonly arrivals: Map<ScopeId, Map<StateId, Arrivals>>;
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
    arrivals: new Map(),
    runCount: Object.keys(state.runs).length,
  };
}

/** Records what happened and applies it. */
export function emit(step: Step, event: SessionEvent): void {
  if (event.type === 'rewound' || event.type === 'restarted') step.arrivals.clear();
  if (event.type === 'user-said' || event.type === 'user-acted') step.owesReply = true;
  if (event.type === 'agent-said') step.owesReply = false;
  apply(step.state, event);
  step.events.push(event);
  countRuns(step, event);
}

function countRuns(step: Step, event: SessionEvent): void {
  if (event.type === 'node-started') step.runCount += 1;
  else if (event.type === 'node-completed' || event.type === 'node-failed') {
    if (event.runId !== null) step.runCount -= 1;
  } else if (RESETS_RUNS.has(event.type)) {
    step.runCount = Object.keys(step.state.runs).length;
  }
}

const RESETS_RUNS: ReadonlySet<SessionEvent['type']> = new Set([
  'rewound',
  'restarted',
  'completed',
  'failed',
  'cancelled',
  'expired',
]);

/** Says something: a key of the message catalogue and its arguments. */
export function say(step: Step, key: MessageKey, params: JsonObject = {}): void {
  step.said.push({ key, params });
}

/** Makes one event of what was said since the last. */
export function flush(step: Step): void {
  if (step.said.length === 0) return;
  const messages = step.said;
  step.said = [];
  emit(step, { type: 'agent-said', messages });
}

/** The question that the next answer belongs to. */
export function pendingQuestion(state: SessionState): Question | null {
  return state.questions[0] ?? null;
}

/** Asks, at once or after what is asked already. */
export function ask(step: Step, question: Question): void {
  emit(step, { type: 'question-asked', question });
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
  const { edges } = scopeOf(step.state, scopeId);
  const counts = new Map<StateId, Arrivals>();
  for (const [to, transitions] of step.graph.incoming) {
    const decided = transitions.filter(({ id }) => edges[id] !== undefined);
    counts.set(to, {
      undecided: transitions.length - decided.length,
      live: decided.some(({ id }) => edges[id] === 'live'),
    });
  }
  step.arrivals.set(scopeId, counts);
  return counts;
}
