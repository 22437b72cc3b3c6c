import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import { block, edge } from '../workflow/testing/exports.js';
import { mapped } from './testing/mapped.js';

const start = block('start', 'start_trigger', { inputFormat: [{ name: 'order' }] });
const work = (id: string, code = 'return 1', extra: JsonObject = {}) =>
  block(id, 'function', { code }, extra);
const found = (...args: Parameters<typeof mapped>) =>
  mapped(...args).issues.map(({ code, message }) => `${code}: ${message}`);

/** A function after the start that reads this. */
const reading = (code: string, extra: JsonObject = {}) =>
  found([start, work('a', code)], [edge('start', 'a')], extra);

describe('a reference', () => {
  it.each([
    '<start.order> <START.order.id> <start.input> <start.files[0]> <start>',
    '<start.error>',
    '<br> <p>text</p> a < b && c > d <https://x.y/z> <me@example.com>',
    '{{ANY_SECRET}}',
  ])('%s is no fault', (text) => {
    expect(reading(text)).toEqual([]);
  });

  it.each([
    [
      '<strat.order>',
      'reference_unknown_block: "A" reads "<strat.order>", but no block is called that.',
    ],
    ['<loop.index>', 'reference_unknown_block: "A" reads "<loop.index>", but stands in no loop.'],
    [
      '<variable.limit>',
      'reference_unknown_variable: "A" reads "<variable.limit>", but there is no variable "limit".',
    ],
    [
      '<start.ordre>',
      'reference_unknown_path: "A" reads "<start.ordre>", but "Start" has no field "ordre".',
    ],
    ['<a.result>', 'reference_may_not_run: "A" reads its own output, "<a.result>".'],
  ])('%s is one', (text, expected) => {
    expect(reading(text)).toEqual([expected]);
  });

  it('to a field names those that there are', () => {
    const { issues } = mapped([start, work('a', '<start.x>')], [edge('start', 'a')]);
    expect(issues[0]?.hint).toBe('It has "order", "input", "conversationId", "files".');
  });

  it('is reported once for each spelling, wherever it stands', () => {
    const raw = block('a', 'agent', {
      messages: [{ content: '<x.y> <x.y>' }],
      deep: { er: '<x.z>' },
    });
    expect(found([start, raw], [edge('start', 'a')])).toHaveLength(2);
  });

  it('to a variable may be to one that a block sets', () => {
    const variables = { v: { id: 'v', name: 'Top Limit', type: 'number', value: 1 } };
    expect(reading('<variable.toplimit.x>', { variables })).toEqual([]);
    const sets = block('set', 'variables', { variables: [{ variableName: 'total', value: 1 }, 5] });
    const blocks = [start, sets, work('a', '<variable.total>')];
    expect(found(blocks, [edge('start', 'set'), edge('set', 'a')])).toEqual([]);
  });

  it('to what stands on another branch, or after, is empty', () => {
    const check = block('check', 'condition', { conditions: [{ value: '1' }, { title: 'else' }] });
    const blocks = [
      start,
      check,
      work('yes', '<no.result>'),
      work('no'),
      work('join', '<yes.result><no.result>'),
    ];
    const edges = [
      edge('start', 'check'),
      edge('check', 'yes', 'condition-if'),
      edge('check', 'no', 'condition-else'),
      edge('yes', 'join'),
      edge('no', 'join'),
    ];
    expect(found(blocks, edges)).toEqual([
      'reference_may_not_run: "Yes" reads "<no.result>", but "No" does not come before it: "Start" → "Check" → "Yes".',
      'reference_alternatives: "Join" reads "Yes", "No", of which not all run on every path.',
    ]);
  });

  it('to a block that is left out is empty', () => {
    const blocks = [
      start,
      work('a', '<off.result> <alone.result>'),
      work('off', '', { enabled: false }),
      work('alone'),
    ];
    const issues = found(blocks, [edge('start', 'a')]);
    expect(issues).toContain(
      'reference_may_not_run: "A" reads "<off.result>", but "Off" is disabled.',
    );
    expect(issues).toContain(
      'reference_may_not_run: "A" reads "<alone.result>", but "Alone" is left out.',
    );
  });

  it('to a block called Loop is to that', () => {
    const loop = block('l', 'loop', {}, { name: 'Loop' });
    const blocks = [start, loop, work('a', '<loop.results> <loop.total>')];
    const issues = found(blocks, [edge('start', 'l'), edge('l', 'a')]);
    expect(issues.filter((text) => text.startsWith('reference'))).toEqual([
      'reference_unknown_path: "A" reads "<loop.total>", but "Loop" has no field "total".',
    ]);
  });
});

describe('names', () => {
  it('that collide are reported', () => {
    const blocks = [
      start,
      work('a', '1', { name: 'My Block' }),
      work('b', '1', { name: 'my.block' }),
    ];
    expect(found(blocks, [edge('start', 'a'), edge('a', 'b')])).toEqual([
      'name_collision: "My Block" and "my.block" are both referred to as <myblock>.',
    ]);
  });

  it('of notes and disabled blocks give way', () => {
    const blocks = [
      start,
      work('off', '1', { name: 'Price', enabled: false }),
      block('note', 'note', {}, { name: 'Price' }),
      work('a', '1', { name: 'Price' }),
      work('b', '<price.result>'),
    ];
    const issues = found(blocks, [edge('start', 'a'), edge('a', 'b')]);
    expect(issues.filter((text) => !text.startsWith('block_'))).toEqual([]);
  });

  it('to the item of a loop are known inside it, and in its condition', () => {
    const each = block(
      'each',
      'loop',
      {},
      { data: { loopType: 'while', whileCondition: '<loop.index> < 2' } },
    );
    const inner = block(
      'inner',
      'function',
      { code: '<loop.index> + <parallel.index>' },
      { data: { parentId: 'each' } },
    );
    const outer = block('outer', 'function', { code: '<loop.currentItem>' });
    const { issues } = mapped(
      [block('start', 'start_trigger'), each, inner, outer],
      [edge('start', 'each'), edge('each', 'inner', 'loop-start-source'), edge('each', 'outer')],
    );
    const unknown = issues.filter(({ code }) => code === 'reference_unknown_block');
    expect(unknown.map(({ blockId }) => blockId)).toEqual(['inner', 'outer']);
  });
});
