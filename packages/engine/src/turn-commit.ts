import {
  currentState,
  graphOf,
  render,
  stateOf,
  type Journey,
  type Message,
  type SessionState,
} from '@sim/domain';
import { agentTurn, storedAnswer, turnAnswer, type TurnAnswer } from './answers.js';
import { EngineError } from './errors.js';
import { followUps } from './follow-ups.js';
import type { SessionPlace, Turn } from './ports.js';
import { isOfSystem } from './turn-input.js';
import { clearWritten } from './turn-log.js';
import { take, type Asked, type TurnWork } from './turn-work.js';

/** Another wrote the session first; nothing of this turn was written. */
export class TurnConflict extends Error {
  constructor() {
    super('Another turn wrote this session first.');
    this.name = 'TurnConflict';
  }
}

/** Answers, where nothing that the command led to is still at work; once. */
export async function replyNow(work: TurnWork): Promise<void> {
  if (work.asked.replied) return;
  take(work, { type: 'turn-ended' });
  await commitReply(work, true, true);
}

/** Answers while what the command led to is still at work; once. */
export async function replyEarly(work: TurnWork): Promise<void> {
  if (work.asked.replied) return;
  take(work, { type: 'turn-ended' });
  await commitReply(work, false, true);
}

/** Writes what a turn has brought about, and answers where it has not answered yet. */
export async function finish(work: TurnWork): Promise<void> {
  if (isIdle(work)) {
    work.asked.command.reply(answerOf(work, true));
  } else if (work.asked.replied) {
    tellProgress(work);
    await commit(work, false);
  } else {
    await commitReply(work, true, false);
  }
}

/** What was said since the latest answer becomes a turn of its own. */
export function tellProgress(work: TurnWork): void {
  addAgentTurn(work, work.log.said);
  work.log.said = [];
}

/** The system looked after a session where there was nothing to do: that is no sign of life. */
function isIdle({ asked, log, record: { leaseOwner } }: TurnWork): boolean {
  return isOfSystem(asked.command.input) && log.events.length === 0 && leaseOwner === null;
}

function answerOf(work: TurnWork, processed: boolean): TurnAnswer {
  return turnAnswer(work.record, work.journey, {
    turnId: work.asked.turnId,
    processed,
    action: actionOf(work.asked),
    said: work.log.said,
    understanding: work.asked.understanding,
  });
}

/** @param keep - the lease: blocks are still at work */
async function commitReply(work: TurnWork, processed: boolean, keep: boolean): Promise<void> {
  const now = work.ports.clock();
  work.record = { ...work.record, updatedAt: now, expiresAt: expiryFrom(work, now) };
  const answer = answerOf(work, processed);
  addUserTurn(work, answer, now);
  tellProgress(work);
  await commit(work, keep, now);
  work.asked.replied = true;
  work.asked.command.reply(answer);
}

function actionOf({ command: { input }, repeated, understanding }: Asked): string {
  if (repeated) return 'status';
  if (input.kind === 'act') return input.action;
  return understanding?.intent ?? input.kind;
}

function addUserTurn({ asked, log }: TurnWork, answer: TurnAnswer, now: Date): void {
  const { understanding, turnId, command } = asked;
  const { input, idempotency } = command;
  if (isOfSystem(input)) return;
  log.turns.push({
    turnId,
    speaker: 'user',
    content: input.kind === 'say' ? input.text : input.action,
    intent: understanding?.intent ?? null,
    confidence: understanding?.confidence ?? null,
    entities: JSON.parse(JSON.stringify(understanding?.entities ?? [])) as Turn['entities'],
    workflowAction: actionOf(asked),
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
  // To be reminded is no sign of life.
  if (work.asked.command.input.kind === 'remind') return work.record.expiresAt;
  const sessionTimeoutMs =
    work.decider.state.execution.sessionTimeoutMs ?? work.ports.settings.sessionTimeoutMs;
  const latest = Object.values(work.decider.state.timers)
    .map(({ fireAt }) => Date.parse(fireAt))
    .reduce((a, b) => Math.max(a, b), now.getTime());
  return new Date(latest + sessionTimeoutMs);
}

/** Writes everything since the last commit; keeps or gives back the lease. */
export async function commit(
  work: TurnWork,
  keep: boolean,
  now = work.ports.clock(),
): Promise<void> {
  const { ports, log, record: session, decider } = work;
  const written = await ports.sessions.commit({
    sessionId: session.sessionId,
    expectedVersion: session.version,
    owner: work.owner,
    leaseUntil: keep ? new Date(now.getTime() + ports.settings.leaseMs) : null,
    state: decider.state,
    ...placeOf(work.journey, decider.state),
    events: log.events,
    turns: log.turns,
    runsStarted: log.runsStarted,
    runsFinished: log.runsFinished,
    timersStarted: log.timersStarted,
    timersCancelled: log.timersCancelled,
    expiresAt: expiryFrom(work, now),
    now,
    ...followUps(ports, { session, journey: work.journey, state: decider.state }, log.events, {
      goesOn: keep,
      now,
    }),
  });
  if (!written) throw work.committed ? leaseLost() : new TurnConflict();
  work.committed = true;
  work.record = { ...session, version: session.version + 1, updatedAt: now };
  clearWritten(log);
  if (keep) work.heartbeat ??= keepLease(work);
  announce(work);
}

function keepLease(work: TurnWork): NodeJS.Timeout {
  const { ports, record: session, owner } = work;
  return setInterval(() => {
    const until = new Date(ports.clock().getTime() + ports.settings.leaseMs);
    ports.sessions.renewLease(session.sessionId, owner, until).then(
      ({ kept, mail }) => {
        if (!kept) work.inbox.put({ type: 'lease-lost' });
        else if (mail) work.inbox.put({ type: 'mail' });
      },
      // A store that is away for a moment does not end the lease; its end is checked by the commit.
      (error: unknown) => ports.log.warn({ err: error, sessionId: session.sessionId }, 'lease'),
    );
  }, ports.settings.leaseMs / 3);
}

/** What a turn is refused with whose session another took over. */
export function leaseLost(): EngineError {
  return new EngineError(
    'session_busy',
    'Another replica took this session over in the middle of the turn. Ask for its state and go on from there.',
  );
}

/** Where a session stands, as its row tells it. */
export function placeOf(journey: Journey, state: SessionState): SessionPlace {
  const id = currentState(state);
  return {
    currentNodeId: id === null ? null : stateOf(graphOf(journey), id).blockId,
    currentStateId: id,
  };
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
