import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '@sim/domain';
import type { BlockExecutor } from '@sim/engine';
import { callBlock, parallelBlock } from './bodies.js';
import { contextOf, failureOf } from './testing/context.js';

async function output(block: BlockExecutor, params: JsonObject): Promise<JsonValue> {
  return (await block.run(params, contextOf())).output;
}

describe('parallel', () => {
  it.each<[JsonValue, JsonValue]>([
    [
      [1, 'x'],
      [1, 'x'],
    ],
    ['["a", {"b": 2}]', ['a', { b: 2 }]],
    [{ k: 1 }, [['k', 1]]],
    ['{"k": [3]}', [['k', [3]]]],
    [[], []],
    [null, []],
  ])('goes over %j', async (items, expected) => {
    expect(await output(parallelBlock(), { items })).toEqual({ items: expected });
  });

  it.each([['no list'], [7], [true], ['"text"']])('does not go over %j', async (items) => {
    expect(await failureOf(parallelBlock(), { items })).toMatchObject({
      code: 'invalid_params',
      retryable: false,
    });
  });
});

describe('a called workflow', () => {
  const call = callBlock('workflow_input');

  it.each<[JsonObject, JsonObject]>([
    [{ inputMapping: { topic: 'x' } }, { topic: 'x' }],
    [{ inputMapping: '{"amount": 2}', input: 'left aside' }, { amount: 2 }],
    [{ input: { city: 'Oslo' } }, { input: { city: 'Oslo' }, city: 'Oslo' }],
    [{ input: 'hello' }, { input: 'hello' }],
    [{ input: '' }, {}],
    [{}, {}],
  ])('is given by %j', async (params, input) => {
    expect(await output(call, params)).toEqual({ input });
  });
});
