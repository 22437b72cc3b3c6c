import type { JsonObject } from '@sim/domain';
import type { MemoryStore } from '@sim/engine';
import { createMemoryMemories } from '@sim/memory';
import { describe, expect, it } from 'vitest';
import { memoryBlock } from './memory.js';
import { failureOf, outputOf } from './testing/context.js';

const session = { sessionId: 'ses_1', workspaceId: 'ws_1' };

function start(memories: MemoryStore = createMemoryMemories()) {
  const block = memoryBlock(memories, () => new Date(0));
  let runs = 0;
  const run = (params: JsonObject, over: object = {}) =>
    outputOf(block, params, { session, idempotencyKey: `run ${(runs += 1)}`, ...over });
  return { block, run };
}

const user = (content: string) => ({ role: 'user', content });
const ADD = { operation: 'add', role: 'user', content: 'apples' };

describe('memory', () => {
  it('needs no confirmation, and is safe to be run again', () => {
    expect(start().block).toMatchObject({ sideEffect: 'read', idempotent: true });
  });

  it('adds to a conversation and gives it back', async () => {
    const { run } = start();
    const there = { conversationId: 'customer-7' };
    await run({ ...ADD, ...there });
    const data = [user('apples'), { role: 'assistant', content: '{"n":1}' }];
    const memories = [{ conversationId: 'customer-7', data }];
    const added = await run({ ...ADD, ...there, role: 'assistant', content: { n: 1 } });
    expect(added).toEqual({ success: true, memories });
    expect(await run({ operation: 'get', ...there })).toMatchObject({ success: true, memories });
    expect(await run({ operation: 'get', id: 'customer-7' })).toMatchObject({ memories });
    expect(await run({ operation: 'get', conversationId: 'other' })).toEqual({
      success: true,
      memories: [],
      message: 'There is nothing to remember.',
    });
  });

  it('is of the session where no conversation is named, and adds where no operation is', async () => {
    const { run } = start();
    await run({ role: 'user', content: 'apples' });
    expect(await run({ operation: 'get' })).toMatchObject({
      memories: [{ conversationId: 'ses_1', data: [user('apples')] }],
    });
    const other = { session: { ...session, sessionId: 'ses_2' } };
    expect(await run({ operation: 'get' }, other)).toMatchObject({ memories: [] });
  });

  it('adds nothing twice in one run', async () => {
    const { run } = start();
    const over = { idempotencyKey: 'same' };
    await run(ADD, over);
    expect(await run(ADD, over)).toMatchObject({ memories: [{ data: [user('apples')] }] });
  });

  it('gives all conversations of its workspace, and forgets one', async () => {
    const { run } = start();
    await run({ ...ADD, conversationId: 'a' });
    await run({ ...ADD, conversationId: 'b' });
    await run({ ...ADD, conversationId: 'c' }, { session: { ...session, workspaceId: 'ws_2' } });
    const all = () => run({ operation: 'getAll' });
    expect(await all()).toMatchObject({
      memories: [{ conversationId: 'b' }, { conversationId: 'a' }],
    });
    const forget = { operation: 'delete', conversationId: 'b' };
    expect(await run(forget)).toEqual({ success: true, message: 'The memory is deleted.' });
    expect(await run(forget)).toEqual({ success: true, message: 'There is no such memory.' });
    expect(await all()).toMatchObject({ memories: [{ conversationId: 'a' }] });
  });

  it('shows the latest of what is too long', async () => {
    const { run } = start();
    for (let n = 0; n < 6; n += 1) await run({ ...ADD, content: `${n}${'x'.repeat(90_000)}` });
    const { memories } = (await run({ operation: 'getAll' })) as unknown as {
      memories: { data: { content: string }[] }[];
    };
    expect(memories[0]?.data.map(({ content }) => content[0])).toEqual(['2', '3', '4', '5']);
  });

  it.each<[string, JsonObject]>([
    ['an unknown operation', { operation: 'constructor' }],
    ['an unknown role', { ...ADD, role: 'tool' }],
    ['no content', { ...ADD, content: ' ' }],
    ['a name without end', { ...ADD, conversationId: 'x'.repeat(201) }],
  ])('refuses %s', async (_, params) => {
    const told = await failureOf(start().block, params, { session });
    expect(told).toMatchObject({ code: 'invalid_params', retryable: false });
  });

  it('refuses what is too long', async () => {
    const params = { ...ADD, content: 'x'.repeat(100_001) };
    const told = await failureOf(start().block, params, { session });
    expect(told).toMatchObject({ code: 'input_too_large' });
  });

  it('remembers nothing outside of a session', async () => {
    expect(await failureOf(start().block, ADD)).toMatchObject({ code: 'invalid_params' });
  });

  it('says that there is no room for another', async () => {
    const { block, run } = start(createMemoryMemories({ messages: 10, memories: 1 }));
    await run({ ...ADD, conversationId: 'a' });
    const told = await failureOf(block, { ...ADD, conversationId: 'b' }, { session });
    expect(told).toMatchObject({ code: 'memory_full', retryable: false });
  });

  it('shows nothing of the place where it is kept', async () => {
    const get = () => Promise.reject(new TypeError('connect ECONNREFUSED 10.0.0.7'));
    const { block } = start({ ...createMemoryMemories(), get });
    const told = await failureOf(block, { operation: 'get' }, { session });
    expect(told).toMatchObject({ code: 'memory_unavailable', retryable: true });
    expect(told.message).not.toContain('10.0.0.7');
  });
});
