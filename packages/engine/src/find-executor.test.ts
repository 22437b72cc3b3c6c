import type { JourneyState, JsonObject } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { findExecutor } from './find-executor.js';
import { BlockFailure, type BlockExecutor } from './ports.js';
import type { ToolFinder } from './tools.js';

const executorOf = (type: string, sideEffect: BlockExecutor['sideEffect']): BlockExecutor => ({
  type,
  sideEffect,
  idempotent: false,
  run: () => Promise.resolve({ output: null }),
});

const stateOf = (blockType: string, params: JsonObject = {}): JourneyState => ({
  kind: 'tool',
  id: 'st_t',
  blockId: 't',
  blockType,
  label: 'Tell',
  refName: 'tell',
  description: null,
  outputFields: null,
  params,
  sideEffect: 'write',
  retry: null,
  hasErrorPath: false,
});

const TOOL = executorOf('tool', 'write');

function look(state: JourneyState, find?: ToolFinder['find']) {
  const asked: unknown[][] = [];
  const logged: string[] = [];
  const log = { warn: () => undefined, error: (_: object, text: string) => logged.push(text) };
  const builtIn = [executorOf('function', 'none'), executorOf('api', 'write')];
  const tools: ToolFinder = {
    find: (...query) => {
      asked.push(query);
      return find ? find(...query) : Promise.resolve(TOOL);
    },
  };
  const executors = new Map(builtIn.map((executor) => [executor.type, executor]));
  const found = findExecutor({ executors, tools, log }, 'ws_1', state);
  return { asked, logged, found, executors };
}

describe('what runs a block', () => {
  it('is the tool of its type and operation', async () => {
    const { found, asked } = look(stateOf('slack', { operation: 'send' }));
    expect(await found).toBe(TOOL);
    expect(asked).toEqual([['ws_1', 'slack', 'send']]);
  });

  it('is a tool in place of an executor that reaches outside, and that one where there is none', async () => {
    expect(await look(stateOf('api')).found).toBe(TOOL);
    const without = look(stateOf('api'), () => Promise.resolve(null));
    expect(await without.found).toBe(without.executors.get('api'));
  });

  it.each(['function', 'condition', 'loop', 'workflow'])(
    'is never a tool for %s blocks, and none is looked up',
    async (type) => {
      const { found, asked, executors } = look(stateOf(type));
      expect(await found).toBe(executors.get(type) ?? null);
      expect(asked).toEqual([]);
    },
  );

  it('is nothing where there is neither', async () => {
    expect(await look(stateOf('slack'), () => Promise.resolve(null)).found).toBeNull();
    const log = { warn: () => undefined, error: () => undefined };
    expect(await findExecutor({ executors: new Map(), log }, 'ws_1', stateOf('slack'))).toBeNull();
  });

  it('is not guessed where the tools cannot be read', async () => {
    const { found, logged } = look(stateOf('api'), () => Promise.reject(new Error('secret host')));
    const error: unknown = await found.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BlockFailure);
    expect((error as BlockFailure).error).toEqual({
      code: 'tools_unavailable',
      message: 'The tools that "Tell" may need could not be read just now.',
      retryable: true,
    });
    expect(logged).toHaveLength(1);
  });
});
