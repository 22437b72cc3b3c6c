import { graphOf, stateOf, understandingContext, type Effect, type BlockRun } from '@sim/domain';
import type { TurnAnswer } from './answers.js';
import { answersFor, findExecutor } from './find-executor.js';
import { settleEffects } from './turn-blocks.js';
import { finish } from './turn-commit.js';
import { take, type TurnWork } from './turn-work.js';

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
    let effects = [...expire(work), ...(await recoverRuns(work)), ...(await takeInput(work))];
    do {
      await settleEffects(work, effects, reply);
      effects = fireDue(work);
    } while (effects.length > 0 || dueTimers(work).length > 0);
    take(work, { type: 'turn-ended' });
    await finish(work, reply);
  } finally {
    clearTimeout(timer);
    if (work.heartbeat) clearInterval(work.heartbeat);
    for (const controller of work.runs.values()) controller.abort();
  }
}

/** A session expires that waits for the person alone: blocks and timers go on, however late. */
function expire(work: TurnWork): Effect[] {
  const { status, runs, timers } = work.decider.state;
  const over = ['completed', 'failed', 'cancelled', 'expired'].includes(status);
  const busy = Object.keys(runs).length + Object.keys(timers).length > 0;
  if (over || busy || work.record.expiresAt > work.ports.clock()) return [];
  return take(work, { type: 'expire' });
}

/** Runs that a process began which is gone: its lease has lapsed, or this turn would not be here. */
async function recoverRuns(work: TurnWork): Promise<Effect[]> {
  const effects: Effect[] = [];
  for (const run of Object.values(work.decider.state.runs)) {
    const safe = await isSafeAgain(work, run);
    work.log.journaled.add(run.id);
    effects.push(...take(work, { type: 'run-lost', runId: run.id, safe }));
  }
  return effects;
}

async function isSafeAgain(
  { ports, record, journey, decider }: TurnWork,
  { scopeId, stateId }: BlockRun,
): Promise<boolean> {
  const target = stateOf(graphOf(journey), stateId);
  if (target.kind !== 'tool' || target.sideEffect !== 'write') return true;
  // Where it cannot be told, the person is asked.
  const answers = answersFor(target, decider.state, scopeId);
  const found = findExecutor(ports, record.workspaceId, target, answers);
  const executor = await found.catch(() => null);
  return executor?.idempotent === true;
}

async function takeInput(work: TurnWork): Promise<Effect[]> {
  const { input, idempotency } = work;
  const key = idempotency === null ? {} : { key: idempotency.key };
  if (input.kind === 'tend') return [];
  if (input.kind === 'timer') return take(work, { type: 'timer-fired', timerId: input.timerId });
  if (work.repeated) {
    return take(work, { type: 'act', action: 'status', parameters: {}, ...key });
  }
  if (input.kind === 'act') {
    const { action, parameters } = input;
    return take(work, { type: 'act', action, parameters, ...key });
  }
  const context = understandingContext(
    work.journey,
    work.decider.state,
    work.ports.clock().toISOString(),
    work.timeZone ?? work.decider.state.execution.timeZone ?? work.ports.settings.timeZone,
  );
  const understanding = await work.ports.understanding.understand(input.text, context);
  work.understanding = understanding;
  return take(work, { type: 'say', text: input.text, understanding, ...key });
}

/**
 * Waits that are over by the end of a turn go on in it: while the turn had the session, whoever keeps the
 * timers may have knocked in vain.
 */
function fireDue(work: TurnWork): Effect[] {
  return dueTimers(work).flatMap((id) => take(work, { type: 'timer-fired', timerId: id }));
}

function dueTimers(work: TurnWork) {
  const now = work.ports.clock().getTime();
  const timers = Object.values(work.decider.state.timers);
  return timers.filter(({ fireAt }) => Date.parse(fireAt) <= now).map(({ id }) => id);
}
