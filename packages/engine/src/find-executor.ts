import {
  fillGaps,
  isJsonObject,
  operationOf,
  takesTools,
  type JourneyState,
  type JsonObject,
  type SessionState,
} from '@sim/domain';
import { BlockFailure, type BlockExecutor } from './ports.js';
import type { EnginePorts } from './settings.js';

/** What the person gave in place of parameters that a state's workflow lacks. */
export function answersFor(
  target: JourneyState,
  session: SessionState,
  scopeId: string,
): JsonObject {
  const inputs = target.kind === 'tool' ? target.inputs : undefined;
  const given = inputs && session.scopes[scopeId]?.outputs[inputs];
  return isJsonObject(given) ? given : {};
}

/** Where executors are found. */
export type ExecutorPorts = Pick<EnginePorts, 'executors' | 'tools' | 'log'>;

/**
 * What runs the block of a state: a tool that the workspace has configured for its type, else our own
 * executor. Executors without an effect outside are never replaced, so that a turn that reaches nowhere
 * looks up nothing.
 * @param answers of the person, in place of what the block's parameters lack
 * @throws BlockFailure `tools_unavailable` where the tools cannot be read: to run another than the
 * configured one would be wrong
 */
export async function findExecutor(
  { executors, tools, log }: ExecutorPorts,
  workspaceId: string,
  state: JourneyState,
  answers: JsonObject = {},
): Promise<BlockExecutor | null> {
  const type = state.kind === 'fork' ? 'condition' : state.blockType;
  const builtIn = executors.get(type) ?? null;
  const isOurs = state.kind !== 'tool' || builtIn?.sideEffect === 'none' || !takesTools(type);
  if (isOurs || !tools) return builtIn;
  try {
    const operation = operationOf(fillGaps(state.params, answers));
    return (await tools.find(workspaceId, type, operation)) ?? builtIn;
  } catch (cause) {
    log.error({ err: cause, workspaceId, type }, 'The tools of a workspace could not be read.');
    const message = `The tools that "${state.label}" may need could not be read just now.`;
    throw new BlockFailure({ code: 'tools_unavailable', message, retryable: true }, { cause });
  }
}
