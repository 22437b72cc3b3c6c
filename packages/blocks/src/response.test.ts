import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '@sim/domain';
import { responseBlock } from './response.js';
import { failureOf, outputOf } from './testing/context.js';

const block = responseBlock();

const dataOf = async (params: JsonObject): Promise<JsonValue | undefined> =>
  ((await outputOf(block, params)) as JsonObject).data;

describe('response', () => {
  it('puts data, status and headers together', async () => {
    const params = {
      dataMode: 'json',
      data: { id: 7 },
      status: '201',
      headers: [{ cells: { Key: 'X-Trace', Value: 'a' } }, { cells: { Key: '', Value: '' } }],
    };
    expect(await outputOf(block, params)).toEqual({
      data: { id: 7 },
      status: 201,
      headers: { 'X-Trace': 'a' },
    });
  });

  it('builds nested, typed fields', async () => {
    const builderData = [
      { name: 'text', type: 'string', value: 'x' },
      { name: 'count', type: 'number', value: '3' },
      { name: 'same', type: 'number', value: 4 },
      { name: 'odd', type: 'number', value: 'three' },
      { name: 'yes', type: 'boolean', value: 'true' },
      { name: 'no', type: 'boolean', value: 'false' },
      { name: 'raw', type: 'object', value: { kept: [1] } },
      { name: 'written', type: 'object', value: '{"a":1}' },
      { name: 'inner', type: 'object', value: [{ name: 'n', type: 'number', value: '1' }] },
      { name: 'list', type: 'array', value: [{ type: 'number', value: '1' }, 'plain', { a: 1 }] },
      { name: 'listed', type: 'array', value: '[1]' },
      { name: '', type: 'string', value: 'a blank row' },
      'no field',
    ];
    expect(await dataOf({ dataMode: 'structured', builderData })).toEqual({
      text: 'x',
      count: 3,
      same: 4,
      odd: 'three',
      yes: true,
      no: false,
      raw: { kept: [1] },
      written: { a: 1 },
      inner: { n: 1 },
      list: [1, 'plain', { a: 1 }],
      listed: [1],
    });
  });

  it.each<[JsonObject, JsonValue]>([
    [{ dataMode: 'json', data: '{"a": 1}' }, { a: 1 }],
    [{ dataMode: 'json', data: 'just text' }, 'just text'],
    [{ dataMode: 'json' }, null],
    [{ dataMode: 'structured', builderData: { a: 1 } }, { a: 1 }],
    [
      { dataMode: 'structured', builderData: '[{"name":"a","type":"number","value":"1"}]' },
      { a: 1 },
    ],
    [{ dataMode: 'structured' }, {}],
    [{ data: '[1]' }, [1]],
    [{ builderData: [{ name: 'a', value: 1 }] }, { a: 1 }],
  ])('%j gives %j', async (params, data) => {
    expect(await dataOf(params)).toEqual(data);
  });

  it.each([null, '', 200, '200'])('has status 200 for %j', async (status) => {
    expect(await outputOf(block, { status })).toMatchObject({ status: 200 });
  });

  it.each(['abc', 99, 600, 200.5, [500, 1]])('refuses the status %j', async (status) => {
    expect(await failureOf(block, { status })).toMatchObject({
      code: 'invalid_params',
      message: expect.stringContaining('100 to 599') as string,
    });
  });
});
