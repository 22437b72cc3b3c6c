import type { JsonObject, JsonValue } from '@sim/domain';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { guardrailsBlock } from './guardrails.js';
import type { Model } from './model/model.js';
import { Sandbox } from './sandbox/sandbox.js';
import { failureOf, outputOf } from './testing/context.js';
import { KEY, says, startModel, fails, type Behaviour } from './testing/model-server.js';

const sandbox = new Sandbox({ functionTimeoutMs: 300 });
afterAll(() => sandbox.close());

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const guardrails = (model: Model | null = null) => guardrailsBlock({ sandbox, model });

describe('guardrails', () => {
  it.each<[string, JsonObject]>([
    ['no type', {}],
    ['an unknown type', { validationType: 'vibes' }],
    ['a type that is none', { validationType: 7 }],
  ])('cannot check with %s', async (_, params) => {
    const told = await failureOf(guardrails(), { input: 'x', ...params });
    expect(told).toMatchObject({ code: 'invalid_params', retryable: false });
    expect(told.message).toContain('json, regex, pii, hallucination');
  });

  it('takes no text without end', async () => {
    const params = { validationType: 'json', input: 'x'.repeat(600_000) };
    expect(await failureOf(guardrails(), params)).toMatchObject({ code: 'input_too_large' });
  });
});

describe('json', () => {
  const check = (input: JsonValue) => outputOf(guardrails(), { validationType: 'json', input });

  it.each([
    ['{"a": [1, "]"]}'],
    ['null'],
    ['"text"'],
    [' 1.5 '],
    ['"\\ud800"'],
    ['{"__proto__":1}'],
  ])('lets pass %s', async (input) => {
    expect(await check(input)).toEqual({ passed: true, validationType: 'json', input });
  });

  it('lets a value pass that is JSON already', async () => {
    expect(await check({ a: 1 })).toMatchObject({ passed: true, input: '{"a":1}' });
  });

  it.each([[''], ['{a: 1}'], ['[1,]'], ['{"a": 1} x'], ['NaN'], ["{'a': 1}"], ['"']])(
    'stops %j and says why',
    async (input) => {
      const output = await check(input);
      expect(output).toMatchObject({ passed: false, input });
      expect((output as JsonObject).error).toMatch(/^This is not JSON: ./);
    },
  );

  it('stops what has too many levels', async () => {
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(await check(deep(500))).toMatchObject({ passed: true });
    expect(await check(deep(501))).toMatchObject({ passed: false });
    expect(await check(deep(200_000))).toMatchObject({ passed: false });
  });
});

describe('regex', () => {
  const run = (regex: JsonValue, input: string) => ({ validationType: 'regex', regex, input });

  it.each([
    ['^[\\w.]+@[\\w.]+$', 'a.b@c.de'],
    ['b', 'abc'],
    ['^(?<year>\\d{4})-\\d\\d$', '2024-01'],
    ['\\u0041\\/', 'A/'],
    ['^\\p{L}+$', 'Größe'],
    ['(?=.*\\d)(?=.*[a-z]).{6,}', 'abc123'],
    ['^(a+)\\1$', 'aaaa'],
    ['(?<!a)b', 'cb'],
    [`^(?:${Array.from({ length: 400 }, (_, n) => `word${n}`).join('|')})$`, 'word399'],
  ])('%s matches %s', async (regex, input) => {
    expect(await outputOf(guardrails(), run(regex, input))).toEqual({
      passed: true,
      validationType: 'regex',
      input,
    });
  });

  it.each([
    ['^\\d+$', '12a'],
    ['(?=.*\\d)(?=.*[a-z]).{6,}', 'abcdef'],
    ['(?<=a)b', 'cb'],
    ['^a$', 'A'],
    ['a', ''],
  ])('%s does not match %s', async (regex, input) => {
    expect(await outputOf(guardrails(), run(regex, input))).toMatchObject({
      passed: false,
      error: expect.stringContaining('does not match') as string,
    });
  });

  it.each([['(a+)+$'], ['(a|aa)+$'], ['(a|a)*b$'], ['(.*)*x'], ['^(([a-z])+.)+[A-Z]$']])(
    '%s does not explode',
    async (regex) => {
      const input = `${'a'.repeat(50_000)}!`;
      const output = await outputOf(guardrails(), run(regex, input));
      expect(output).toMatchObject({ passed: false });
    },
  );

  it('matches by a pattern that could explode', async () => {
    const output = await outputOf(guardrails(), run('(a+)+$', 'a'.repeat(50_000)));
    expect(output).toMatchObject({ passed: true });
  });

  it.each([['(?=a)(a+)+$'], ['^(a+)+\\1?$'], ['(?<!b)(a|aa)+$']])(
    '%s, which only backtracking can run, is ended',
    async (regex) => {
      const told = await failureOf(guardrails(), run(regex, `${'a'.repeat(50_000)}!`));
      expect(told).toMatchObject({ code: 'timeout', retryable: false });
      expect(told.message).toContain('lookaround');
    },
  );

  it('does not hold up the rest for a pattern that is large times a text that is', async () => {
    const regex = '[abc]*a[abc]{1000}d|[abc]*b[abc]{999}[de]';
    const input = 'abcacb'.repeat(30_000);
    const told = await failureOf(guardrails(), run(regex, input)).catch(() => null);
    // In the sandbox, which may be quick enough to find that there is no match.
    if (told !== null) expect(told).toMatchObject({ code: 'timeout' });
  });

  it.each<[string, JsonValue]>([
    ['none', null],
    ['an empty one', ''],
    ['one that is none', ['a']],
    ['one that is broken', '(a'],
    ['one that is broken in another way', '(?=a'],
    ['one without end', 'a'.repeat(10_001)],
  ])('cannot check with a pattern: %s', async (_, regex) => {
    const told = await failureOf(guardrails(), run(regex, 'a'));
    expect(told).toMatchObject({ code: 'invalid_params', retryable: false });
  });

  it.each([['((a{100}){100}){100}'], [`${'('.repeat(4_000)}a${')'.repeat(4_000)}`], ['a{2,1}']])(
    'ends one way or the other on %s',
    async (regex) => {
      const outcome = await outputOf(guardrails(), run(regex, 'a')).catch(
        (error: unknown) => error,
      );
      expect(outcome).toBeDefined();
    },
  );
});

describe('hallucination', () => {
  const PARAMS = {
    validationType: 'hallucination',
    input: 'Bern is the capital of Switzerland.',
    reference: 'The federal city of Switzerland is Bern.',
  };

  async function start(...behaviours: Behaviour[]) {
    const { model, server, close } = await startModel(behaviours);
    opened.push({ close });
    return { block: guardrails(model), server };
  }

  it('passes from the threshold on', async () => {
    const { block, server } = await start(says({ reasoning: 'It says so.', score: 7 }));
    expect(await outputOf(block, { ...PARAMS, threshold: '7', model: 'judge' })).toEqual({
      passed: true,
      validationType: 'hallucination',
      input: PARAMS.input,
      score: 7,
      reasoning: 'It says so.',
      model: 'test-model-1',
      tokens: { prompt: 10, completion: 5, total: 15 },
    });
    expect(server.asked()[0]).toMatchObject({ model: 'judge' });
    expect(JSON.stringify(server.asked()[0])).toContain('federal city');
    const strict = await outputOf(block, { ...PARAMS, threshold: 8 });
    expect(strict).toMatchObject({ passed: false, score: 7 });
    expect((strict as JsonObject).error).toContain('below the threshold 8');
  });

  it('has a threshold of 3 by default, and takes the reference as context too', async () => {
    const { block } = await start(
      says({ reasoning: '', score: 2.9 }),
      says({ reasoning: '', score: 3 }),
    );
    const { reference, ...rest } = PARAMS;
    const params = { ...rest, context: [reference] };
    expect(await outputOf(block, params)).toMatchObject({ passed: false });
    expect(await outputOf(block, params)).toMatchObject({ passed: true });
  });

  it('fails where the score is none', async () => {
    for (const score of [11, -1, 'high', null]) {
      const { block } = await start(says({ reasoning: '', score }));
      expect(await failureOf(block, PARAMS)).toMatchObject({ code: 'model_answer_invalid' });
    }
  });

  it('says that no model is configured', async () => {
    const told = await failureOf(guardrails(), PARAMS);
    expect(told).toMatchObject({ code: 'model_not_configured', retryable: false });
    expect(told.message).toContain('OPENAI_API_KEY');
  });

  it('says that knowledge bases are not searched', async () => {
    const { block, server } = await start(says(''));
    const told = await failureOf(block, { ...PARAMS, reference: '', knowledgeBaseId: 'kb1' });
    expect(told).toMatchObject({ code: 'invalid_params' });
    expect(told.message).toContain('Knowledge bases are not searched');
    expect(server.seen).toHaveLength(0);
  });

  it('refuses a threshold that is none', async () => {
    const { block } = await start(says(''));
    for (const threshold of [11, -1, 'high', [3]]) {
      expect(await failureOf(block, { ...PARAMS, threshold })).toMatchObject({
        code: 'invalid_params',
      });
    }
  });

  it('shows no key where the model fails', async () => {
    const { block } = await start(fails(400, { message: `no ${KEY}` }));
    const told = await failureOf(block, PARAMS);
    expect(told).toMatchObject({ code: 'model_refused' });
    expect(JSON.stringify(told)).not.toContain(KEY);
  });
});
