import type { PreparedCall, ToolCall, ToolLimits } from './call.js';
import { describeHttp, type ToolDescription } from './describe.js';
import { prepareHttp } from './http-tool.js';
import { mcpTools } from './mcp/mcp-tool.js';
import { openApiTools } from './openapi/openapi-tool.js';

/** What is done with a tool, whatever kind its adapter is of. */
export interface Adapters {
  prepare(call: ToolCall): Promise<PreparedCall>;
  describe(call: ToolCall): Promise<ToolDescription>;
  close(): Promise<void>;
}

/** The adapters of all kinds. */
export function createAdapters(limits: ToolLimits): Adapters {
  const openApi = openApiTools(limits);
  const mcp = mcpTools(limits);
  return {
    async prepare(call) {
      const { adapter } = call;
      switch (adapter.kind) {
        case 'http':
          return prepareHttp({ ...call, adapter }, limits);
        case 'openapi':
          return openApi.prepare({ ...call, adapter });
        case 'mcp':
          return mcp.prepare({ ...call, adapter });
        default:
          return adapter satisfies never;
      }
    },
    async describe(call) {
      const { adapter } = call;
      switch (adapter.kind) {
        case 'http':
          return describeHttp(adapter);
        case 'openapi':
          return openApi.describe({ ...call, adapter });
        case 'mcp':
          return mcp.describe({ ...call, adapter });
        default:
          return adapter satisfies never;
      }
    },
    close: () => mcp.close(),
  };
}
