import { graphOf, hasEnded, stateOf, type BlockRun, type Effect } from '@sim/domain';
import { answersFor, findExecutor } from './find-executor.js';
import { refuseTooMany } from './session-limits.js';
import { settleEffects } from './turn-blocks.js';
import { finish } from './turn-commit.js';
import { inputOf, understand } from './turn-input.js';
import { dueTimers, fireDue } from './turn-timers.js';
import { take, type TurnWork } from './turn-work.js';

/**
 * Runs a turn until something is awaited or the journey ends. Its command is answered once: when the turn
 * is done or, where blocks take longer than it may wait, before that with what there is. Commands that
 * are handed to it meanwhile are taken up between its blocks.
 * @throws TurnConflict where another wrote first.
 */
export async function driveTurn(work: TurnWork): Promise<void> {
  const wasOver = hasEnded(work.decider.state);
  try {
    let effects = [...expire(work), ...(await recoverRuns(work)), ...(await takeAsked(work))];
    // What was over and goes on again counts like one that is opened.
    if (wasOver && !hasEnded(work.decider.state)) {
      await refuseTooMany(work.ports, work.record.userId);
    }
    do {
      await settleEffects(work, effects);
      effects = fireDue(work);
    } while (effects.length > 0 || dueTimers(work).length > 0);
    take(work, { type: 'turn-ended' });
    await finish(work);
  } finally {
    clearTimeout(work.asked.deadline);
    if (work.alarm) clearTimeout(work.alarm);
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

async function takeAsked(work: TurnWork): Promise<Effect[]> {
  const { command, repeated } = work.asked;
  // What is repeated is not understood anew: it is answered with where the session stands.
  const understanding = repeated ? null : await understand(work, command);
  work.asked = { ...work.asked, understanding };
  const input = inputOf(work.asked, work.decider.state.sequence);
  return input ? take(work, input) : [];
}
