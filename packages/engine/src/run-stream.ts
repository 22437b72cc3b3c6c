import { graphOf, stateOf, type BlockRun } from '@sim/domain';
import { createDeltas, type Deltas } from './deltas.js';
import type { BlockPorts, BlockSite } from './run-block.js';
import { sessionChannel } from './turn-commit.js';

/** A message of {@link sessionChannel}: a piece of what a block says while it is under way. */
export interface DeltaMessage {
  readonly delta: {
    readonly runId: string;
    readonly stateId: string;
    readonly nodeId: string;
    /** From 0 for each run, without gaps. */
    readonly index: number;
    readonly text: string;
  };
}

/** What a run says, on its way to the session's channel. Most runs say nothing, and cost nothing here. */
export interface RunStream {
  readonly push: (text: string) => void;
  /** Resolves when all of it is told; undefined where nothing was said. */
  readonly end: () => Promise<void> | undefined;
}

/** Tells on the session's channel what a run says; a message that gets lost is no error. */
export function streamOf(
  { bus, log, settings }: BlockPorts,
  { sessionId, journey }: BlockSite,
  { id: runId, stateId }: BlockRun,
  secrets: readonly string[],
): RunStream | null {
  if (!bus) return null;
  let deltas: Deltas | null = null;
  const begin = (): Deltas => {
    const nodeId = stateOf(graphOf(journey), stateId).blockId;
    return createDeltas({
      secrets,
      maxLength: settings.maxOutputLength,
      tell: (text, index) => {
        const message: DeltaMessage = { delta: { runId, stateId, nodeId, index, text } };
        return bus
          .publish(sessionChannel(sessionId), JSON.stringify(message))
          .catch((error: unknown) => log.warn({ err: error }, 'The bus did not take a message.'));
      },
    });
  };
  return {
    push: (text) => (deltas ??= begin()).push(text),
    end: () => deltas?.end(),
  };
}
