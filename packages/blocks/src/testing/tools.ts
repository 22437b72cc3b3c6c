import type { HttpToolAdapter, ToolAdapter, ToolConfig } from '@sim/engine';
import { createTools, type Tools, type ToolsOptions } from '../tools/tools.js';

/** Secrets of the tests' workspace. */
export const SECRETS: Readonly<Record<string, string>> = { TOKEN: 'tok-4711-secret' };

/** Tools over a few that are given, which may reach this machine. */
export function toolsOver(
  configured: readonly ToolConfig[] = [],
  more: Partial<ToolsOptions> = {},
): Tools {
  return createTools({
    store: {
      enabled: (workspaceId) =>
        Promise.resolve(configured.filter((tool) => tool.workspaceId === workspaceId)),
    },
    secrets: {
      values: (_, names) =>
        Promise.resolve(
          Object.fromEntries(
            names.flatMap((name) => (SECRETS[name] === undefined ? [] : [[name, SECRETS[name]]])),
          ),
        ),
    },
    allowPrivateHosts: ['127.0.0.1'],
    timeoutMs: 10_000,
    maxResponseBytes: 100_000,
    ...more,
  });
}

/** A tool of the tests' workspace. */
export function toolWith(adapter: ToolAdapter, more: Partial<ToolConfig> = {}): ToolConfig {
  return {
    id: 'tool_1',
    workspaceId: 'ws_1',
    name: 'Slack',
    blockType: 'slack',
    operation: null,
    sideEffect: 'write',
    idempotent: false,
    adapter,
    enabled: true,
    ...more,
  };
}

/** A tool called by HTTP. */
export function httpTool(
  adapter: Partial<HttpToolAdapter> & Pick<HttpToolAdapter, 'url'>,
  more: Partial<ToolConfig> = {},
): ToolConfig {
  const usual = { kind: 'http', method: 'POST', headers: {}, query: {}, body: null } as const;
  return toolWith({ ...usual, ...adapter }, more);
}
