import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import { block, codes, edge } from '../workflow/testing/exports.js';
import { mapped } from './testing/mapped.js';

const target = (id: string) => block(id, 'response');

/** A condition with one target per handle. */
const fork = (params: Record<string, unknown>, handles: readonly string[] = []) => {
  const blocks = handles.map((_, index) => target(`t${index}`));
  const edges = handles.map((handle, index) => edge('check', `t${index}`, handle));
  const { journey, issues } = mapped(
    [
      block('start', 'start_trigger', { inputFormat: [{ name: 'n', type: 'number' }] }),
      block('check', 'condition', params),
      ...blocks,
    ],
    [edge('start', 'check'), ...edges],
  );
  const [, state] = journey.states;
  const ways = journey.transitions.slice(1).map(({ to, branchId, kind }) => [to, branchId ?? kind]);
  return { branches: state?.kind === 'fork' ? state.branches : [], ways, issues };
};

const conditions = [
  { id: 'check-if', title: 'if', value: '<start.n> > 10' },
  { id: 'check-else-if-1700000000001', title: 'else if', value: '<start.n> > 5' },
  { id: 'check-else', title: 'else', value: '' },
];
const branches = [
  { id: 'check-if', title: 'if', expression: '<start.n> > 10' },
  { id: 'check-else-if-1700000000001', title: 'else if', expression: '<start.n> > 5' },
  { id: 'check-else', title: 'else', expression: null },
];

describe('the branches of a condition', () => {
  it.each([
    ['a list', conditions],
    ['the JSON text of one', JSON.stringify(conditions)],
  ])('come from %s', (_, value) => {
    const handles = conditions.map(({ id }) => `condition-${id}`);
    const result = fork({ conditions: value }, handles);
    expect(result.branches).toEqual(branches);
    expect(result.ways).toEqual([
      ['st_t0', 'check-if'],
      ['st_t1', 'check-else-if-1700000000001'],
      ['st_t2', 'check-else'],
    ]);
    expect(result.issues).toEqual([]);
  });

  it('are told by position where nothing else says it', () => {
    const bare = [{ value: '1 > 2' }, '2 > 3', { value: true }, {}];
    expect(fork({ conditions: bare }).branches).toEqual([
      { id: 'if', title: 'if', expression: '1 > 2' },
      { id: 'else-if-0', title: 'else if', expression: '2 > 3' },
      { id: 'else-if-1', title: 'else if', expression: 'true' },
      { id: 'else', title: 'else', expression: null },
    ]);
  });

  it('come from the older single condition', () => {
    const result = fork({ condition: 'input.value > 10' }, ['condition-true', 'false']);
    expect(result.branches).toEqual([
      { id: 'true', title: 'if', expression: 'input.value > 10' },
      { id: 'false', title: 'else', expression: null },
    ]);
    expect(result.ways).toEqual([
      ['st_t0', 'true'],
      ['st_t1', 'false'],
    ]);
    expect(result.issues).toEqual([]);
  });

  it('come from the handles where the export has lost them', () => {
    const result = fork({ conditions: null }, ['condition-9f-else', 'condition-9f-if']);
    expect(result.branches).toEqual([
      { id: '9f-if', title: 'if', expression: '' },
      { id: '9f-else', title: 'else', expression: null },
    ]);
    expect(codes(result.issues)).toEqual(['param_missing']);
  });

  it('have ids of their own', () => {
    const twice = [
      { id: 'a', value: '1' },
      { id: 'a', value: '2' },
    ];
    expect(fork({ conditions: twice }).branches.map(({ id }) => id)).toEqual(['a', 'a~2']);
  });

  it.each<[JsonValue, string[]]>([
    [[{ title: 'if', value: '1' }], ['branch_without_else', 'dead_end']],
    [
      [{ title: 'if', value: '' }, { title: 'else' }],
      ['branch_empty', 'dead_end', 'dead_end'],
    ],
    [
      [{ title: 'Else' }, { title: 'if', value: '1' }],
      ['branch_after_else', 'dead_end', 'dead_end'],
    ],
    ['no list', ['param_missing']],
    [[], ['param_missing']],
  ])('of %j are reported', (value, expected) => {
    expect(codes(fork({ conditions: value }).issues)).toEqual(expected);
  });
});

describe('a handle', () => {
  it.each([
    ['condition-if', 'check-if'],
    ['condition-other-if', 'check-if'],
    ['true', 'check-if'],
    ['condition-else', 'check-else'],
    ['condition-other-else', 'check-else'],
    ['false', 'check-else'],
    ['condition-x-else-if-1699999999999', 'check-else-if-1700000000001'],
    ['else-if-0', 'check-else-if-1700000000001'],
    ['error', 'error'],
    ['source', 'next'],
  ])('%s means %s', (handle, expected) => {
    expect(fork({ conditions }, [handle]).ways).toEqual([['st_t0', expected]]);
  });

  it('of several else-ifs is told by its number', () => {
    const many: JsonObject[] = ['1', '2', '3', ''].map((value, index) => ({
      id: `b${index}`,
      value,
    }));
    const result = fork({ conditions: many }, ['else-if-1', 'condition-x-else-if-99']);
    expect(result.ways).toEqual([['st_t0', 'b2']]);
    expect(codes(result.issues)).toContain('branch_unknown');
  });

  it.each(['condition-maybe', 'perhaps'])('%s means nothing', (handle) => {
    const result = fork({ conditions }, [handle]);
    expect(result.ways).toEqual([]);
    expect(codes(result.issues)).toEqual([
      'branch_unknown',
      'block_unreachable',
      'dead_end',
      'dead_end',
      'dead_end',
    ]);
  });
});

describe('an expression', () => {
  const faultOf = (value: string) => {
    const list = [{ title: 'if', value }, { title: 'else' }];
    return fork({ conditions: list }).issues.find(({ code }) => code === 'condition_syntax_error');
  };

  it.each([
    '<start.n> > 10 && "<start.n>" !== `<start.n>`',
    '{{LIMIT}} > 5',
    '({ a: 1 }).a === 1 // why not',
    '<start.rows[0].x> === null',
    "<start.n> === '</b>'",
  ])('%s is one', (value) => {
    expect(faultOf(value)).toBeUndefined();
  });

  it.each([
    '<start.n> >',
    'return 1',
    '1 2',
    'true;',
    'a; b',
    'if (a) b',
    '<start.n',
    '1) || (2',
    '{{a[0].b}} > 500',
    '('.repeat(100_000),
  ])('%s is none', (value) => {
    expect(faultOf(value)).toMatchObject({ severity: 'error', blockId: 'check' });
  });
});
