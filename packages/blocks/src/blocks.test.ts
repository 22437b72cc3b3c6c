import { describe, expect, it } from 'vitest';
import { createBlocks, InvalidAllowListEntryError } from './index.js';
import { contextOf, failureOf, outputOf } from './testing/context.js';
import { says, startModelServer } from './testing/model-server.js';
import { startServer } from './testing/server.js';

describe('createBlocks', () => {
  it('has the built-in blocks under their types, and nothing else', async () => {
    const blocks = createBlocks();
    expect([...blocks.executors.keys()].sort()).toEqual([
      'api',
      'condition',
      'function',
      'guardrails',
      'loop',
      'parallel',
      'response',
      'variables',
      'workflow',
      'workflow_input',
    ]);
    for (const [type, executor] of blocks.executors) expect(executor.type).toBe(type);
    await blocks.close();
  });

  it('has those of a model where one is configured', async () => {
    const server = await startModelServer(says('Hi.'));
    const blocks = createBlocks({ model: { baseUrl: server.baseUrl, model: 'm' } });
    const { executors } = blocks;
    expect([...executors.keys()]).toEqual(
      expect.arrayContaining(['agent', 'evaluator', 'guardrails', 'router', 'router_v2']),
    );
    const agent = executors.get('agent')!;
    expect(await outputOf(agent, { userPrompt: 'Hello?' })).toMatchObject({ content: 'Hi.' });
    await blocks.close();
    expect(await failureOf(agent, { userPrompt: 'Hello?' })).toMatchObject({
      code: 'shutting_down',
    });
    await server.close();
  });

  it('runs them together, and ends them', async () => {
    const server = await startServer({ '/': (_, response) => response.end('hello') });
    const blocks = createBlocks({ allowPrivateHosts: ['127.0.0.1'] });
    const { executors } = blocks;
    const api = executors.get('api')!;
    const code = executors.get('function')!;
    expect(await outputOf(api, { url: server.origin })).toMatchObject({ data: 'hello' });
    expect(await outputOf(code, { code: 'return 1' })).toEqual({ result: 1, stdout: '' });
    await blocks.close();
    await blocks.close();
    expect(await failureOf(code, { code: 'return 1' })).toMatchObject({ code: 'shutting_down' });
    await expect(api.run({ url: server.origin }, contextOf())).rejects.toMatchObject({
      error: { code: 'shutting_down', retryable: true },
    });
    await server.close();
  });

  it('reaches nothing private unless it is told to', async () => {
    const blocks = createBlocks();
    expect(
      await failureOf(blocks.executors.get('api')!, { url: 'http://localhost:1/' }),
    ).toMatchObject({
      code: 'address_forbidden',
    });
    await blocks.close();
  });

  it('refuses a configuration that it cannot read', () => {
    expect(() => createBlocks({ allowPrivateHosts: ['http://internal'] })).toThrow(
      InvalidAllowListEntryError,
    );
  });
});
