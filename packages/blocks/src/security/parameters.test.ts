import type { JsonObject, JsonValue } from '@sim/domain';
import type { BlockExecutor } from '@sim/engine';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createBlocks } from '../blocks.js';
import { contextOf, outputOf } from '../testing/context.js';

const blocks = createBlocks();
afterAll(() => blocks.close());
const block = (type: string): BlockExecutor =>
  blocks.executors.get(type) ?? expect.fail(`Nothing runs ${type}.`);

/** As they come over the network: an own key, not the prototype. */
const HOSTILE: readonly [string, JsonValue][] = [
  ['__proto__', JSON.parse('{"__proto__": {"polluted": 1}}') as JsonValue],
  [
    'constructor.prototype',
    JSON.parse('{"constructor": {"prototype": {"polluted": 1}}}') as JsonValue,
  ],
  ['toString', JSON.parse('{"toString": 1, "valueOf": 2, "toJSON": 3}') as JsonValue],
  ['then', JSON.parse('{"then": 1}') as JsonValue],
];
const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

afterEach(() => {
  expect('polluted' in {}).toBe(false);
  expect(Object.prototype.toString.call({})).toBe('[object Object]');
});

describe.each(HOSTILE)('a value with the key %s', (_, value) => {
  const text = JSON.stringify(value);

  it.each<[string, JsonObject]>([
    ['variables', { variables: [{ variableName: 'v', type: 'object', value }] }],
    ['variables', { variables: [{ variableName: 'v', type: 'object', value: text }] }],
    ['response', { dataMode: 'json', data: value }],
    ['response', { dataMode: 'json', data: text }],
    ['response', { builderData: [{ name: 'v', type: 'object', value: text }] }],
    ['function', { code: `return ${text.replace('"__proto__"', '["__proto__"]')}` }],
    ['workflow', { inputMapping: value }],
    ['workflow', { inputMapping: text }],
  ])('goes through %s as it is', async (type, params) => {
    const bindings = {};
    const output = await outputOf(block(type), params, { bindings });
    expect(JSON.stringify(output)).toContain(text);
  });

  it('is the item of a loop, and the binding of a function', async () => {
    const items = await outputOf(block('loop'), { items: [value] });
    expect(JSON.stringify(items)).toBe(`{"items":[${text}]}`);
    const given = await outputOf(
      block('function'),
      { code: 'return v' },
      { bindings: { v: value } },
    );
    expect(JSON.stringify((given as JsonObject).result)).toBe(text);
  });
});

describe.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('the name %s', (name) => {
  it('is that of a variable, a field of a response and a header', async () => {
    const rows = [{ variableName: name, type: 'plain', value: 'x' }];
    const { variables = {} } = await block('variables').run({ variables: rows }, contextOf());
    expect(Object.entries(variables)).toEqual([[name, 'x']]);
    const response = (await outputOf(block('response'), {
      builderData: [{ name, type: 'string', value: 'x' }],
      headers: [{ cells: { Key: name, Value: 'x' } }],
    })) as JsonObject;
    expect(Object.entries(response.data as JsonObject)).toEqual([[name, 'x']]);
    expect(Object.entries(response.headers as JsonObject)).toEqual([[name, 'x']]);
  });
});

describe('JSON that is nested deep', () => {
  it.each<[string, JsonObject]>([
    ['variables', { variables: [{ variableName: 'v', type: 'array', value: DEEP }] }],
    ['response', { dataMode: 'json', data: DEEP }],
    ['response', { builderData: [{ name: 'v', type: 'array', value: DEEP }] }],
    ['loop', { items: DEEP }],
    ['workflow', { input: DEEP }],
    ['function', { code: `return JSON.parse('${DEEP}')` }],
    ['guardrails', { validationType: 'json', input: DEEP }],
  ])('in %s is an output or a failure of the block, never a crash', async (type, params) => {
    const outcome: unknown = await outputOf(block(type), params).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome.name).toMatch(/BlockFailure|RangeError/);
    expect(await outputOf(block('function'), { code: 'return 1' })).toMatchObject({ result: 1 });
  });
});
