import { expect } from 'vitest';
import { render } from '../../conversation/voice/render.js';
import { viewSession, availableCommands, suggestActions, understandingContext } from '../view.js';
import { hasEnded } from '../commands.js';
import { apply, initialState, isInterruption } from '../evolve.js';
import { graphOf, stateOf, type JourneyGraph } from '../graph.js';
import { executionStatus } from '../status.js';
import type { NodeState, Question, SessionEvent } from '../types.js';
import type { Beat, Improvisation } from './improvisation.js';

/** Watches a session and holds it to what must be true of any, whatever happened to it. */
export class Witness {
  readonly #session: Improvisation;
  readonly #history: History;
  /** What the log alone makes of the session. */
  readonly #told = initialState();
  #seen = 0;

  constructor(session: Improvisation) {
    this.#session = session;
    this.#history = new History(graphOf(session.journey));
  }

  /** Checks the session as one more happening left it. */
  check(beat: Beat): void {
    this.#follow();
    expectFittingNodes(this.#session);
    expectEffects(this.#session);
    expectAnswered(this.#session, beat);
    expectCalmInPause(this.#session, beat);
    expectViews(this.#session);
  }

  #follow(): void {
    const news = this.#session.events.slice(this.#seen);
    this.#seen += news.length;
    for (const event of JSON.parse(JSON.stringify(news)) as SessionEvent[]) {
      apply(this.#told, event);
      this.#history.add(event);
    }
    expect(this.#told, 'the log rebuilds the state').toStrictEqual(this.#session.state);
  }
}

/** Every question, run and timer belongs to a node in a fitting status, and every such node has one. */
function expectFittingNodes({ state }: Improvisation): void {
  if (hasEnded(state)) {
    expect([state.questions, state.runs, state.timers]).toEqual([[], {}, {}]);
    return;
  }
  const open = state.questions.filter((question) => !isInterruption(question));
  expect(state.questions.length - open.length).toBeLessThanOrEqual(1);
  const expected = new Map<string, NodeState['status']>([
    ...open.map((question) => [question.stateId, statusOf(question)] as const),
    ...Object.values(state.runs).map(({ stateId }) => [stateId, 'running'] as const),
    ...Object.values(state.timers).map(({ stateId }) => [stateId, 'waiting'] as const),
  ]);
  const busy = open.length + Object.keys(state.runs).length + Object.keys(state.timers).length;
  expect(expected.size).toBe(busy);
  const idle: NodeState['status'][] = ['done', 'skipped', 'undone'];
  // A wait that is over in a pause goes on when the pause ends.
  if (state.status === 'paused') idle.push('waiting');
  for (const [id, { status }] of Object.entries(state.scopes['root']?.nodes ?? {})) {
    const due = expected.get(id);
    if (due === undefined) expect(idle, id).toContain(status);
    else expect(status, id).toBe(due);
    expected.delete(id);
  }
  expect([...expected.keys()]).toEqual([]);
}

function statusOf(question: Question): NodeState['status'] {
  if (question.kind === 'slots') return 'asking';
  return question.kind === 'repair' ? 'failed' : 'confirming';
}

/** What the engine has under way by the effects is what the state says is under way. */
function expectEffects({ state, runs, timers }: Improvisation): void {
  expect([...runs.keys()].toSorted()).toEqual(Object.keys(state.runs).toSorted());
  expect([...timers.keys()].toSorted()).toEqual(Object.keys(state.timers).toSorted());
}

/** A person is never left without a word, and no word reads like a programme's. */
function expectAnswered({ state }: Improvisation, { input, events }: Beat): void {
  const said = events.flatMap((event) => (event.type === 'agent-said' ? event.messages : []));
  const texts = said.map((message) => render(message));
  for (const text of texts) expect(text).not.toMatch(/^$|undefined|NaN|\[object/);
  if (input.type === 'say' || input.type === 'act' || input.type === 'open') {
    expect(texts.join(''), JSON.stringify(input)).not.toBe('');
  }
  expect([...new Set(texts)], 'nothing is said twice').toEqual(texts);
  const { questions, status } = state;
  if (status === 'running' && questions.length === 0) {
    expect(Object.keys({ ...state.runs, ...state.timers }).length).toBeGreaterThan(0);
  }
}

/** What is under way in a pause comes to its end; nothing is begun, but for a block's own retries. */
function expectCalmInPause({ state }: Improvisation, { before, events }: Beat): void {
  if (before.status !== 'paused' || state.status !== 'paused') return;
  for (const event of events) {
    expect(event.type).not.toBe('timer-set');
    if (event.type === 'node-started') expect(event.run.attempt).toBeGreaterThan(1);
    if (event.type === 'question-asked') {
      expect(isInterruption(event.question) || event.question.kind === 'repair').toBe(true);
    }
  }
}

function expectViews({ journey, state }: Improvisation): void {
  const view = viewSession(journey, state);
  expect(view.executionStatus).toBe(executionStatus(state));
  expect(view.progressPercentage).toBeLessThanOrEqual(100);
  expect(suggestActions(state).length).toBeLessThanOrEqual(5);
  expect(availableCommands(state).length).toBeGreaterThan(0);
  understandingContext(journey, state, '2026-03-14T09:00:00.000Z', 'UTC');
}

/** Follows a log with nothing but what its events say. */
class History {
  readonly #graph: JourneyGraph;
  readonly #ids = new Set<string>();
  readonly #done = new Set<string>();
  readonly #ways = new Map<string, 'live' | 'dead'>();
  readonly #keys = new Map<string, string>();
  readonly #usedKeys = new Set<string>();
  /** States by the questions that they ask. */
  readonly #asking = new Map<string, string>();
  #allowed = new Set<string>();
  #asksFirst = true;

  constructor(graph: JourneyGraph) {
    this.#graph = graph;
  }

  add(event: SessionEvent): void {
    switch (event.type) {
      case 'session-created':
        this.#asksFirst = event.config.askForConfirmation;
        return;
      case 'question-asked':
        this.#question(event.question);
        return;
      case 'question-closed':
        if (event.outcome === 'confirmed' || event.outcome === 'retry') {
          this.#allowed.add(this.#asking.get(event.questionId) ?? '');
        }
        return;
      case 'timer-set':
        this.#fresh(event.timer.id);
        this.#ready(event.timer.stateId);
        return;
      case 'node-started':
        this.#started(event);
        return;
      case 'node-completed':
        this.#completed(event);
        return;
      case 'rewound':
        for (const id of event.reset) this.#forget(id);
        for (const id of event.edges) this.#ways.delete(id);
        return;
      case 'restarted':
        for (const id of [...this.#done, ...this.#keys.keys()]) this.#forget(id);
        this.#ways.clear();
        this.#allowed = new Set();
        return;
      default:
    }
  }

  #question(question: Question): void {
    this.#fresh(question.id);
    if (isInterruption(question)) return;
    this.#asking.set(question.id, question.stateId);
    this.#ready(question.stateId);
  }

  #started({ stateId, run }: Extract<SessionEvent, { type: 'node-started' }>): void {
    this.#fresh(run.id);
    this.#ready(stateId);
    const known = this.#keys.get(stateId);
    if (known === undefined) {
      expect(this.#usedKeys, 'a new run group has a new key').not.toContain(run.idempotencyKey);
      expect(run.attempt).toBe(1);
    } else {
      expect(run.idempotencyKey, 'a run group has one key').toBe(known);
    }
    this.#keys.set(stateId, run.idempotencyKey);
    this.#usedKeys.add(run.idempotencyKey);
    const state = stateOf(this.#graph, run.stateId);
    if (this.#asksFirst && state.kind === 'tool' && state.sideEffect === 'write') {
      expect(this.#allowed, 'a side effect waits for a yes').toContain(stateId);
    }
  }

  #completed(event: Extract<SessionEvent, { type: 'node-completed' }>): void {
    const { stateId, taken, dead, skipped, effectDone } = event;
    this.#ready(stateId);
    this.#done.add(stateId);
    if (effectDone) expect(this.#keys.has(stateId), 'nothing happened without a run').toBe(true);
    for (const id of [...taken, ...dead]) {
      expect(this.#ways.has(id), 'a way is decided once').toBe(false);
      this.#ways.set(id, taken.includes(id) ? 'live' : 'dead');
    }
    for (const id of skipped) {
      const ways = this.#graph.incoming.get(id) ?? [];
      expect(ways.every((way) => this.#ways.get(way.id) === 'dead')).toBe(true);
    }
  }

  /** A state is worked on when all its ways in are decided and one is taken, and once only. */
  #ready(stateId: Question['stateId']): void {
    expect(this.#done, 'no state is worked on twice').not.toContain(stateId);
    const ways = (this.#graph.incoming.get(stateId) ?? []).map(({ id }) => this.#ways.get(id));
    if (stateId === this.#graph.journey.initial) return;
    expect(ways, stateId).not.toContain(undefined);
    expect(ways, stateId).toContain('live');
  }

  #fresh(id: string): void {
    expect(this.#ids, 'an id is given once').not.toContain(id);
    this.#ids.add(id);
  }

  #forget(stateId: string): void {
    this.#done.delete(stateId);
    this.#keys.delete(stateId);
    this.#allowed.delete(stateId);
  }
}
