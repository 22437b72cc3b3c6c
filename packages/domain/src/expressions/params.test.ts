import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import type { Branch, JourneyState } from '../journey/types.js';
import { resolveParams } from './params.js';
import { UnknownFieldError, type Lookup } from './resolution.js';

const values: JsonObject = { name: 'Ada "A"', n: 3, o: { a: [1] } };

const lookup: Lookup = ({ kind, name, path, raw }) => {
  if (kind === 'env')
    return name === 'KEY' ? { kind: 'value', value: 's3cret' } : { kind: 'unknown' };
  if (name !== 'b') return { kind: 'unknown' };
  const field = String(path[0]);
  if (field === 'bad') return { kind: 'error', error: new UnknownFieldError(raw, 'B', ['n']) };
  const value = values[field];
  return value === undefined ? { kind: 'empty' } : { kind: 'value', value };
};

const base = {
  id: 'st_x',
  blockId: 'x',
  label: 'X',
  refName: 'x',
  description: null,
  outputFields: null,
} as const;

function tool(blockType: string, params: JsonObject): JourneyState {
  const rest = { sideEffect: 'none', retry: null, hasErrorPath: false } as const;
  return { ...base, ...rest, kind: 'tool', blockType, params };
}

function resolved(state: JourneyState) {
  const outcome = resolveParams(state, lookup);
  if (!outcome.ok) throw outcome.error;
  return { ...outcome.value, secrets: outcome.secrets };
}

describe('resolveParams', () => {
  it('makes text of the parameters of most blocks, at any depth', () => {
    const params = {
      to: '<b.name>',
      n: '<b.n>',
      o: ['<b.o>', { x: 'Bearer {{KEY}}' }],
      on: true,
      z: null,
    };
    expect(resolved(tool('gmail', params))).toEqual({
      params: {
        to: 'Ada "A"',
        n: '3',
        o: ['{"a":[1]}', { x: 'Bearer s3cret' }],
        on: true,
        z: null,
      },
      bindings: {},
      secrets: ['s3cret'],
    });
  });

  it('binds the code of a function', () => {
    const { params, bindings } = resolved(
      tool('function', { code: 'return <b.n> + "<b.name>"', language: 'javascript' }),
    );
    expect(params).toEqual({ code: 'return  __ref_0  +  __ref_s0 ', language: 'javascript' });
    expect(bindings).toEqual({ __ref_0: 3, __ref_s0: 'Ada "A"' });
  });

  it('joins the cells in which older exports keep code', () => {
    const code = [{ id: '1', content: 'const a = <b.n>' }, { content: 'return a' }, null, {}];
    expect(resolved(tool('function', { code })).params).toEqual({
      code: 'const a =  __ref_0 \nreturn a\n\n',
    });
    expect(resolved(tool('function', { code: null })).params).toEqual({ code: '' });
  });

  it.each<[string, string, JsonValue, JsonValue]>([
    [
      'variables',
      'variables',
      [{ variableName: 'v', value: '<b.n>' }],
      [{ variableName: 'v', value: 3 }],
    ],
    [
      'variables',
      'variables',
      '[{"variableName":"v","value":"<b.o>"}]',
      [{ variableName: 'v', value: { a: [1] } }],
    ],
    [
      'response',
      'builderData',
      [{ name: 'x', value: '<b.o>' }],
      [{ name: 'x', value: { a: [1] } }],
    ],
    ['response', 'data', '{"n": <b.n>, "s": "<b.n> <b.name>"}', { n: 3, s: '3 Ada "A"' }],
    ['response', 'data', '<b.o>', { a: [1] }],
    ['api', 'body', { o: '<b.o>', s: 'x<b.n>' }, { o: { a: [1] }, s: 'x3' }],
    ['api', 'body', '{"name": "<b.name>"}', { name: 'Ada "A"' }],
    ['api', 'body', '[<b.n>, <b.none>]', [3, null]],
    ['api', 'body', '{{KEY}}', 's3cret'],
    ['api', 'body', 'plain <b.n>', 'plain 3'],
    ['api', 'url', 'https://x/<b.n>', 'https://x/3'],
    [
      'api',
      'headers',
      [{ cells: { Key: 'a', Value: '<b.n>' } }],
      [{ cells: { Key: 'a', Value: '3' } }],
    ],
    ['workflow_input', 'inputMapping', '{"o":"<b.o>","s":"x<b.n>"}', { o: { a: [1] }, s: 'x3' }],
    ['workflow', 'input', '<b.o>', { a: [1] }],
    ['router_v2', 'routes', '[{"id":"r","value":"<b.name>"}]', [{ id: 'r', value: 'Ada "A"' }]],
    ['router', 'routes', [{ id: 'r' }], [{ id: 'r' }]],
    ['router_v2', 'context', '<b.o>', '{"a":[1]}'],
    [
      'evaluator',
      'metrics',
      '[{"name":"a","range":{"min":0,"max":"<b.n>"}}]',
      [{ name: 'a', range: { min: 0, max: 3 } }],
    ],
    ['agent', 'messages', '[{"content":"Hi <b.name>"}]', [{ content: 'Hi Ada "A"' }]],
    ['agent', 'responseFormat', '{"schema":{"n":1}}', { schema: { n: 1 } }],
    ['agent', 'apiKey', '{{KEY}}', 's3cret'],
    ['guardrails', 'piiEntityTypes', '["URL"]', ['URL']],
    ['guardrails', 'input', '<b.o>', '{"a":[1]}'],
  ])('%s.%s keeps or drops types as it should: %j', (type, key, written, read) => {
    expect(resolved(tool(type, { [key]: written })).params).toEqual({ [key]: read });
  });

  it('resolves a response by its kind', () => {
    const state: JourneyState = {
      ...base,
      kind: 'response',
      blockType: 'whatever',
      params: { data: '<b.n>' },
    };
    expect(resolved(state).params).toEqual({ data: 3 });
  });

  it('gives the first reference at fault', () => {
    expect(resolveParams(tool('gmail', { a: '<b.n>', b: '<b.bad>' }), lookup)).toMatchObject({
      ok: false,
      error: { reference: '<b.bad>' },
    });
  });

  it('has nothing for states without parameters, whatever keys there are', () => {
    const timer: JourneyState = { ...base, blockType: 'wait', kind: 'timer', delayMs: 1 };
    expect(resolved(timer)).toEqual({ params: {}, bindings: {}, secrets: [] });
    const odd = JSON.parse('{"__proto__": "<b.n>", "constructor": "<b.n>"}') as JsonObject;
    expect(JSON.stringify(resolved(tool('constructor', odd)).params)).toBe(
      '{"__proto__":"3","constructor":"3"}',
    );
  });
});

describe('resolveParams of a fork', () => {
  function fork(expressions: readonly (string | null)[]): JourneyState {
    const branches = expressions.map((expression, index): Branch => ({
      id: `b${index}`,
      title: `B${index}`,
      expression,
    }));
    return { ...base, blockType: 'condition', kind: 'fork', branches };
  }

  it('binds each expression apart from the others', () => {
    const { params, bindings, secrets } = resolved(
      fork(['<b.n> > 1', '"{{KEY}}" === <b.name>', null]),
    );
    expect(params).toEqual({
      branches: [
        { id: 'b0', title: 'B0', expression: ' __ref_0_0  > 1' },
        { id: 'b1', title: 'B1', expression: ' __ref_1_s0  ===  __ref_1_1 ' },
        { id: 'b2', title: 'B2', expression: null },
      ],
    });
    expect(bindings).toEqual({ __ref_0_0: 3, __ref_1_s0: 's3cret', __ref_1_1: 'Ada "A"' });
    expect(secrets).toEqual(['s3cret']);
  });

  it('leaves a faulty branch to be told when it is reached', () => {
    expect(resolved(fork(['<b.n>', '<b.bad>', null])).params).toMatchObject({
      branches: [
        { id: 'b0' },
        { id: 'b1', expression: '<b.bad>', unresolved: expect.stringContaining('"B"') as string },
        { id: 'b2', expression: null },
      ],
    });
  });
});

describe('the code of an agent’s tools', () => {
  const tools = (code: string) => [{ type: 'custom-tool', title: '<b.name>', code }];

  it.each<[string, (tools: JsonValue) => JsonValue]>([
    ['a list', (value) => value],
    ['a text', (value) => JSON.stringify(value)],
  ])('is bound to values, which are never read as code, in %s', (_, form) => {
    const code = 'return [<b.name>, "{{KEY}}", place]';
    const outcome = resolved(tool('agent', { tools: form(tools(code)) }));
    const [first] = outcome.params.tools as JsonObject[];
    expect(first).toMatchObject({ type: 'custom-tool', title: 'Ada "A"' });
    expect(first?.code).not.toMatch(/Ada|s3cret|<b/);
    expect(Object.values(outcome.bindings).sort()).toEqual(['Ada "A"', 's3cret']);
    expect(outcome.secrets).toEqual(['s3cret']);
  });

  it('keeps tools apart, and regular expressions as they are', () => {
    const both = [...tools('return <b.n>'), ...tools('return /<b.name>/.test(<b.name>)'), 5];
    const { params, bindings } = resolved(tool('agent', { tools: both }));
    expect(Object.keys(bindings)).toHaveLength(2);
    const [, second, third] = params.tools as JsonValue[];
    expect(second).toMatchObject({ code: expect.stringContaining('/<b.name>/') as string });
    expect(third).toBe(5);
  });

  it('is text where no list of tools stands', () => {
    const { params, bindings } = resolved(tool('agent', { tools: 'as <b.name> likes' }));
    expect(params.tools).toBe('as Ada "A" likes');
    expect(bindings).toEqual({});
  });
});
