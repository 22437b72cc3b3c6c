import { createServer } from 'node:net';
import { BlockFailure } from '@sim/engine';
import { afterEach, describe, expect, it } from 'vitest';
import { contextOf } from '../testing/context.js';
import {
  fails,
  hangsUp,
  KEY,
  says,
  sends,
  startModel,
  staysSilent,
  type Behaviour,
} from '../testing/model-server.js';
import { createModel, type ModelOptions } from './model.js';
import type { ModelRequest } from './request.js';

const QUESTION: ModelRequest = {
  messages: [{ role: 'user', content: 'Hello?' }],
  model: null,
  apiKey: null,
};
const SCHEMA = {
  name: 'answer',
  strict: true,
  schema: { type: 'object', properties: { n: { type: 'number' } } },
};

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(behaviours: Behaviour[], options: Partial<ModelOptions> = {}) {
  const started = await startModel(behaviours, options);
  opened.push(started);
  return started;
}

async function failureOf(asking: Promise<unknown>): Promise<BlockFailure['error']> {
  const outcome = await asking.catch((error: unknown) => error);
  if (!(outcome instanceof BlockFailure)) throw new Error('no failure', { cause: outcome });
  return outcome.error;
}

async function failureWith(behaviours: Behaviour[], options: Partial<ModelOptions> = {}) {
  const { model } = await start(behaviours, options);
  return failureOf(model.complete(QUESTION, contextOf()));
}

describe('a model', () => {
  it('is asked with the default model and key, and says what it took', async () => {
    const { model, server } = await start([says('Hi.')]);
    expect(await model.complete(QUESTION, contextOf())).toEqual({
      content: 'Hi.',
      toolCalls: [],
      model: 'test-model-1',
      tokens: { prompt: 10, completion: 5, total: 15 },
      cutOff: false,
    });
    expect(server.asked()).toEqual([
      { model: 'default-model', messages: [{ role: 'user', content: 'Hello?' }] },
    ]);
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('takes the key and the model of the block where it has its own', async () => {
    const { model, server } = await start([says('Hi.')]);
    await model.complete({ ...QUESTION, model: 'other', apiKey: 'own-key' }, contextOf());
    expect(server.asked()[0]).toMatchObject({ model: 'other' });
    expect(server.seen[0]?.headers.authorization).toBe('Bearer own-key');
  });

  it('sends no key where there is none', async () => {
    const { model, server } = await start([says('Hi.')], { apiKey: null });
    await model.complete(QUESTION, contextOf());
    expect(server.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    [429, {}],
    [500, {}],
    [503, { 'retry-after-ms': '1' }],
  ])('asks again after status %i', async (status, headers) => {
    const behaviours = [fails(status, {}, { 'retry-after-ms': '1', ...headers }), says('Hi.')];
    const { model, server } = await start(behaviours, { maxRetries: 2 });
    expect(await model.complete(QUESTION, contextOf())).toMatchObject({ content: 'Hi.' });
    expect(server.seen).toHaveLength(2);
  });

  it('does not sleep for as long as a server likes', async () => {
    const told = await failureWith([fails(429, {}, { 'retry-after': '3600' })], { maxRetries: 5 });
    expect(told).toMatchObject({ code: 'model_rate_limited', retryable: true });
    expect(told.message).toContain('Try again in 3600 s');
  });

  it.each([['Wed, 21 Oct 2065 07:28:00 GMT'], ['-1'], ['soon']])(
    'is not led astray by Retry-After: %s',
    async (after) => {
      const told = await failureWith([fails(429, {}, { 'retry-after': after })], { maxRetries: 5 });
      expect(told.message).toContain('Try again later');
    },
  );
});

describe('the failures of a model', () => {
  it.each([
    [400, 'model_refused', false],
    [401, 'model_unavailable', false],
    [403, 'model_unavailable', false],
    [404, 'model_unavailable', false],
    [408, 'model_unavailable', true],
    [413, 'model_refused', false],
    [429, 'model_rate_limited', true],
    [500, 'model_unavailable', true],
    [503, 'model_unavailable', true],
    [599, 'model_unavailable', true],
  ])('status %i is %s', async (status, code, retryable) => {
    expect(await failureWith([fails(status)])).toMatchObject({
      code,
      retryable,
      details: { status },
    });
  });

  it('says that a quota is used up, which no other try helps', async () => {
    const told = await failureWith([fails(429, { code: 'insufficient_quota', message: 'x' })]);
    expect(told).toMatchObject({ code: 'model_rate_limited', retryable: false });
    expect(told.message).toContain('used up');
  });

  it('names the server that is down', async () => {
    const port = await closedPort();
    const model = createModel({
      baseUrl: `http://127.0.0.1:${port}/v1`,
      model: 'm',
      maxRetries: 0,
    });
    opened.push(model);
    const told = await failureOf(model.complete(QUESTION, contextOf()));
    expect(told).toMatchObject({ code: 'model_unavailable', retryable: true });
    expect(told.message).toContain(`127.0.0.1:${port}`);
    expect(told.message).toContain('ECONNREFUSED');
  });

  it('is unavailable where the server hangs up', async () => {
    expect(await failureWith([hangsUp])).toMatchObject({ code: 'model_unavailable' });
  });

  it('gives up at the time limit, over all its attempts', async () => {
    const told = await failureWith([staysSilent], { timeoutMs: 50, maxRetries: 5 });
    expect(told).toMatchObject({ code: 'model_timeout', retryable: true });
    expect(told.message).toContain('OPENAI_TIMEOUT_MS');
  });

  it('gives up at the time limit while it waits to try again', async () => {
    const wait = fails(503, {}, { 'retry-after-ms': '4000' });
    expect(await failureWith([wait], { timeoutMs: 100, maxRetries: 5 })).toMatchObject({
      code: 'model_timeout',
    });
  });

  it.each([
    ['no JSON', sends('<html>hello</html>', 'text/html')],
    ['JSON that breaks off', sends('{"choices": [')],
    ['other JSON', sends('{"hello": true}')],
    ['null', sends('null')],
    ['no choices', sends('{"choices": []}')],
    ['a choice without a message', sends('{"choices": [{}]}')],
    ['a message without text', says('', { message: { role: 'assistant', content: null } })],
    ['nothing', sends('')],
  ])('finds %s no answer', async (_, behaviour) => {
    expect(await failureWith([behaviour])).toMatchObject({ code: 'model_answer_invalid' });
  });

  it('takes no answer without end, and asks for it once', async () => {
    const { model, server } = await start([says('x'.repeat(10_000))], {
      maxAnswerBytes: 5_000,
      maxRetries: 5,
    });
    const told = await failureOf(model.complete(QUESTION, contextOf()));
    expect(told).toMatchObject({ code: 'model_answer_invalid' });
    expect(told.message).toContain('too large');
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['refuses', { message: { role: 'assistant', content: null, refusal: 'I would rather not' } }],
    ['is filtered', { finish_reason: 'content_filter' }],
  ])('says that the model %s', async (_, over) => {
    expect(await failureWith([says('', over)])).toMatchObject({
      code: 'model_refused',
      retryable: false,
    });
  });

  it('does not follow a redirect, which could take the key elsewhere', async () => {
    const elsewhere = await start([says('Hi.')]);
    const location = `${elsewhere.server.baseUrl}/chat/completions`;
    const told = await failureWith([fails(307, {}, { location })]);
    expect(told).toMatchObject({ code: 'model_unavailable', retryable: false });
    expect(elsewhere.server.seen).toHaveLength(0);
  });

  it('ends with the signal, whose reason is thrown', async () => {
    const cancel = new AbortController();
    const reason = new Error('cancelled');
    const { model } = await start([() => cancel.abort(reason)]);
    await expect(model.complete(QUESTION, contextOf({ signal: cancel.signal }))).rejects.toBe(
      reason,
    );
  });

  it('does not begin where the signal has ended it', async () => {
    const reason = new Error('cancelled');
    const { model, server } = await start([says('Hi.')]);
    const asking = model.complete(QUESTION, contextOf({ signal: AbortSignal.abort(reason) }));
    await expect(asking).rejects.toBe(reason);
    expect(server.seen).toHaveLength(0);
  });

  it.each([[204], [205], [304], [999]])('is a failure for the odd status %i', async (status) => {
    const odd: Behaviour = (_, response) => response.writeHead(status).end();
    expect((await failureWith([odd])).code).toMatch(/^model_(?:answer_invalid|unavailable)$/);
  });

  it('shows no key, however the server repeats it', async () => {
    const secret = 'a secret of the environment';
    const padding = 'x'.repeat(290);
    for (const status of [400, 401, 404, 429, 500]) {
      const message = `bad key ${KEY}, ${secret} ${padding}${KEY} own-key`;
      const { model } = await start([fails(status, { message, code: KEY })]);
      const request = { ...QUESTION, apiKey: status === 400 ? null : 'own-key' };
      const told = await failureOf(model.complete(request, contextOf({ secrets: [secret] })));
      expect(JSON.stringify(told)).not.toMatch(/a secret|own-key/);
      if (status === 400) expect(JSON.stringify(told)).not.toContain('sk-test');
    }
  });
});

describe('servers that know less', () => {
  const noSchema = fails(400, { message: "'response_format.type' must be 'json_object'" });
  const noObject = fails(400, { message: 'response_format is not supported', param: null });

  it('are asked for JSON in a simpler way, and from then on at once', async () => {
    const { model, server } = await start([noSchema, says('{"n":1}')]);
    const request = { ...QUESTION, schema: SCHEMA };
    await model.complete(request, contextOf());
    await model.complete(request, contextOf());
    expect(server.asked().map(formatOf)).toEqual(['json_schema', 'json_object', 'json_object']);
    expect(JSON.stringify(server.asked()[1]?.messages)).toContain('JSON schema');
  });

  it('are asked in words at last', async () => {
    const { model, server } = await start([noSchema, noObject, says('{"n":1}')]);
    await model.complete({ ...QUESTION, schema: SCHEMA }, contextOf());
    expect(server.asked().map(formatOf)).toEqual(['json_schema', 'json_object', null]);
  });

  it('that dislike one schema are asked for the next with it', async () => {
    const invalid = fails(400, { message: "Invalid schema for response_format 'answer'" });
    const { model, server } = await start([invalid, says('{"n":1}')]);
    await model.complete({ ...QUESTION, schema: SCHEMA }, contextOf());
    await model.complete({ ...QUESTION, schema: SCHEMA }, contextOf());
    expect(server.asked().map(formatOf)).toEqual(['json_schema', 'json_object', 'json_schema']);
  });

  it('get the other name of the token limit, and no temperature', async () => {
    const tokens = fails(400, {
      message: "Use 'max_completion_tokens' instead.",
      param: 'max_tokens',
    });
    const warmth = fails(400, { message: 'Unsupported value', param: 'temperature' });
    const { model, server } = await start([tokens, warmth, says('Hi.')]);
    await model.complete({ ...QUESTION, temperature: 0.5, maxTokens: 7 }, contextOf());
    expect(server.asked()[2]).toMatchObject({ max_completion_tokens: 7 });
    expect(server.asked()[2]).not.toHaveProperty('temperature');
    expect(server.asked()[2]).not.toHaveProperty('max_tokens');
  });

  it('that refuse everything are not asked for ever', async () => {
    const refusal = 'response_format, temperature and max_completion_tokens are all wrong';
    const { model, server } = await start([fails(400, { message: refusal })]);
    const request = { ...QUESTION, schema: SCHEMA, temperature: 1, maxTokens: 1 };
    expect(await failureOf(model.complete(request, contextOf()))).toMatchObject({
      code: 'model_refused',
    });
    expect(server.seen.length).toBeLessThanOrEqual(5);
  });

  function formatOf(body: object): unknown {
    const format = 'response_format' in body ? body.response_format : null;
    return format && typeof format === 'object' && 'type' in format ? format.type : null;
  }
});

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
