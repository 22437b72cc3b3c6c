import { describe, expect, it } from 'vitest';
import { memoryStoreContract } from './contracts/memory-store-contract.js';
import { createMemoryMemories } from './memory-memories.js';

describe('memories in memory', () => {
  const workspaces = ['ws_1', 'ws_2', 'ws_3'] as const;
  memoryStoreContract(() => ({ store: createMemoryMemories, workspaces }));

  it('are not changed through what they gave out', async () => {
    const store = createMemoryMemories();
    const query = { workspaceId: 'ws_1', memoryId: 'm', limit: 5 };
    const messages = [{ role: 'user' as const, content: 'a' }];
    await store.append({ ...query, key: '1', messages, now: new Date(0) });
    const [given] = await store.get(query);
    Object.assign(given ?? {}, { content: 'changed' });
    expect(await store.get(query)).toEqual(messages);
  });
});
