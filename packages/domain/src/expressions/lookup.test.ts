import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import type { Journey, JourneyState, Slot } from '../journey/types.js';
import type { Scope, SessionState } from '../session/types.js';
import { createLookup } from './lookup.js';
import { scanReferences } from './references.js';
import type { Found } from './resolution.js';

const slot = (name: string): Slot => ({
  name,
  label: name,
  type: 'string',
  format: null,
  description: null,
  required: true,
  default: null,
  options: null,
});

function base(name: string, outputFields: readonly string[] | null) {
  return {
    id: `st_${name}` as const,
    blockId: name,
    blockType: 'function',
    label: name.toUpperCase(),
    refName: name,
    description: null,
    outputFields,
  };
}

function tool(name: string, outputFields: readonly string[] | null): JourneyState {
  const rest = { params: {}, sideEffect: 'none', retry: null, hasErrorPath: false } as const;
  return { ...base(name, outputFields), kind: 'tool', ...rest };
}

const journey: Journey = {
  id: 'jrn_1',
  version: '1',
  mapperVersion: '1',
  name: 'Test',
  description: null,
  initial: 'st_begin',
  states: [
    { ...base('begin', ['input', 'city']), kind: 'start', slots: [slot('city')] },
    { ...base('form', ['note']), kind: 'form', display: [], slots: [slot('note')] },
    tool('calc', ['result', 'stdout']),
    tool('free', null),
    tool('late', ['result']),
    tool('each', null),
    tool('constructor', ['result']),
    tool('loop', ['results']),
    { ...tool('deep', ['result']), parent: 'st_free' },
    { ...tool('deeper', ['result']), parent: 'st_deep' },
    { ...tool('inner', ['result']), parent: 'st_each' },
  ],
  transitions: [],
  variables: [
    { id: 'v1', name: 'My Total', type: 'number', value: 1 },
    { id: 'v2', name: 'unset', type: 'string', value: 'initial' },
  ],
  absentNames: ['disabled'],
};

function scope(id: string, over: Partial<Scope>): Scope {
  return {
    id,
    kind: 'root',
    parent: null,
    nodes: {},
    edges: {},
    outputs: {},
    order: [],
    ...over,
  };
}

function sessionOf(scopes: readonly Scope[], variables: JsonObject = {}): SessionState {
  const state: Partial<SessionState> = {
    scopes: Object.fromEntries(scopes.map((one) => [one.id, one])),
    variables: { ...variables },
  };
  return state as SessionState;
}

const root = scope('root', {
  outputs: {
    st_begin: { city: 'Oslo', age: 3 },
    st_form: { note: 'hi', response: { note: 'hi', extra: 'only here' } },
    st_calc: { result: { list: [{ id: 7 }, null], text: 'abc', '0': 'zero' }, stdout: '' },
    st_free: 'plain',
  },
});

function look(
  reference: string,
  session: SessionState = sessionOf([root], { 'My Total': 42, 'a.b': { c: [1] } }),
  scopeId = 'root',
): Found {
  const [token] = scanReferences(reference);
  if (!token) throw new Error(`${reference} is no reference`);
  return createLookup(journey, session, scopeId, { KEY: 's3cret' })(token);
}

const value = (value: JsonValue): Found => ({ kind: 'value', value });
const EMPTY: Found = { kind: 'empty' };
const UNKNOWN: Found = { kind: 'unknown' };

describe('createLookup', () => {
  it.each<[string, Found]>([
    ['<calc.result.text>', value('abc')],
    ['<Calc.result.list[0].id>', value(7)],
    ['<calc.result.list.0.id>', value(7)],
    ['<calc.result.list.length>', value(2)],
    ['<calc.result.list[1]>', value(null)],
    ['<calc.result.0>', value('zero')],
    ['<free>', value('plain')],
    ['{{KEY}}', value('s3cret')],
  ])('%s is a value', (reference, found) => {
    expect(look(reference)).toEqual(found);
  });

  it.each([
    '<calc.result.missing>',
    '<calc.result.text.length>',
    '<calc.result.list[9].id>',
    '<calc.result.list[1].id>',
    '<calc.result.list.constructor>',
    '<calc.result.__proto__>',
    '<calc.result.toString>',
    '<calc.error>',
    '<late.result>',
    '<late>',
    '<disabled.result>',
    '<free.any.thing>',
  ])('%s is empty', (reference) => {
    expect(look(reference)).toEqual(EMPTY);
  });

  it.each(['<nobody.x>', '<div>', '<__proto__.x>', '<tostring.x>', '{{OTHER}}', '{{constructor}}'])(
    '%s is unknown',
    (reference) => {
      expect(look(reference)).toEqual(UNKNOWN);
    },
  );

  it.each(['<calc.results>', '<late.wrong.deep>', '<begin.town>'])(
    '%s names a field that its block does not have',
    (reference) => {
      const found = look(reference);
      expect(found.kind === 'error' && found.error).toMatchObject({ reference });
    },
  );

  it('tells the block and its fields', () => {
    const found = look('<calc.results>');
    expect(found.kind === 'error' && found.error).toMatchObject({
      blockName: 'CALC',
      knownFields: ['result', 'stdout'],
    });
  });

  it('reads a block whose name is that of an inherited property', () => {
    expect(look('<constructor.result>')).toEqual(EMPTY);
  });

  it.each<[string, Found]>([
    ['<start.city>', value('Oslo')],
    ['<begin.city>', value('Oslo')],
    ['<start.input>', value({ city: 'Oslo', age: 3 })],
    ['<start.input.city>', value('Oslo')],
    ['<start.age>', value(3)],
    ['<start.files>', EMPTY],
  ])('%s finds the start by any name', (reference, found) => {
    expect(look(reference)).toEqual(found);
  });

  it('gives the start its own input where it has one', () => {
    const session = sessionOf([scope('root', { outputs: { st_begin: { input: 'hello' } } })]);
    expect(look('<start.input>', session)).toEqual(value('hello'));
  });

  it.each<[string, Found]>([
    ['<form.note>', value('hi')],
    ['<form.response.note>', value('hi')],
    ['<form.submission.note>', value('hi')],
    ['<form.extra>', value('only here')],
  ])('%s finds the answers of a form', (reference, found) => {
    expect(look(reference)).toEqual(found);
  });

  it.each<[string, Found]>([
    ['<variable.mytotal>', value(42)],
    ['<variable.unset>', value('initial')],
    ['<variable.ab.c[0]>', value(1)],
    ['<variable.ab.d>', EMPTY],
    ['<variable.nothing>', UNKNOWN],
    ['<variable.__proto__>', UNKNOWN],
  ])('%s', (reference, found) => {
    expect(look(reference)).toEqual(found);
  });
});

describe('createLookup inside containers', () => {
  const under = (items: JsonValue[] | null) => ({
    status: 'running' as const,
    attempts: 1,
    progress: {
      items,
      total: null,
      opened: 2,
      closed: 1,
      redo: false,
      goesOn: false,
      results: [],
      echoedBy: {},
    },
  });
  const around = scope('root', {
    ...root,
    nodes: { st_each: under([{ id: 'a' }, { id: 'b' }]) },
    echoes: { st_late: { result: 'left behind' }, st_calc: { result: 'older' } },
  });
  const iteration = scope('it', {
    kind: 'iteration',
    parent: { scopeId: 'root', stateId: 'st_each' },
    index: 1,
    outputs: { st_calc: { result: 'inner' } },
    nodes: { st_free: under(['x', 'y']) },
  });
  const branch = scope('br', {
    kind: 'branch',
    parent: { scopeId: 'it', stateId: 'st_free' },
    index: 1,
  });
  const counted = scope('ct', {
    kind: 'branch',
    parent: { scopeId: 'it', stateId: 'st_late' },
    index: 7,
  });
  const child = scope('sub', { kind: 'subjourney', parent: { scopeId: 'br', stateId: 'st_free' } });
  const session = sessionOf([around, iteration, branch, counted, child]);

  it.each<[string, Found]>([
    ['<loop.index>', value(1)],
    ['<loop.iteration>', value(1)],
    ['<loop.currentItem.id>', value('b')],
    ['<loop.items[0].id>', value('a')],
    ['<each.index>', value(1)],
    ['<parallel.index>', value(1)],
    ['<parallel.currentItem>', value('y')],
    ['<parallel.items>', value(['x', 'y'])],
    ['<free.index>', value(1)],
    ['<late.result>', value('left behind')],
    ['<calc.result>', value('inner')],
    ['<begin.city>', value('Oslo')],
  ])('%s is read from the scopes outwards', (reference, found) => {
    expect(look(reference, session, 'br')).toEqual(found);
  });

  it('reads what a block put out in an earlier iteration, where it has not run in this one', () => {
    const left = { st_inner: { result: 'of the first' } };
    const before = sessionOf([{ ...around, echoes: left }, iteration, branch]);
    expect(look('<inner.result>', before, 'it')).toEqual(value('of the first'));
    expect(look('<inner.result>', before, 'br')).toEqual(value('of the first'));
  });

  it('reads nothing that other branches of a parallel put out, however deep inside', () => {
    const left = { st_deep: { result: 'theirs' }, st_deeper: { result: 'theirs' } };
    const others = sessionOf([around, { ...iteration, echoes: left }, branch]);
    expect(look('<deep.result>', others, 'br')).toEqual(EMPTY);
    expect(look('<deeper.result>', others, 'br')).toEqual(EMPTY);
    expect(look('<deep.result>', others, 'it')).toEqual(value('theirs'));
    const own = sessionOf([around, iteration, { ...branch, echoes: left }]);
    expect(look('<deeper.result>', own, 'br')).toEqual(value('theirs'));
  });

  it('has no item where a container only counts', () => {
    expect(look('<parallel.index>', session, 'ct')).toEqual(value(7));
    expect(look('<parallel.currentItem>', session, 'ct')).toEqual(EMPTY);
    expect(look('<parallel.items>', session, 'ct')).toEqual(EMPTY);
  });

  it('looks ahead to the next iteration for a condition', () => {
    const [token] = scanReferences('<loop.index>');
    const ahead = createLookup(journey, session, 'root', {}, 'st_each');
    expect(token && ahead(token)).toEqual(value(2));
  });

  it('reads what a block put out outside before what it left inside a container', () => {
    expect(look('<calc.stdout>', session, 'root')).toEqual(value(''));
  });

  it('knows no loop outside of one, but a block of that name', () => {
    expect(look('<parallel.index>')).toEqual(UNKNOWN);
    expect(look('<loop.results>')).toEqual(EMPTY);
  });

  it("does not look beyond a child workflow's edge", () => {
    expect(look('<begin.city>', session, 'sub')).toEqual(EMPTY);
    expect(look('<parallel.index>', session, 'sub')).toEqual(UNKNOWN);
  });

  it('ends where scopes stand in one another or are missing', () => {
    const a = scope('a', { kind: 'branch', parent: { scopeId: 'b', stateId: 'st_free' } });
    const b = scope('b', { kind: 'branch', parent: { scopeId: 'a', stateId: 'st_free' } });
    expect(look('<calc.result>', sessionOf([a, b]), 'a')).toEqual(EMPTY);
    expect(look('<calc.result>', sessionOf([]), 'gone')).toEqual(EMPTY);
  });
});
