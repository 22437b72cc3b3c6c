import { describe, expect, it } from 'vitest';
import { catalogueTypes, entryOf } from './catalogue.js';
import { CatalogueError, readEntry } from './read-entry.js';
import type { BlockTypeEntry, Condition, ParamEntry } from './types.js';

const types = catalogueTypes();

const entry = (type: string): BlockTypeEntry => {
  const found = entryOf(type);
  if (!found) throw new TypeError(`${type} is not in the catalogue`);
  return found;
};

const conditionsOf = ({ when, required }: ParamEntry): Condition[] => {
  const chain: Condition[] = [];
  for (const start of [when, typeof required === 'object' ? required : null]) {
    for (let part = start; part; part = part.and) chain.push(part);
  }
  return chain;
};

const valuesOf = ({ values }: Condition) => [...values];

describe('the catalogue', () => {
  it('lists over a hundred types, each once', () => {
    expect(types.length).toBeGreaterThan(100);
    expect(new Set(types).size).toBe(types.length);
  });

  it('knows the types that workflows are made of', () => {
    const common = ['agent', 'api', 'slack', 'gmail_v2', 'notion_v2', 'github_v2', 'quickbooks'];
    expect(types).toEqual(expect.arrayContaining(common));
  });

  it.each(['', 'constructor', '__proto__', 'toString', 'acme_crm'])(
    'knows nothing of the type %j',
    (type) => {
      expect(entryOf(type)).toBeNull();
    },
  );

  it('gives versions of a type that share their parameters the same ones', () => {
    expect(entry('gmail_v2')).toEqual({ ...entry('gmail'), type: 'gmail_v2' });
    expect(entry('github_v2').effect.read).toContain('github_list_issues');
  });

  it('gives the same entry again', () => {
    expect(entryOf('slack')).toBe(entryOf('slack'));
  });
});

describe.each(types)('%s', (type) => {
  const { params, effect, outputs, core } = entry(type);
  const ids = params.map(({ id }) => id);
  const advanced = params.flatMap((param) => param.advanced ?? []);

  it('names each parameter once', () => {
    expect(new Set([...ids, ...advanced]).size).toBe(ids.length + advanced.length);
  });

  it('holds ids, no prose', () => {
    const names = [...ids, ...advanced, ...params.map(({ kind }) => kind), ...(outputs ?? [])];
    const choices = params.flatMap(({ options, default: preset }) => [
      ...options,
      JSON.stringify(preset),
    ]);
    const conditions = params.flatMap(conditionsOf);
    for (const name of [...names, ...effect.read, ...conditions.map(({ param }) => param)]) {
      expect(name).toMatch(/^[A-Za-z][\w-]*$/);
    }
    for (const choice of [...choices, ...conditions.flatMap(valuesOf)]) {
      expect(choice).toMatch(/^\S{1,80}$/);
    }
  });

  it('makes its conditions on parameters that it has, and values that they can have', () => {
    for (const condition of params.flatMap(conditionsOf)) {
      const other = params.find(({ id }) => id === condition.param);
      expect(other, condition.param).toBeDefined();
      // Of later versions a condition may name operations that this list does not have yet.
      if (!other || other.options.length === 0 || condition.param === 'operation') continue;
      expect(other.options).toEqual(expect.arrayContaining(valuesOf(condition)));
    }
  });

  it('has defaults that can be chosen and fit', () => {
    for (const param of params) {
      if (param.default === null) continue;
      if (param.options.length > 0) expect(param.options).toContain(param.default);
      if (param.type === 'number') expect(param.default).toBeTypeOf('number');
      expect(param.secret).toBe(false);
    }
  });

  it('tells reading operations from the ones that it has', () => {
    const operation = params.find(({ id }) => id === effect.param);
    expect(operation === undefined).toBe(effect.param === null);
    if (!operation || operation.options.length === 0 || type === 'api') return;
    expect(operation.options).toEqual(expect.arrayContaining([...effect.read]));
    const writing = /(?:^|_)(?:create|send|delete|update|add|remove|write|upload|insert|cancel)_?/;
    expect(effect.read.filter((id) => writing.test(id))).toEqual([]);
  });

  it('names all its outputs where we run it ourselves', () => {
    if (core) expect(outputs?.length).toBeGreaterThan(0);
  });
});

describe('an entry that is not as documented', () => {
  const param = (extra: object) => ({ params: [{ id: 'a', kind: 'short-input', ...extra }] });

  it.each([
    ['no object', [], 'wrong at x: an object'],
    ['a key of its own', { title: 'Send a message' }, 'x.title: no such key'],
    ['a param without an id', { params: [{ kind: 'code' }] }, 'params[0].id: a text'],
    ['params that are no list', { params: { a: 1 } }, 'x.params: a list'],
    ['a placeholder', param({ placeholder: 'Enter it' }), 'placeholder: no such key'],
    ['an unknown type', param({ type: 'date' }), 'type: one of string'],
    ['a condition on nothing', param({ when: { value: 1 } }), 'param: a text'],
    [
      'a condition without values',
      param({ required: { param: 'b', value: [] } }),
      'value: a value',
    ],
    ['a flag that is none', param({ secret: 'yes' }), 'secret: true or false'],
    ['options that are no texts', param({ options: [1] }), 'options: a list of texts'],
    ['an effect that does not exist', { effect: { default: 'maybe' } }, 'effect.default: one of'],
  ])('is refused: %s', (_, raw, message) => {
    expect(() => readEntry('x', raw as never)).toThrow(CatalogueError);
    expect(() => readEntry('x', raw as never)).toThrow(message);
  });

  it('is refused for a chain of conditions that never ends', () => {
    const endless: { param: string; value: number; and?: unknown } = { param: 'a', value: 1 };
    endless.and = endless;
    expect(() => readEntry('x', param({ when: endless }) as never)).toThrow('at most 8 conditions');
  });
});
