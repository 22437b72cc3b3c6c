import type { EventStream } from '@sim/service-kit';
import type { ConversationContext } from '../context.js';
import { followSession } from '../sessions/follow-session.js';
import { deltaSender, eventSender } from '../sessions/stream-events.js';
import { beginRun, type OpenedRun } from './open-run.js';
import { runResult } from './run-result.js';
import { isSettled } from './settle-run.js';

/** Events after which a run may have settled. */
const SETTLING: readonly string[] = [
  'completed',
  'failed',
  'cancelled',
  'expired',
  'paused',
  'question-asked',
];

/** The stream tells what goes on, so no early answer is wanted: the longest that a timer takes. */
const NEVER_EARLY_MS = 2_147_483_647;

/** How a run is streamed. */
export interface StreamOptions {
  readonly from: number;
  readonly outputs: boolean;
}

/**
 * Begins a run and sends its events as they come; last the result, when it has settled. The stream is
 * closed then.
 */
export async function streamRun(
  context: ConversationContext,
  stream: EventStream,
  run: OpenedRun,
  { from, outputs }: StreamOptions,
): Promise<void> {
  const send = eventSender(context, stream, run.sessionId, from);
  let first = true;
  const finishIfSettled = async (): Promise<void> => {
    const state = await context.engine.view(run.sessionId, run.workspaceId);
    if (!isSettled(state)) return;
    // What was written between the two reads comes before the result.
    await send();
    await stream.send({ event: 'run-completed', data: await runResult(context, state, outputs) });
    stream.close();
  };
  const stop = await followSession(context, run.sessionId, {
    look: async () => {
      const sent = await send();
      // A stream that is taken up behind the end of the run has nothing to send but the result.
      const mayBeOver = (first && run.begun) || SETTLING.some((type) => sent.has(type));
      first = false;
      if (mayBeOver && !stream.closed) await finishIfSettled();
    },
    onDelta: deltaSender(stream),
  });
  stream.onClose(stop);
  await beginRun(context, run, NEVER_EARLY_MS);
}
