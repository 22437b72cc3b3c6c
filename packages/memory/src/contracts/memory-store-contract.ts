import {
  MemoryFullError,
  type MemoryLimits,
  type MemoryMessage,
  type MemoryStore,
} from '@sim/engine';
import { describe, expect, it } from 'vitest';

/** Where a store is to be tested. */
export interface MemoryStoreHome {
  /** A store with room for so much, or for {@link MEMORY_LIMITS}. */
  readonly store: (limits?: MemoryLimits) => MemoryStore;
  /** Three that have no memories yet. */
  readonly workspaces: readonly [string, string, string];
}

const said = (...contents: string[]): MemoryMessage[] =>
  contents.map((content) => ({ role: 'user', content }));

type Open = ReturnType<typeof opener>;

/** What every {@link MemoryStore} does, whatever it is made of. */
export function memoryStoreContract(subject: () => MemoryStoreHome): void {
  const open = opener(subject);
  describe('as a store of memories', () => {
    keepsMessages(open);
    hasRoom(open, subject);
  });
}

function opener(subject: () => MemoryStoreHome) {
  const ids = { count: 0 };
  const start = Date.now();
  /** A memory that no other test uses, and short ways to it; later uses have later times. */
  return (limits?: MemoryLimits) => {
    const { store: create, workspaces } = subject();
    const store = create(limits);
    const [workspaceId, other] = workspaces;
    const memoryId = `memory ${(ids.count += 1)} 🙂`;
    return {
      store,
      workspaceId,
      other,
      memoryId,
      add: (key: string, messages: MemoryMessage[], id = memoryId) =>
        store.append({
          workspaceId,
          memoryId: id,
          key,
          messages,
          now: new Date(start + (ids.count += 1) * 1000),
        }),
      all: (limit = 100, exceptKey?: string) =>
        store.get({ workspaceId, memoryId, limit, ...(exceptKey !== undefined && { exceptKey }) }),
    };
  };
}

function keepsMessages(open: Open): void {
  it('has nothing of a memory that nobody added to', async () => {
    const { store, workspaceId, memoryId, all } = open();
    expect(await all()).toEqual([]);
    expect(await store.delete(workspaceId, memoryId)).toBe(false);
  });

  it('gives back messages in the order in which they were added', async () => {
    const { add, all } = open();
    const exchange: MemoryMessage[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello? "ü" \n 🙂' },
      { role: 'assistant', content: '' },
    ];
    await add('1', exchange);
    await add('2', said('Once more'));
    expect(await all()).toEqual([...exchange, ...said('Once more')]);
    expect(await all(2)).toEqual([exchange[2], ...said('Once more')]);
  });

  it('adds nothing twice under one key, and keeps what was said last', async () => {
    const { add, all } = open();
    await add('1', said('a', 'b'));
    await add('2', said('c'));
    await add('1', said('a', 'B'));
    expect(await all()).toEqual(said('a', 'B', 'c'));
  });

  it('can leave out what one run added', async () => {
    const { add, all } = open();
    await add('1', said('a'));
    await add('2', said('b'));
    expect(await all(100, '2')).toEqual(said('a'));
    expect(await all(1, '2')).toEqual(said('a'));
  });

  it('loses nothing of what is added at once', async () => {
    const { add, all } = open();
    const keys = Array.from({ length: 10 }, (_, index) => `key ${index}`);
    await Promise.all(keys.map((key) => add(key, said(key))));
    const found = (await all()).map(({ content }) => content);
    expect(found.sort()).toEqual(keys.sort());
  });
}

function hasRoom(open: Open, subject: () => MemoryStoreHome): void {
  it('keeps the latest messages where there is room for no more', async () => {
    const { add, all } = open({ messages: 3, memories: 1_000 });
    await add('1', said('a', 'b'));
    await add('2', said('c', 'd'));
    expect(await all()).toEqual(said('b', 'c', 'd'));
  });

  it('forgets a memory, and begins anew', async () => {
    const { store, workspaceId, memoryId, add, all } = open();
    await add('1', said('a'));
    expect(await store.delete(workspaceId, memoryId)).toBe(true);
    expect(await all()).toEqual([]);
    await add('1', said('b'));
    expect(await all()).toEqual(said('b'));
  });

  it('keeps workspaces apart', async () => {
    const { store, other, memoryId, add, all } = open();
    await add('1', said('a'));
    expect(await store.get({ workspaceId: other, memoryId, limit: 10 })).toEqual([]);
    expect(await store.delete(other, memoryId)).toBe(false);
    expect(await store.getAll(other, { memories: 10, messages: 10 })).toEqual([]);
    expect(await all()).toEqual(said('a'));
  });

  it('gives the memories of a workspace, the latest used first', async () => {
    const { store, workspaceId, add, memoryId } = open();
    await add('1', said('a', 'b'));
    await add('1', said('c'), `${memoryId} second`);
    await add('2', said('d'));
    const [first, second] = await store.getAll(workspaceId, { memories: 2, messages: 2 });
    expect(first).toEqual({ memoryId, messages: said('b', 'd') });
    expect(second).toEqual({ memoryId: `${memoryId} second`, messages: said('c') });
  });

  it('refuses another memory where the workspace has as many as it may have', async () => {
    const { store: create, workspaces } = subject();
    const [, , workspaceId] = workspaces;
    const store = create({ messages: 10, memories: 1 });
    const add = (memoryId: string, key: string) =>
      store.append({ workspaceId, memoryId, key, messages: said(key), now: new Date() });
    await add('first', 'a');
    await expect(add('second', 'b')).rejects.toBeInstanceOf(MemoryFullError);
    expect(await store.get({ workspaceId, memoryId: 'second', limit: 10 })).toEqual([]);
    await add('first', 'c');
    expect(await store.get({ workspaceId, memoryId: 'first', limit: 10 })).toEqual(said('a', 'c'));
  });
}
