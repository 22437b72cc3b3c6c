import {
  createDecider,
  currentState,
  graphOf,
  render,
  stateOf,
  understandingContext,
  type Action,
  type Decider,
  type Effect,
  type Input,
  type Journey,
  type JsonObject,
  type Message,
  type RunId,
  type TimerId,
  type Understanding,
} from '@sim/domain';
import { agentTurn, storedAnswer, turnAnswer, type TurnAnswer } from './answers.js';
import { EngineError } from './errors.js';
import { createInbox, type Inbox } from './inbox.js';
import type { SessionRecord, Turn } from './ports.js';
import { prepareBlock, type BlockCall, type BlockOutcome } from './run-block.js';
import type { EnginePorts } from './settings.js';
import { clearWritten, emptyLog, record, type TurnLog } from './turn-log.js';

/** What a turn is about. */
export type TurnInput =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'act'; readonly action: Action; readonly parameters: JsonObject }
  | { readonly kind: 'timer'; readonly timerId: TimerId }
  /** Nobody asks: what broke off goes on, and a session whose time is over expires. */
  | { readonly kind: 'tend' };

/** Another wrote the session first; nothing of this turn was written. */
export class TurnConflict extends Error {
  constructor() {
    super('Another turn wrote this session first.');
    this.name = 'TurnConflict';
  }
}

/** A turn at work on a session that was read. Used once. */
export interface TurnWork {
  readonly ports: EnginePorts;
  readonly journey: Journey;
  readonly decider: Decider;
  readonly log: TurnLog;
  readonly turnId: Turn['turnId'];
  /** Names this turn in the lease: two turns of one replica exclude each other too. */
  readonly owner: string;
  readonly input: TurnInput;
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
  /** The client's, for this utterance. */
  readonly timeZone: string | null;
  readonly inbox: Inbox<BlockOutcome | 'deadline'>;
  readonly runs: Map<RunId, AbortController>;
  understanding: Understanding | null;
  record: SessionRecord;
  /** A commit of this turn stands, so the lease is ours. */
  committed: boolean;
  replied: boolean;
  heartbeat: NodeJS.Timeout | null;
}

/** Prepares a turn. The record's state is the turn's own from here on. */
export function beginTurn(
  ports: EnginePorts,
  journey: Journey,
  record: SessionRecord,
  input: TurnInput,
  options: Pick<TurnWork, 'idempotency' | 'timeZone'>,
): TurnWork {
  const turnId = ports.newId('trn');
  return {
    ports,
    journey,
    record,
    input,
    ...options,
    turnId,
    owner: turnId,
    decider: createDecider(journey, record.state),
    log: emptyLog(journey),
    inbox: createInbox(),
    runs: new Map(),
    understanding: null,
    committed: false,
    replied: false,
    heartbeat: null,
  };
}

/**
 * Runs a turn until something is awaited or the journey ends. `reply` is called once: when the turn is
 * done or, where blocks take longer than `replyWithinMs`, before that with what there is.
 * @throws TurnConflict where another wrote first.
 */
export async function driveTurn(
  work: TurnWork,
  replyWithinMs: number,
  reply: (answer: TurnAnswer) => void,
): Promise<void> {
  const timer = setTimeout(() => work.inbox.put('deadline'), replyWithinMs);
  try {
    const effects = [...recoverRuns(work), ...expire(work), ...(await takeInput(work))];
    await settleEffects(work, effects, reply);
    take(work, { type: 'turn-ended' });
    await finish(work, reply);
  } finally {
    clearTimeout(timer);
    if (work.heartbeat) clearInterval(work.heartbeat);
    for (const controller of work.runs.values()) controller.abort();
  }
}

/** Runs that a process began which is gone: its lease has lapsed, or this turn would not be here. */
function recoverRuns(work: TurnWork): Effect[] {
  return Object.values(work.decider.state.runs).flatMap((run) => {
    const target = stateOf(graphOf(work.journey), run.stateId);
    const executor = work.ports.executors.get(target.blockType);
    const pure = target.kind !== 'tool' || target.sideEffect !== 'write';
    work.log.journaled.add(run.id);
    const safe = pure || executor?.idempotent === true;
    return take(work, { type: 'run-lost', runId: run.id, safe });
  });
}

function expire(work: TurnWork): Effect[] {
  const { status } = work.decider.state;
  const over = ['completed', 'failed', 'cancelled', 'expired'].includes(status);
  if (over || work.record.expiresAt > work.ports.clock()) return [];
  return take(work, { type: 'expire' });
}

async function takeInput(work: TurnWork): Promise<Effect[]> {
  const { input } = work;
  if (input.kind === 'tend') return [];
  if (input.kind === 'timer') return take(work, { type: 'timer-fired', timerId: input.timerId });
  if (input.kind === 'act') {
    return take(work, { type: 'act', action: input.action, parameters: input.parameters });
  }
  const context = understandingContext(
    work.journey,
    work.decider.state,
    work.ports.clock().toISOString(),
    work.timeZone ?? work.decider.state.execution.timeZone ?? work.ports.settings.timeZone,
  );
  work.understanding = await work.ports.understanding.understand(input.text, context);
  return take(work, { type: 'say', text: input.text, understanding: work.understanding });
}

function take(work: TurnWork, input: Input): Effect[] {
  const now = work.ports.clock();
  const first = work.decider.state.sequence;
  return record(work.log, work.decider.take(input, now.toISOString()), first, now);
}

/** Runs blocks, as many at once as are ready, until none is under way. */
async function settleEffects(
  work: TurnWork,
  effects: Effect[],
  reply: (answer: TurnAnswer) => void,
): Promise<void> {
  await launch(work, effects);
  while (work.runs.size > 0) {
    const arrived = await work.inbox.take();
    if (arrived === 'deadline') {
      await replyEarly(work, reply);
      continue;
    }
    work.runs.delete(arrived.runId);
    await launch(work, take(work, arrived));
  }
}

async function launch(work: TurnWork, effects: readonly Effect[]): Promise<void> {
  const calls: { call: BlockCall; delayMs: number }[] = [];
  for (const effect of effects) {
    if (effect.type === 'cancel-run') callOff(work, effect.runId);
    if (effect.type !== 'run-block') continue;
    const site = { ...work.record, journey: work.journey };
    const call = prepareBlock(work.ports, site, work.decider.state, effect.run);
    calls.push({ call, delayMs: effect.delayMs });
  }
  const external = calls.filter(({ call }) => call.external);
  if (external.length > 0)
    await journalStart(
      work,
      external.map(({ call }) => call),
    );
  for (const { call, delayMs } of calls) start(work, call, delayMs);
}

function callOff(work: TurnWork, runId: RunId): void {
  work.runs.get(runId)?.abort();
  work.runs.delete(runId);
}

/** What reaches outside is written down before it happens, under a lease that is kept alive. */
async function journalStart(work: TurnWork, calls: readonly BlockCall[]): Promise<void> {
  const startedAt = work.ports.clock();
  for (const { run } of calls) {
    const { blockType } = stateOf(graphOf(work.journey), run.stateId);
    work.log.runsStarted.push({ run, blockType, startedAt });
    work.log.journaled.add(run.id);
  }
  await commit(work, true);
}

function keepLease(work: TurnWork): NodeJS.Timeout {
  const { ports, record: session, owner } = work;
  return setInterval(() => {
    const until = new Date(ports.clock().getTime() + ports.settings.leaseMs);
    ports.sessions.renewLease(session.sessionId, owner, until).then(
      (kept) => {
        if (!kept) for (const controller of work.runs.values()) controller.abort();
      },
      // A store that is away for a moment does not end the lease; its end is checked by the commit.
      (error: unknown) => ports.log.warn({ err: error, sessionId: session.sessionId }, 'lease'),
    );
  }, ports.settings.leaseMs / 3);
}

function start(work: TurnWork, call: BlockCall, delayMs: number): void {
  const controller = new AbortController();
  work.runs.set(call.run.id, controller);
  const begin = async () => {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const outcome = await call.outcome(controller.signal);
    if (work.runs.has(call.run.id)) work.inbox.put(outcome);
  };
  begin().catch((error: unknown) => work.ports.log.error({ err: error }, 'A block run was lost.'));
}

async function replyEarly(work: TurnWork, reply: (answer: TurnAnswer) => void): Promise<void> {
  if (work.replied) return;
  take(work, { type: 'turn-ended' });
  const said: Message[] = [...work.log.said, { key: 'still-working', params: {} }];
  await commitReply(work, said, false, reply);
}

async function finish(work: TurnWork, reply: (answer: TurnAnswer) => void): Promise<void> {
  if (!work.replied) {
    await commitReply(work, work.log.said, true, reply);
    return;
  }
  addAgentTurn(work, work.log.said);
  await commit(work, false);
}

async function commitReply(
  work: TurnWork,
  said: readonly Message[],
  processed: boolean,
  reply: (answer: TurnAnswer) => void,
): Promise<void> {
  const now = work.ports.clock();
  work.record = { ...work.record, updatedAt: now, expiresAt: expiryFrom(work, now) };
  const answer = turnAnswer(work.record, work.journey, {
    turnId: work.turnId,
    processed,
    action: actionOf(work),
    said,
    understanding: work.understanding,
  });
  addUserTurn(work, answer, now);
  addAgentTurn(work, said);
  work.log.said = [];
  await commit(work, !processed, now);
  work.replied = true;
  reply(answer);
}

function actionOf(work: TurnWork): string {
  if (work.input.kind === 'act') return work.input.action;
  return work.understanding?.intent ?? work.input.kind;
}

function addUserTurn(work: TurnWork, answer: TurnAnswer, now: Date): void {
  const { understanding, idempotency, input } = work;
  if (input.kind === 'timer' || input.kind === 'tend') return;
  work.log.turns.push({
    turnId: work.turnId,
    speaker: 'user',
    content: input.kind === 'say' ? input.text : input.action,
    intent: understanding?.intent ?? null,
    confidence: understanding?.confidence ?? null,
    entities: JSON.parse(JSON.stringify(understanding?.entities ?? [])) as Turn['entities'],
    workflowAction: actionOf(work),
    idempotencyKey: idempotency?.key ?? null,
    answer: idempotency && storedAnswer(answer),
    requestHash: idempotency?.requestHash ?? null,
    createdAt: now,
  });
}

function addAgentTurn(work: TurnWork, said: readonly Message[]): void {
  if (said.length === 0) return;
  const content = said.map((message) => render(message)).join('\n');
  work.log.turns.push(agentTurn(work.ports.newId('trn'), content, work.ports.clock()));
}

function expiryFrom(work: TurnWork, now: Date): Date {
  const sessionTimeoutMs =
    work.decider.state.execution.sessionTimeoutMs ?? work.ports.settings.sessionTimeoutMs;
  const latest = Object.values(work.decider.state.timers)
    .map(({ fireAt }) => Date.parse(fireAt))
    .reduce((a, b) => Math.max(a, b), now.getTime());
  return new Date(latest + sessionTimeoutMs);
}

/** Writes everything since the last commit; keeps or gives back the lease. */
async function commit(work: TurnWork, keep: boolean, now = work.ports.clock()): Promise<void> {
  const { ports, log, record: session, decider } = work;
  const current = currentOf(work);
  const written = await ports.sessions.commit({
    sessionId: session.sessionId,
    expectedVersion: session.version,
    owner: work.owner,
    leaseUntil: keep ? new Date(now.getTime() + ports.settings.leaseMs) : null,
    state: decider.state,
    currentNodeId: current?.blockId ?? null,
    currentStateId: current?.id ?? null,
    events: log.events,
    turns: log.turns,
    runsStarted: log.runsStarted,
    runsFinished: log.runsFinished,
    timersStarted: log.timersStarted,
    timersCancelled: log.timersCancelled,
    expiresAt: expiryFrom(work, now),
    now,
  });
  if (!written) throw work.committed ? leaseLost() : new TurnConflict();
  work.committed = true;
  work.record = { ...session, version: session.version + 1, updatedAt: now };
  clearWritten(log);
  if (keep) work.heartbeat ??= keepLease(work);
  announce(work);
}

function leaseLost(): EngineError {
  return new EngineError(
    'session_busy',
    'Another replica took this session over in the middle of the turn. Ask for its state and go on from there.',
  );
}

function currentOf(work: TurnWork) {
  const id = currentState(work.decider.state);
  return id === null ? null : stateOf(graphOf(work.journey), id);
}

/** Tells listeners after the commit; who misses it reads the events. */
function announce(work: TurnWork): void {
  const { ports, record: session } = work;
  const message = JSON.stringify({ sequence: work.decider.state.sequence });
  ports.bus
    .publish(sessionChannel(session.sessionId), message)
    .catch((error: unknown) => ports.log.warn({ err: error }, 'The bus did not take a message.'));
}

/** The bus channel on which a session's progress is told. */
export function sessionChannel(sessionId: string): string {
  return `session:${sessionId}`;
}
