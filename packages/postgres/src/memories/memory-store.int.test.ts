import { memoryStoreContract } from '@sim/memory/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { violatedConstraint } from '../connection/failures.js';
import { NOON, seedWorkspace } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createMemoryStore } from './memory-store.js';

let home: TestDatabase;
let database: Database;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  for (const name of ['ann', 'bob', 'cem', 'dan']) await seedWorkspace(database, name);
});
afterAll(() => home.drop());

const entry = { workspaceId: 'ws_dan', memoryId: 'm', key: 'k', now: NOON };
const rows = async () => {
  const text = `SELECT count(*)::int AS n FROM conversational_memory_messages
                WHERE workspace_id = 'ws_dan'`;
  return (await database.query<{ n: number }>({ text })).rows[0]?.n;
};

describe('memories in PostgreSQL', () => {
  memoryStoreContract(() => ({
    store: (limits) => createMemoryStore(database, limits),
    workspaces: ['ws_ann', 'ws_bob', 'ws_cem'],
  }));

  it('hold characters that a text of PostgreSQL cannot', async () => {
    const store = createMemoryStore(database);
    await store.append({ ...entry, messages: [{ role: 'user', content: 'a\u0000b' }] });
    expect(await store.get({ ...entry, limit: 1 })).toEqual([
      { role: 'user', content: 'a\uFFFDb' },
    ]);
  });

  it('refuse what is larger than what may be kept, and leave nothing of it', async () => {
    const store = createMemoryStore(database);
    const before = await rows();
    const content = 'x'.repeat(100_001);
    const messages = [
      { role: 'user' as const, content: 'fits' },
      { role: 'user' as const, content },
    ];
    const refused: unknown = await store
      .append({ ...entry, memoryId: 'large', messages })
      .catch((error: unknown) => error);
    expect(violatedConstraint(refused)).toBe('cmm_content_check');
    expect(await rows()).toBe(before);
  });

  it('go with their workspace', async () => {
    const store = createMemoryStore(database);
    await store.append({ ...entry, messages: [{ role: 'assistant', content: 'Bye' }] });
    expect(await rows()).toBeGreaterThan(0);
    await database.query({ text: `DELETE FROM workspaces WHERE id = 'ws_dan'` });
    expect(await rows()).toBe(0);
  });
});
