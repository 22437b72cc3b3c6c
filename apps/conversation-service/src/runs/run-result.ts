import type { RunResultBody } from '@sim/contracts';
import type { Engine, SessionAnswer, SessionStore, StoredEvent } from '@sim/engine';
import { ranBlocks } from './ran-blocks.js';

/** Events read at once. */
const BATCH = 1_000;
/** Blocks in an answer; of more, the earliest are left out. */
const MOST_BLOCKS = 1_000;

const ENDS: readonly string[] = ['completed', 'failed', 'cancelled', 'expired'];

/** What of the service a result is made of. */
export interface ResultPorts {
  readonly sessions: Pick<SessionStore, 'events'>;
  readonly engine: Pick<Engine, 'journeyOf'>;
  readonly clock: () => Date;
}

/** A run as it stands, with the blocks that its log tells of. */
export async function runResult(
  { sessions, engine, clock }: ResultPorts,
  state: SessionAnswer,
  withOutputs: boolean,
): Promise<RunResultBody> {
  const { sessionId, workflowId, journeyId, journeyVersion, executionStatus: status } = state;
  const blocks = ranBlocks(await engine.journeyOf(state), withOutputs);
  let started: Date | null = null;
  let ended: Date | null = null;
  for await (const stored of eventsOf(sessions, sessionId)) {
    const { event, createdAt } = stored;
    blocks.add(stored);
    if (event.type === 'session-started' || event.type === 'restarted') started = createdAt;
    if (ENDS.includes(event.type)) ended = createdAt;
  }
  const startedAt = started ?? new Date(state.createdAt);
  const finishedAt = ENDS.includes(status) ? (ended ?? new Date(state.updatedAt)) : null;
  const all = blocks.list();
  const shown = all.slice(-MOST_BLOCKS);
  const { error, currentNodeId } = state;
  return {
    sessionId,
    workflowId,
    journeyId,
    journeyVersion,
    status,
    output: state.output ?? null,
    ...(error && {
      error: {
        code: error.code,
        message: error.message,
        retryable: error.retryable,
        blockId: currentNodeId,
      },
    }),
    awaiting: state.awaiting,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    durationMs: Math.max(0, (finishedAt ?? clock()).getTime() - startedAt.getTime()),
    blocks: shown,
    blocksOmitted: all.length - shown.length,
  } as RunResultBody;
}

async function* eventsOf(
  sessions: Pick<SessionStore, 'events'>,
  sessionId: string,
): AsyncGenerator<StoredEvent, void> {
  for (let from = 0; ;) {
    const batch = await sessions.events(sessionId, from, BATCH);
    yield* batch;
    const last = batch.at(-1);
    if (!last || batch.length < BATCH) return;
    from = last.sequence + 1;
  }
}
