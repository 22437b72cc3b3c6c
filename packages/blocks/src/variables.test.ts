import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '@sim/domain';
import { contextOf, failureOf } from './testing/context.js';
import { variablesBlock } from './variables.js';

const block = variablesBlock();

async function set(variables: JsonValue): Promise<JsonObject | undefined> {
  const result = await block.run({ variables }, contextOf());
  expect(result.output).toEqual(result.variables);
  return result.variables;
}

const one = (type: string, value: JsonValue): JsonValue => [{ variableName: 'v', type, value }];

describe('variables', () => {
  it('sets each, as output too', async () => {
    expect(
      await set([
        { variableName: ' total ', type: 'number', value: '3' },
        { name: 'note', value: { free: true } },
        { variableName: '', value: 'a blank row' },
        { value: 'no name' },
        'no row',
      ]),
    ).toEqual({ total: 3, note: { free: true } });
  });

  it('reads them from JSON text as well', async () => {
    expect(await set('[{"variableName":"v","type":"boolean","value":"true"}]')).toEqual({
      v: true,
    });
  });

  it.each([[null], [[]], ['']])('sets none of %j', async (variables) => {
    expect(await set(variables)).toEqual({});
  });

  it.each<[string, JsonValue, JsonValue]>([
    ['string', 3, '3'],
    ['string', { a: 1 }, '{"a":1}'],
    ['string', 'x', 'x'],
    ['number', ' 3.5 ', 3.5],
    ['number', 7, 7],
    ['number', '', null],
    ['boolean', 'FALSE', false],
    ['boolean', 1, true],
    ['boolean', '0', false],
    ['boolean', true, true],
    ['boolean', ' ', null],
    ['object', '{"a":[1]}', { a: [1] }],
    ['object', { a: 1 }, { a: 1 }],
    ['object', '', null],
    ['array', '[1,2]', [1, 2]],
    ['array', [1], [1]],
    ['plain', '{"a":1}', '{"a":1}'],
    ['number', null, null],
    ['anything', [1], [1]],
  ])('as %s, %j is %j', async (type, written, read) => {
    expect(await set(one(type, written))).toEqual({ v: read });
  });

  it.each<[string, JsonValue]>([
    ['number', 'three'],
    ['number', 'Infinity'],
    ['number', [3]],
    ['boolean', 'perhaps'],
    ['boolean', {}],
    ['object', '[1]'],
    ['object', 'no JSON'],
    ['object', 3],
    ['array', '{"a":1}'],
    ['array', { a: 1 }],
  ])('as %s, %j does not fit', async (type, value) => {
    expect(await failureOf(block, { variables: one(type, value) })).toEqual({
      code: 'invalid_value',
      message: `The variable "v" is of type ${type}, which ${JSON.stringify(value)} is not.`,
      retryable: false,
      details: { variable: 'v', type },
    });
  });

  it('does not tell a secret that does not fit', async () => {
    const failure = await failureOf(
      block,
      { variables: one('number', 's3cret') },
      { secrets: ['s3cret'] },
    );
    expect(failure.message).not.toContain('s3cret');
  });

  it.each<JsonValue>(['no JSON', { v: 1 }, 7])('refuses %j as a list', async (variables) => {
    expect(await failureOf(block, { variables })).toMatchObject({ code: 'invalid_params' });
  });

  it('keeps a variable named __proto__ a variable', async () => {
    const variables = await set([
      { variableName: '__proto__', type: 'object', value: { polluted: 1 } },
    ]);
    expect(JSON.stringify(variables)).toBe('{"__proto__":{"polluted":1}}');
    expect('polluted' in {}).toBe(false);
  });
});
