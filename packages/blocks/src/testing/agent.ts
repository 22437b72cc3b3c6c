import type { JsonObject, JsonValue } from '@sim/domain';
import type { BlockContext, BlockExecutor, MemoryStore, ToolConfig } from '@sim/engine';
import type { CallRecord } from '../agent/calls.js';
import { createBlocks } from '../blocks.js';
import { outputOf } from './context.js';
import { KEY, startModelServer, type Behaviour, type ModelServer } from './model-server.js';
import { toolsOver } from './tools.js';

/** Where agents of tests run. */
export const SESSION = { sessionId: 'ses_1', workspaceId: 'ws_1' };
/** What agents of tests are asked, where nothing else is said. */
export const MESSAGES = [{ role: 'user', content: 'What is the weather?' }];

/** The output of an agent. */
export type AgentOutput = JsonObject & {
  readonly toolCalls: { readonly list: readonly CallRecord[]; readonly count: number };
};

/** An agent with all that it works with. */
export interface StartedAgent {
  readonly agent: BlockExecutor;
  readonly server: ModelServer;
  readonly ask: (
    tools: JsonValue,
    more?: JsonObject,
    over?: Partial<BlockContext>,
  ) => Promise<AgentOutput>;
  readonly close: () => Promise<void>;
}

/** Starts a model that behaves so, and an agent that asks it, with tools of its workspace. */
export async function startAgent(
  behaviours: readonly Behaviour[],
  configured: readonly ToolConfig[] = [],
  memories?: MemoryStore,
): Promise<StartedAgent> {
  const server = await startModelServer(...behaviours);
  const tools = toolsOver(configured);
  const blocks = createBlocks({
    tools,
    allowPrivateHosts: ['127.0.0.1'],
    model: { baseUrl: server.baseUrl, apiKey: KEY, model: 'm', maxRetries: 0 },
    ...(memories && { memories }),
  });
  const agent = blocks.executors.get('agent');
  if (!agent) throw new TypeError('There is no agent.');
  return {
    agent,
    server,
    ask: async (listed, more = {}, over = {}) => {
      const params = { messages: MESSAGES, tools: listed, ...more };
      return (await outputOf(agent, params, { session: SESSION, ...over })) as AgentOutput;
    },
    async close() {
      await blocks.close();
      await tools.close();
      await server.close();
    },
  };
}

/** The tools that a model was told of. */
export function toldTools(server: ModelServer, request = 0): readonly JsonObject[] {
  const tools = (server.asked()[request]?.tools ?? []) as unknown as { function: JsonObject }[];
  return tools.map((tool) => tool.function);
}

/** What a model was told of the tools that it asked for. */
export function toldResults(server: ModelServer, request = 1): readonly string[] {
  const messages = (server.asked()[request]?.messages ?? []) as unknown as JsonObject[];
  return messages
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => (typeof content === 'string' ? content : ''));
}
