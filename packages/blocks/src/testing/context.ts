import type { JsonObject, JsonValue } from '@sim/domain';
import { BlockFailure, type BlockContext, type BlockExecutor, type BlockOutput } from '@sim/engine';

/** A context as the engine would hand it out. */
export function contextOf(over: Partial<BlockContext> = {}): BlockContext {
  return {
    signal: new AbortController().signal,
    idempotencyKey: 'key-1',
    blockName: 'My Block',
    bindings: {},
    secrets: [],
    ...over,
  };
}

/** The output of a run. */
export async function outputOf(
  executor: BlockExecutor,
  params: JsonObject,
  over: Partial<BlockContext> = {},
): Promise<JsonValue> {
  const { output }: BlockOutput = await executor.run(params, contextOf(over));
  return output;
}

/** The failure of a run, which must be one. */
export async function failureOf(
  executor: BlockExecutor,
  params: JsonObject,
  over: Partial<BlockContext> = {},
): Promise<BlockFailure['error']> {
  const outcome: unknown = await Promise.resolve()
    .then(() => executor.run(params, contextOf(over)))
    .catch((error: unknown) => error);
  if (outcome instanceof BlockFailure) return outcome.error;
  throw new Error('The block did not fail as blocks do.', { cause: outcome });
}
