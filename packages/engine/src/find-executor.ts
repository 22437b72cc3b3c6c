import { operationOf, takesTools, type JourneyState } from '@sim/domain';
import { BlockFailure, type BlockExecutor } from './ports.js';
import type { EnginePorts } from './settings.js';

/** Where executors are found. */
export type ExecutorPorts = Pick<EnginePorts, 'executors' | 'tools' | 'log'>;

/**
 * What runs the block of a state: a tool that the workspace has configured for its type, else our own
 * executor. Executors without an effect outside are never replaced, so that a turn that reaches nowhere
 * looks up nothing.
 * @throws BlockFailure `tools_unavailable` where the tools cannot be read: to run another than the
 * configured one would be wrong
 */
export async function findExecutor(
  { executors, tools, log }: ExecutorPorts,
  workspaceId: string,
  state: JourneyState,
): Promise<BlockExecutor | null> {
  const type = state.kind === 'fork' ? 'condition' : state.blockType;
  const builtIn = executors.get(type) ?? null;
  const isOurs = state.kind !== 'tool' || builtIn?.sideEffect === 'none' || !takesTools(type);
  if (isOurs || !tools) return builtIn;
  try {
    return (await tools.find(workspaceId, type, operationOf(state.params))) ?? builtIn;
  } catch (cause) {
    log.error({ err: cause, workspaceId, type }, 'The tools of a workspace could not be read.');
    const message = `The tools that "${state.label}" may need could not be read just now.`;
    throw new BlockFailure({ code: 'tools_unavailable', message, retryable: true }, { cause });
  }
}
