import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@sim/domain';
import { readTable } from './table.js';

describe('readTable', () => {
  it.each<[JsonValue | undefined, [string, string][]]>([
    [[{ id: '1', cells: { Key: 'a', Value: 'b' } }], [['a', 'b']]],
    [[{ cells: { key: 'a', value: 1 } }], [['a', '1']]],
    [
      [
        { key: 'a', value: true },
        { name: 'b', value: { c: 1 } },
      ],
      [
        ['a', 'true'],
        ['b', '{"c":1}'],
      ],
    ],
    [
      { a: 'x', b: 2, c: null },
      [
        ['a', 'x'],
        ['b', '2'],
      ],
    ],
    ['[{"key":"a","value":"b"}]', [['a', 'b']]],
    [[{ key: ' a ', value: '' }], [['a', '']]],
    [[{ key: '', value: 'x' }, { key: 'y', value: null }, { value: 'z' }, null, 'text'], []],
    ['no JSON', []],
    [null, []],
    [undefined, []],
    [7, []],
  ])('%j', (table, rows) => {
    expect(readTable(table)).toEqual(rows);
  });
});
