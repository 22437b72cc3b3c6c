import type { ToolState } from '../journey/types.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';
import { agentMayCall, agentTools, useOf, type AgentTool } from './agent-tools.js';
import { operationOf, toolFor } from './tools.js';
import type { MapOptions } from './types.js';

/** Reports the tools of an agent that it will run without. */
export function checkAgentTools(state: ToolState, options: MapOptions, log: IssueLog): void {
  if (state.blockType !== 'agent') return;
  for (const tool of agentTools(state.params) ?? []) {
    const reason = reasonAgainst(tool, options);
    if (reason === null) continue;
    const message = () =>
      `The agent ${quote(state.label)} runs without its tool ${quote(tool.title)}: ${reason}.`;
    log.report('agent_tool_left_out', { blockId: state.blockId, message });
  }
}

/** Null where something runs it, as far as is known here. */
function reasonAgainst(tool: AgentTool, { knownTypes, tools = [] }: MapOptions): string | null {
  switch (tool.kind) {
    case 'custom':
      return tool.code === null ? 'its code is not in the workflow' : null;
    case 'workflow':
      return 'a workflow cannot be the tool of an agent here';
    case 'unknown':
      return 'it is of a kind that is not known';
    case 'mcp':
    case 'block': {
      if (!knownTypes || (tool.kind === 'mcp' && tool.url !== null)) return null;
      const { type, params } = useOf(tool) ?? { type: '', params: {} };
      const isOurs = tool.kind === 'block' && agentMayCall(type) && knownTypes.has(type);
      // Which type it is of, a reference may tell later.
      if (isOurs || type === '' || toolFor(tools, type, operationOf(params))) return null;
      const operation = operationOf(params);
      const which = operation === null ? '' : ` with the operation ${quote(operation)}`;
      return `nothing runs ${quote(type)}${which}`;
    }
    default:
      return tool satisfies never;
  }
}
