import { setTimeout as delay } from 'node:timers/promises';
import { EngineError, type SessionAnswer } from '@sim/engine';
import type { ConversationContext } from '../context.js';
import { followSession } from '../sessions/follow-session.js';
import type { OpenedRun } from './open-run.js';

const ENDED: readonly string[] = ['completed', 'failed', 'cancelled', 'expired'];
const SETTLED: readonly string[] = [...ENDED, 'waiting-for-input', 'paused'];

/** True where nothing more comes by itself: it has ended, or waits for a person. */
export function isSettled({ executionStatus }: Pick<SessionAnswer, 'executionStatus'>): boolean {
  return SETTLED.includes(executionStatus);
}

/**
 * Waits until a run has settled, whichever replica works on it.
 * @param within how long at most, in milliseconds; a wait of the workflow that is longer is not waited for
 * @param signal what ends the waiting early: nobody wants to know any more
 * @returns how it stands then
 */
export async function settleRun(
  context: ConversationContext,
  { sessionId, workspaceId }: OpenedRun,
  first: SessionAnswer,
  within: number,
  signal: AbortSignal,
): Promise<SessionAnswer> {
  const endsAt = context.clock().getTime() + within;
  const goesOnLater = ({ awaiting }: SessionAnswer): boolean =>
    awaiting?.until !== undefined && Date.parse(awaiting.until) > endsAt;
  let latest = first;
  if (isSettled(latest) || goesOnLater(latest) || within <= 0) return latest;
  const over = new AbortController();
  const stop = await followSession(context, sessionId, {
    look: async () => {
      latest = await context.engine.view(sessionId, workspaceId);
      if (isSettled(latest) || goesOnLater(latest)) over.abort();
    },
  });
  await delay(within, undefined, { signal: AbortSignal.any([over.signal, signal]) }).catch(
    () => undefined,
  );
  stop();
  return latest;
}

/** Tries for about a minute: a block that is at work holds the session. */
const TRIES = 12;

/** Cancels a run whose client went away. One that has ended keeps its end. */
export async function cancelRun(
  { engine, logger }: Pick<ConversationContext, 'engine' | 'logger'>,
  { sessionId, workspaceId }: OpenedRun,
): Promise<void> {
  const input = { kind: 'act', action: 'cancel', parameters: { confirmed: true } } as const;
  for (let left = TRIES; left > 0; left -= 1) {
    try {
      await engine.command({ sessionId, workspaceId, input });
      return;
    } catch (err) {
      const mayPass = err instanceof EngineError && err.code === 'session_busy' && left > 1;
      if (mayPass) continue;
      logger.warn({ err, sessionId }, 'a run whose client went away was not cancelled');
      return;
    }
  }
}
