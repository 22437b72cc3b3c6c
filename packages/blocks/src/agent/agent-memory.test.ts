import type { JsonObject } from '@sim/domain';
import { MEMORY_LIMITS, MemoryFullError, type MemoryStore } from '@sim/engine';
import { createMemoryMemories } from '@sim/memory';
import { afterEach, describe, expect, it } from 'vitest';
import { MESSAGES, SESSION, startAgent, type StartedAgent } from '../testing/agent.js';
import { failureOf } from '../testing/context.js';
import { asksFor, fails, says, type Behaviour } from '../testing/model-server.js';

const opened: StartedAgent[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(behaviours: Behaviour[], memories: MemoryStore = createMemoryMemories()) {
  const started = await startAgent(behaviours, [], memories);
  opened.push(started);
  const { ask, server } = started;
  let runs = 0;
  return {
    ...started,
    memories,
    /** One run after the other, each with a key of its own. */
    say: (content: string, more: JsonObject = {}, idempotencyKey = `run ${(runs += 1)}`) =>
      ask(
        null,
        { messages: [{ role: 'user', content }], memoryType: 'conversation', ...more },
        { idempotencyKey },
      ),
    /** What the model was told of last. */
    told: () => (server.asked().at(-1)?.messages as JsonObject[]).map(({ content }) => content),
    known: (memoryId: string = SESSION.sessionId) =>
      memories.get({ workspaceId: SESSION.workspaceId, memoryId, limit: 100 }),
  };
}

describe('an agent with a memory', () => {
  it('is reminded of what was said before, after its instructions', async () => {
    const { say, told, known } = await start([says('One.'), says('Two.')]);
    await say('first');
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'second' },
    ];
    await say('', { messages });
    expect(told()).toEqual(['Be brief.', 'first', 'One.', 'second']);
    expect(await known()).toEqual([
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'One.' },
      { role: 'user', content: 'second' },
      { role: 'assistant', content: 'Two.' },
    ]);
  });

  it('remembers by conversation, whatever kind of value names it', async () => {
    const { say, told, known } = await start([says('Yes.')]);
    await say('apples', { conversationId: 7 });
    await say('pears', { conversationId: ' 7 ' });
    expect(told()).toEqual(['apples', 'Yes.', 'pears']);
    await say('plums', { conversationId: '' });
    expect(told()).toEqual(['plums']);
    expect(await known('7')).toHaveLength(4);
  });

  it.each<[JsonObject, number]>([
    [{ memoryType: 'sliding_window', slidingWindowSize: '3' }, 3],
    [{ memoryType: 'sliding_window' }, 10],
    [{ memoryType: 'sliding_window_tokens', slidingWindowTokens: 5 }, 2],
    [{ memoryType: 'conversation' }, 12],
    [{ memoryType: 'all_conversations' }, 12],
    [{ memoryType: 'none' }, 0],
    [{ memoryType: null }, 0],
  ])('is reminded with %j of the last %i messages', async (more, count) => {
    const { say, told } = await start([says('12345678')]);
    for (let run = 0; run < 6; run += 1) await say('12345678');
    await say('now', more);
    expect(told()).toHaveLength(count + 1);
  });

  it('remembers a run that is made again once, and as it went last', async () => {
    const { say, told, known } = await start([says('First.'), says('Second.')]);
    await say('apples', {}, 'same');
    await say('apples', {}, 'same');
    expect(told()).toEqual(['apples']);
    expect((await known()).map(({ content }) => content)).toEqual(['apples', 'Second.']);
  });

  it('remembers an answer in a form as it is written', async () => {
    const { say, known } = await start([says({ city: 'Bern' })]);
    const responseFormat = { type: 'object', properties: { city: { type: 'string' } } };
    await say('where', { responseFormat });
    expect((await known()).at(-1)).toEqual({ role: 'assistant', content: '{"city":"Bern"}' });
  });

  it('remembers no tool, and nothing of a run that failed', async () => {
    const asks = asksFor({ name: 'nothing', args: {} });
    const { ask, say, known } = await start([asks, says('Done.'), fails(400)]);
    const tools = [
      { type: 'custom-tool', schema: { name: 'n', parameters: {} }, code: 'return 1' },
    ];
    await ask(tools, { memoryType: 'conversation' });
    expect((await known()).map(({ content }) => content)).toEqual([MESSAGES[0]?.content, 'Done.']);
    await expect(say('lost')).rejects.toThrow();
    expect(await known()).toHaveLength(2);
  });

  it('keeps to what one message may have', async () => {
    const { say, known } = await start([says('Long.')]);
    await say('x'.repeat(MEMORY_LIMITS.contentLength + 5));
    expect((await known())[0]?.content).toHaveLength(MEMORY_LIMITS.contentLength);
  });

  it.each<[JsonObject]>([
    [{ memoryType: 'sliding_window', slidingWindowSize: 'many' }],
    [{ memoryType: 'sliding_window_tokens', slidingWindowTokens: 0 }],
    [{ memoryType: 'conversation', conversationId: 'x'.repeat(201) }],
  ])('does not guess what is meant by %j', async (more) => {
    const { agent, server } = await start([says('Hi.')]);
    const told = await failureOf(agent, { messages: MESSAGES, ...more }, { session: SESSION });
    expect(told).toMatchObject({ code: 'invalid_params' });
    expect(server.seen).toHaveLength(0);
  });
});

describe('an agent whose memory is away', () => {
  const away = () => Promise.reject(new TypeError('connect ECONNREFUSED 10.0.0.7'));
  const params = { messages: MESSAGES, memoryType: 'conversation' };

  it('is not asked without it', async () => {
    const { agent, server } = await start([says('Hi.')], { ...createMemoryMemories(), get: away });
    const told = await failureOf(agent, params, { session: SESSION });
    expect(told).toMatchObject({ code: 'memory_unavailable', retryable: true });
    expect(told.message).not.toContain('10.0.0.7');
    expect(server.seen).toHaveLength(0);
  });

  it.each<[string, () => Promise<never>, string]>([
    ['cannot', away, 'The answer was not remembered.'],
    [
      'may not',
      () => Promise.reject(new MemoryFullError(5)),
      'The answer was not remembered. The workspace has 5 memories, which is as many as it may have. Delete some.',
    ],
  ])('answers, and says that it %s remember', async (_, append, warning) => {
    const { say } = await start([says('Hi.')], { ...createMemoryMemories(), append });
    expect(await say('hello')).toMatchObject({ content: 'Hi.', warnings: [warning] });
  });
});
