import { expect } from 'vitest';
import type { JsonValue } from '../../json.js';
import { render } from '../../conversation/voice/render.js';
import { viewSession, availableCommands, suggestActions, understandingContext } from '../view.js';
import { hasEnded } from '../commands.js';
import { apply, initialState, isInterruption } from '../evolve.js';
import { graphOf, hasBody, stateOf, type JourneyGraph } from '../graph.js';
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
    ...open.map((question) => [keyOf(question), statusOf(question)] as const),
    ...Object.values(state.runs).map((run) => [keyOf(run), 'running'] as const),
    ...Object.values(state.timers).map((timer) => [keyOf(timer), 'waiting'] as const),
  ]);
  const busy = open.length + Object.keys(state.runs).length + Object.keys(state.timers).length;
  expect(expected.size).toBe(busy);
  const idle: NodeState['status'][] = ['done', 'skipped', 'undone'];
  // A wait that is over in a pause goes on when the pause ends.
  if (state.status === 'paused') idle.push('waiting');
  for (const [scopeId, { nodes, parent }] of Object.entries(state.scopes)) {
    const around = parent && state.scopes[parent.scopeId]?.nodes[parent.stateId];
    if (parent)
      expect(around, 'a scope stands in a state that is under way').toMatchObject(UNDER_WAY);
    for (const [id, { status, inner, progress }] of Object.entries(nodes)) {
      const key = keyOf({ scopeId, stateId: id });
      const due = expected.get(key);
      const holds = inner === true || progress !== undefined;
      if (due !== undefined) expect(status, key).toBe(due);
      else expect(holds ? [...idle, 'running'] : idle, key).toContain(status);
      expected.delete(key);
    }
  }
  expect([...expected.keys()]).toEqual([]);
}

const UNDER_WAY = { status: 'running', inner: true };

function keyOf({ scopeId, stateId }: { scopeId: string; stateId: string }): string {
  return `${scopeId} ${stateId}`;
}

function statusOf(question: Question): NodeState['status'] {
  if (question.kind === 'slots' || question.kind === 'choice') return 'asking';
  return question.kind === 'repair' ? 'failed' : 'confirming';
}

/** What the engine has under way by the effects is what the state says is under way. */
function expectEffects({ state, runs, timers }: Improvisation): void {
  expect([...runs.keys()].toSorted()).toEqual(Object.keys(state.runs).toSorted());
  const set = [...Object.keys(state.timers), ...(state.deadline ? [state.deadline.id] : [])];
  expect([...timers.keys()].toSorted()).toEqual(set.toSorted());
}

/** A person is never left without a word, and no word reads like a programme's. */
function expectAnswered({ journey, state }: Improvisation, { input, events }: Beat): void {
  const said = events.flatMap((event) => (event.type === 'agent-said' ? event.messages : []));
  const texts = said.map((message) => render(message));
  // What runs several times is told of several times.
  const insideBodies = new Set<JsonValue>(
    journey.states.flatMap(({ parent, child, label }) => ((parent ?? child) ? [label] : [])),
  );
  for (const text of texts) expect(text).not.toMatch(/^$|undefined|NaN|\[object/);
  if (input.type === 'say' || input.type === 'act' || input.type === 'open') {
    expect(texts.join(''), JSON.stringify(input)).not.toBe('');
  }
  const once = said
    .filter(({ params }) => !insideBodies.has(params.label ?? null))
    .map((message) => render(message));
  expect([...new Set(once)], 'nothing is said twice').toEqual(once);
  const { questions, status } = state;
  if (status === 'running' && questions.length === 0) {
    expect(Object.keys({ ...state.runs, ...state.timers }).length).toBeGreaterThan(0);
  }
}

/** What is under way in a pause comes to its end; nothing is begun, but for a block's own retries. */
function expectCalmInPause({ state }: Improvisation, { before, events }: Beat): void {
  if (before.status !== 'paused' || state.status !== 'paused') return;
  // It went on, up to the next point at which it was to pause.
  if (events.some(({ type }) => type === 'pause-point-reached')) return;
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
  /** Called off, or gone back past, after it may have acted. */
  readonly #acted = new Set<string>();
  #asksFirst = true;

  constructor(graph: JourneyGraph) {
    this.#graph = graph;
  }

  add(event: SessionEvent): void {
    switch (event.type) {
      case 'session-created':
        this.#asksFirst =
          event.config.askForConfirmation && event.execution.executionMode !== 'autonomous';
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
        this.#ready(event.timer);
        return;
      case 'node-started':
        this.#started(event);
        return;
      case 'run-called-off':
        this.#allowed.delete(keyOf(event));
        if (event.effectDone) this.#acted.add(keyOf(event));
        return;
      case 'node-completed':
        this.#completed(event);
        return;
      case 'scope-opened':
        for (const id of Object.keys(event.scope.edges)) {
          this.#ways.set(`${event.scope.id} ${id}`, 'live');
        }
        return;
      case 'rewound':
        for (const id of event.reset) this.#forget(keyOf({ ...event, stateId: id }));
        for (const id of event.edges) this.#ways.delete(`${event.scopeId} ${id}`);
        return;
      case 'restarted':
        for (const id of [...this.#done, ...this.#keys.keys()]) this.#forget(id);
        this.#ways.clear();
        this.#allowed = new Set();
        // Who begins again has been asked whether they want to.
        this.#acted.clear();
        return;
      default:
    }
  }

  #question(question: Question): void {
    this.#fresh(question.id);
    if (isInterruption(question)) return;
    this.#asking.set(question.id, keyOf(question));
    this.#ready(question);
  }

  #started({ run }: Extract<SessionEvent, { type: 'node-started' }>): void {
    this.#fresh(run.id);
    this.#ready(run);
    const key = keyOf(run);
    const known = this.#keys.get(key);
    if (known === undefined) {
      expect(this.#usedKeys, 'a new run group has a new key').not.toContain(run.idempotencyKey);
      expect(run.attempt).toBe(1);
    } else {
      expect(run.idempotencyKey, 'a run group has one key').toBe(known);
    }
    this.#keys.set(key, run.idempotencyKey);
    this.#usedKeys.add(run.idempotencyKey);
    const state = stateOf(this.#graph, run.stateId);
    const asksFirst = this.#asksFirst || this.#acted.has(key);
    if (asksFirst && state.kind === 'tool' && state.sideEffect === 'write') {
      expect(this.#allowed, 'a side effect waits for a yes').toContain(key);
    }
  }

  #completed(event: Extract<SessionEvent, { type: 'node-completed' }>): void {
    const { scopeId, stateId, taken, dead, skipped, effectDone } = event;
    const key = keyOf(event);
    this.#ready(event);
    this.#done.add(key);
    const state = stateOf(this.#graph, stateId);
    const ran = this.#keys.has(key) || hasBody(state);
    if (effectDone) expect(ran, 'nothing happened without a run').toBe(true);
    for (const id of [...taken, ...dead]) {
      expect(this.#ways.has(`${scopeId} ${id}`), 'a way is decided once').toBe(false);
      this.#ways.set(`${scopeId} ${id}`, taken.includes(id) ? 'live' : 'dead');
    }
    for (const id of skipped) {
      const ways = this.#graph.incoming.get(id) ?? [];
      expect(ways.every((way) => this.#ways.get(`${scopeId} ${way.id}`) === 'dead')).toBe(true);
    }
  }

  /** A state is worked on when all its ways in are decided and one is taken, and once only. */
  #ready({ scopeId, stateId }: Pick<Question, 'scopeId' | 'stateId'>): void {
    expect(this.#done, 'no state is worked on twice').not.toContain(keyOf({ scopeId, stateId }));
    const ways = (this.#graph.incoming.get(stateId) ?? []).map(({ id }) =>
      this.#ways.get(`${scopeId} ${id}`),
    );
    if (ways.length === 0) return;
    expect(ways, stateId).not.toContain(undefined);
    expect(ways, stateId).toContain('live');
  }

  #fresh(id: string): void {
    expect(this.#ids, 'an id is given once').not.toContain(id);
    this.#ids.add(id);
  }

  #forget(key: string): void {
    this.#done.delete(key);
    this.#keys.delete(key);
    this.#allowed.delete(key);
  }
}
