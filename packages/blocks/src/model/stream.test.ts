import type { JsonObject } from '@sim/domain';
import { BlockFailure } from '@sim/engine';
import { afterEach, describe, expect, it } from 'vitest';
import { contextOf } from '../testing/context.js';
import {
  asksFor,
  fails,
  says,
  sends,
  startModel,
  streamChunks,
  streams,
  type Behaviour,
} from '../testing/model-server.js';
import type { ModelOptions } from './model.js';
import type { ModelRequest } from './request.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(behaviours: Behaviour[], options: Partial<ModelOptions> = {}) {
  const { model, server, close } = await startModel(behaviours, options);
  opened.push({ close });
  const told: string[] = [];
  const ask = (more: Partial<ModelRequest> = {}, signal?: AbortSignal) =>
    model.complete(
      {
        messages: [{ role: 'user', content: 'Hello?' }],
        model: null,
        apiKey: null,
        onText: (text) => told.push(text),
        ...more,
      },
      contextOf(signal ? { signal } : {}),
    );
  return { ask, server, told };
}

async function failureOf(asking: Promise<unknown>): Promise<BlockFailure['error']> {
  const outcome = await asking.catch((error: unknown) => error);
  if (!(outcome instanceof BlockFailure)) throw new Error('no failure', { cause: outcome });
  return outcome.error;
}

const raw = (...chunks: string[]) =>
  sends(chunks.map((chunk) => `data: ${chunk}\n\n`).join(''), 'text/event-stream');

describe('an answer that comes piece by piece', () => {
  it('is told as it comes, and is the whole in the end', async () => {
    const { ask, told, server } = await start([streams('Once ', 'upon ', 'a time')]);
    expect(await ask()).toEqual({
      content: 'Once upon a time',
      toolCalls: [],
      model: 'test-model-1',
      tokens: { prompt: 10, completion: 5, total: 15 },
      cutOff: false,
    });
    expect(told).toEqual(['Once ', 'upon ', 'a time']);
    expect(server.asked()[0]).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('is told before its end has come', async () => {
    let finish: () => void = () => undefined;
    const [first = '', ...rest] = streamChunks([{ content: 'Once ' }, { content: 'more' }]);
    const behaviour: Behaviour = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${first}\n\n`);
      finish = () => response.end(rest.map((chunk) => `data: ${chunk}\n\n`).join(''));
    };
    const { ask, told } = await start([behaviour]);
    const asking = ask();
    await expect.poll(() => told).toEqual(['Once ']);
    finish();
    expect(await asking).toMatchObject({ content: 'Once more' });
  });

  it('is asked for as a whole where nobody listens', async () => {
    const { ask, server } = await start([says('Hi.')]);
    await ask({ onText: undefined });
    expect(server.asked()[0]).not.toHaveProperty('stream');
  });

  it('may come as a whole all the same', async () => {
    const { ask, told } = await start([says('Hi.')]);
    expect(await ask()).toMatchObject({ content: 'Hi.', tokens: { total: 15 } });
    expect(told).toEqual(['Hi.']);
  });

  it('puts the calls of tools together from their pieces', async () => {
    const part = (index: number, text: string, id?: string): JsonObject => ({
      tool_calls: [
        { index, ...(id && { id }), function: { ...(id && { name: id }), arguments: text } },
      ],
    });
    const deltas = [part(0, '{"a"', 'one'), part(1, '{', 'two'), part(0, ':1}'), part(1, '}')];
    const { ask, told } = await start([raw(...streamChunks(deltas, false))]);
    expect((await ask()).toolCalls).toEqual([
      { id: 'one', name: 'one', arguments: '{"a":1}' },
      { id: 'two', name: 'two', arguments: '{}' },
    ]);
    expect(told).toEqual([]);
  });

  it('tells calls apart that a server gives the same number', async () => {
    const call = (id: string): JsonObject => ({
      tool_calls: [{ index: 0, id, function: { name: id, arguments: '{}' } }],
    });
    const { ask } = await start([raw(...streamChunks([call('one'), call('two')], false))]);
    expect((await ask()).toolCalls.map(({ id }) => id)).toEqual(['one', 'two']);
  });

  it.each<[string, string, object]>([
    ['no counts', 'Unrecognized argument: stream_options', { stream: true }],
    ['no pieces', 'stream is not supported for this model', {}],
  ])('is asked for in a simpler way of a server that gives %s', async (_, message, expected) => {
    const { ask, server, told } = await start([fails(400, { message }), says('Hi.')]);
    await ask();
    await ask();
    expect(told).toEqual(['Hi.', 'Hi.']);
    const [, second, third] = server.asked();
    expect(second).toMatchObject(expected);
    expect(second).not.toHaveProperty('stream_options');
    expect(third).toEqual(second);
    if (!('stream' in expected)) expect(second).not.toHaveProperty('stream');
  });

  it('is asked for again after a failure at its beginning', async () => {
    const behaviours = [fails(503, {}, { 'retry-after-ms': '1' }), streams('Hi.')];
    const { ask, told } = await start(behaviours, { maxRetries: 1 });
    expect(await ask()).toMatchObject({ content: 'Hi.' });
    expect(told).toEqual(['Hi.']);
  });
});

describe('an answer that breaks off in pieces', () => {
  const cut: Behaviour = (_, response) => {
    const [first = ''] = streamChunks([{ content: 'Once ' }]);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${first}\n\n`, () => setImmediate(() => response.destroy()));
  };

  it.each<[string, Behaviour, string, string]>([
    ['is cut', cut, 'model_unavailable', 'broke off'],
    [
      'tells an error',
      raw('{"error":{"message":"overloaded"}}'),
      'model_unavailable',
      'overloaded',
    ],
    ['is no JSON', raw('{"choices"'), 'model_answer_invalid', 'no JSON'],
    ['is empty', raw('[DONE]'), 'model_answer_invalid', 'no chat completion'],
    ['has other pieces', raw('1', 'null', '[]', '{}', '[DONE]'), 'model_answer_invalid', ''],
    [
      'refuses',
      raw(...streamChunks([{ refusal: 'Rather ' }, { refusal: 'not' }])),
      'model_refused',
      'Rather not',
    ],
  ])('fails where it %s', async (_, behaviour, code, text) => {
    const { ask } = await start([behaviour]);
    const told = await failureOf(ask());
    expect(told).toMatchObject({ code });
    expect(told.message).toContain(text);
  });

  it('fails where it is without end', async () => {
    const { ask, server } = await start(
      [streams(...Array.from({ length: 200 }, () => 'x'.repeat(1000)))],
      {
        maxAnswerBytes: 1_000,
        maxRetries: 3,
      },
    );
    const told = await failureOf(ask());
    expect(told).toMatchObject({ code: 'model_answer_invalid' });
    expect(told.message).toContain('too large');
    expect(server.seen).toHaveLength(1);
  });

  it('fails where it takes longer than it may', async () => {
    const [first = ''] = streamChunks([{ content: 'Once ' }]);
    const hangs: Behaviour = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${first}\n\n`);
    };
    const { ask } = await start([hangs], { timeoutMs: 100 });
    expect(await failureOf(ask())).toMatchObject({ code: 'model_timeout' });
  });

  it('ends with the signal', async () => {
    const cancel = new AbortController();
    const reason = new Error('cancelled');
    const [first = ''] = streamChunks([{ content: 'Once ' }]);
    let hungUp = false;
    const { ask, told } = await start([
      (_, response) => {
        response.on('close', () => (hungUp = true));
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${first}\n\n`);
      },
    ]);
    const asking = ask({}, cancel.signal);
    asking.catch(() => undefined);
    await expect.poll(() => told).toHaveLength(1);
    cancel.abort(reason);
    await expect(asking).rejects.toBe(reason);
    await expect.poll(() => hungUp).toBe(true);
  });
});

describe('a model that has tools', () => {
  const weather = {
    name: 'weather',
    description: 'The weather of a place',
    parameters: { type: 'object', properties: { place: { type: 'string' } } },
  };
  const call = { id: 'c1', name: 'weather', args: { place: 'Bern' } };

  it('is told of them, and asks for them in whole answers and in pieces', async () => {
    const { ask, server } = await start([asksFor(call), streams('Let me look. ', call)]);
    const expected = { toolCalls: [{ id: 'c1', name: 'weather', arguments: '{"place":"Bern"}' }] };
    expect(await ask({ tools: [weather], onText: undefined })).toMatchObject(expected);
    expect(await ask({ tools: [weather] })).toMatchObject({
      content: 'Let me look. ',
      ...expected,
    });
    expect(server.asked()[0]).toMatchObject({ tools: [{ type: 'function', function: weather }] });
    expect(server.asked()[0]).not.toHaveProperty('tool_choice');
  });

  it('is given what came of them', async () => {
    const { ask, server } = await start([says('Rain.')]);
    await ask({
      onText: undefined,
      tools: [weather],
      toolChoice: 'none',
      messages: [
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ id: 'c1', name: 'weather', arguments: '{}' }],
        },
        { role: 'tool', callId: 'c1', content: '{"rain":true}' },
      ],
    });
    expect(server.asked()[0]).toMatchObject({
      tool_choice: 'none',
      messages: [
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: '{"rain":true}' },
      ],
    });
  });

  it('is asked for one in a simpler way where the server knows no better', async () => {
    const refusal = fails(400, { message: 'tool_choice must be a string' });
    const { ask, server } = await start([refusal, refusal, says('Rain.')]);
    await ask({ onText: undefined, tools: [weather], toolChoice: { name: 'weather' } });
    expect(server.asked().map((body) => body.tool_choice)).toEqual([
      { type: 'function', function: { name: 'weather' } },
      'required',
      'auto',
    ]);
  });

  it('is not believed everything', async () => {
    const odd = [
      1,
      { function: null },
      { function: { name: 5 } },
      { function: { name: 'a', arguments: { b: 1 } } },
    ];
    const message = { role: 'assistant', content: null, tool_calls: odd };
    const { ask } = await start([says('', { message })]);
    expect((await ask({ onText: undefined })).toolCalls).toEqual([
      { id: 'call_3', name: 'a', arguments: '{"b":1}' },
    ]);
  });
});
