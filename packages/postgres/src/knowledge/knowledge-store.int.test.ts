import { chunksOf } from '@sim/domain';
import type { KnowledgeBase, KnowledgeHit, KnowledgeQuery, NewDocument } from '@sim/engine';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { InvalidCursorError } from '../encoding/cursor.js';
import { after, NOON, seedWorkspace } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import {
  createKnowledgeStore,
  KnowledgeBaseExistsError,
  type ManagedKnowledgeStore,
  type NewKnowledgeBase,
} from './knowledge-store.js';

let home: TestDatabase;
let database: Database;
let store: ManagedKnowledgeStore;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  store = createKnowledgeStore(database);
  await seedWorkspace(database, 'ann');
  await seedWorkspace(database, 'bob');
});
afterAll(() => home.drop());
beforeEach(() => database.query({ text: 'DELETE FROM conversational_knowledge_bases' }));

let made = 0;
const create = (more: Partial<NewKnowledgeBase> = {}, limit = 100) =>
  store.create(
    {
      id: `kb_${(made += 1)}`,
      workspaceId: 'ws_ann',
      name: `Base ${made}`,
      description: null,
      language: 'english',
      sourceId: null,
      createdBy: 'usr_ann',
      now: NOON,
      ...more,
    },
    limit,
  );
async function base(more: Partial<NewKnowledgeBase> = {}): Promise<KnowledgeBase> {
  const stored = await create(more);
  if (stored === null) return expect.fail('The base was not made.');
  return stored;
}
const doc = (name: string, text: string, more: Partial<NewDocument> = {}): NewDocument => ({
  id: `doc_${(made += 1)}`,
  name,
  tags: {},
  chunks: chunksOf(text).map((content) => ({ id: `chk_${(made += 1)}`, content })),
  now: NOON,
  ...more,
});
const ask = (bases: readonly KnowledgeBase[], text: string, more: Partial<KnowledgeQuery> = {}) =>
  store.search({ bases, text, tags: [], limit: 10, ...more });
const names = (hits: readonly KnowledgeHit[]) => hits.map(({ documentName }) => documentName);
const all = { search: '', limit: 10, offset: 0 };

describe('knowledge bases', () => {
  it('are listed by name, read and deleted in their workspace alone', async () => {
    const zoo = await base({ name: 'Zoo', description: 'Animals', sourceId: 'elsewhere-1' });
    const art = await base({ name: 'art' });
    await store.addDocument(zoo, doc('Lion', 'Lions roar.'));
    expect(
      (await store.list('ws_ann')).map(({ name, documentCount }) => [name, documentCount]),
    ).toEqual([
      ['art', 0],
      ['Zoo', 1],
    ]);
    expect(await store.get('ws_ann', zoo.id)).toMatchObject({ ...zoo, documentCount: 1 });
    expect(await store.get('ws_bob', zoo.id)).toBeNull();
    expect(await store.list('ws_bob')).toEqual([]);
    expect(await store.delete('ws_bob', zoo.id)).toBe(false);
    expect(await store.delete('ws_ann', zoo.id)).toBe(true);
    expect(await store.delete('ws_ann', zoo.id)).toBe(false);
    expect(await ask([zoo], 'lions')).toEqual([]);
    expect(await store.list('ws_ann')).toEqual([art]);
  });

  it('are found by their id, by that of elsewhere and by their name, the id first', async () => {
    const policies = await base({ name: 'Policies', sourceId: 'placeholder-kb-id' });
    const trap = await base({ name: policies.id });
    for (const reference of [policies.id, 'placeholder-kb-id', 'POLICIES']) {
      expect(await store.find('ws_ann', reference)).toMatchObject({ id: policies.id });
      expect(await store.find('ws_bob', reference)).toBeNull();
    }
    expect(await store.find('ws_ann', trap.id)).toMatchObject({ id: trap.id });
    for (const reference of ['', 'none', '%']) {
      expect(await store.find('ws_ann', reference)).toBeNull();
    }
  });

  it('have names and ids of elsewhere of their own', async () => {
    await base({ name: 'Policies', sourceId: 'x' });
    await expect(base({ name: 'policies' })).rejects.toThrow(KnowledgeBaseExistsError);
    await expect(base({ sourceId: 'x' })).rejects.toThrow('sourceId "x"');
    const theirs = { workspaceId: 'ws_bob', createdBy: 'usr_bob' };
    await expect(base({ name: 'Policies', sourceId: 'x', ...theirs })).resolves.toMatchObject({
      name: 'Policies',
    });
  });

  it('are no more than so many, also where many are added at once', async () => {
    const tries = [1, 2, 3, 4].map(() => create({}, 2));
    expect((await Promise.all(tries)).filter((one) => one !== null)).toHaveLength(2);
  });

  it('go with their workspace, and outlive who made them', async () => {
    await seedWorkspace(database, 'eve');
    const theirs = await base({ workspaceId: 'ws_eve', createdBy: 'usr_eve' });
    await store.addDocument(theirs, doc('One', 'One.'));
    await database.query({
      text: `UPDATE workspace_members SET user_id = 'usr_ann' WHERE user_id = 'usr_eve'`,
    });
    await database.query({ text: `DELETE FROM auth_users WHERE id = 'usr_eve'` });
    expect(await store.get('ws_eve', theirs.id)).toMatchObject({ documentCount: 1 });
    await database.query({ text: `DELETE FROM workspaces WHERE id = 'ws_eve'` });
    const { rows } = await database.query({ text: 'SELECT FROM conversational_knowledge_chunks' });
    expect(rows).toEqual([]);
  });
});

describe('documents', () => {
  it('are added once under an id, listed in pages, read and deleted', async () => {
    const kb = await base();
    const first = doc('First', 'One.\n\nTwo.', { tags: { year: '2026' } });
    const stored = await store.addDocument(kb, first);
    expect(stored).toMatchObject({
      name: 'First',
      tags: { year: '2026' },
      chunkCount: 1,
      size: 10,
    });
    expect(await store.addDocument(kb, { ...first, name: 'Again', now: after(5) })).toEqual(stored);
    expect(await store.document(kb, first.id)).toEqual(stored);
    const second = await store.addDocument(kb, doc('Second 100%', 'x', { now: after(1) }));
    const page = await store.documentPage(kb, 1);
    expect(page.items).toEqual([second]);
    expect(await store.documentPage(kb, 1, page.nextCursor!)).toEqual({
      items: [stored],
      nextCursor: null,
    });
    expect(await store.documents(kb, { ...all, search: '100%' })).toEqual({
      items: [second],
      total: 1,
    });
    expect(await store.documents(kb, { ...all, offset: 1 })).toEqual({ items: [stored], total: 2 });
    expect(await store.tagNames(kb)).toEqual(['year']);
    await expect(store.documentPage(kb, 1, 'nonsense')).rejects.toThrow(InvalidCursorError);
    expect(await store.deleteDocument(kb, first.id)).toBe(true);
    expect(await store.deleteDocument(kb, first.id)).toBe(false);
  });

  it('are out of reach through another base or workspace', async () => {
    const kb = await base();
    const other = await base();
    const one = doc('One', 'Secret words.');
    await store.addDocument(kb, one);
    const theirs = { id: kb.id, workspaceId: 'ws_bob' };
    for (const wrong of [other, theirs]) {
      expect(await store.document(wrong, one.id)).toBeNull();
      expect(await store.deleteDocument(wrong, one.id)).toBe(false);
      expect(await store.replaceDocument(wrong, one.id, doc('x', 'x'))).toBeNull();
      expect(await store.chunks(wrong, one.id, all)).toEqual({ items: [], total: 0 });
      const chunk = { id: 'chk_x', content: 'x', now: NOON } as const;
      expect(await store.addChunk(wrong, one.id, chunk)).toBeNull();
      expect(await store.deleteChunk(wrong, one.id, one.chunks[0]!.id)).toBe(false);
      const change = { content: 'gone', now: NOON };
      expect(await store.changeChunk(wrong, one.id, one.chunks[0]!.id, change)).toBeNull();
    }
    expect(await store.addDocument(theirs, doc('x', 'x'))).toBeNull();
    expect(await ask([{ ...kb, workspaceId: 'ws_bob' }], 'secret')).toEqual([]);
    expect(names(await ask([kb], 'secret'))).toEqual(['One']);
  });

  it('are put in the place of another whole', async () => {
    const kb = await base();
    const old = doc('Old', 'Old words.');
    await store.addDocument(kb, old);
    const replaced = await store.replaceDocument(kb, old.id, doc('New', 'New words.'));
    expect(replaced).toMatchObject({ name: 'New' });
    expect(names(await ask([kb], 'old'))).toEqual([]);
    expect(await store.document(kb, old.id)).toBeNull();
  });

  it('keep what PostgreSQL has no place for as a replacement', async () => {
    const kb = await base();
    const odd = doc('a\u0000b', 'half \ud800 and nul \u0000', { tags: { 'k\u0000': '\ud800' } });
    await store.addDocument(kb, odd);
    const stored = await store.document(kb, odd.id);
    expect(stored).toMatchObject({ name: 'a\ufffdb', tags: { 'k\ufffd': '\ufffd' } });
    expect(await ask([kb], 'nul \u0000')).toHaveLength(1);
  });

  it('of hundreds of chunks are added whole', async () => {
    const kb = await base();
    const long = doc(
      'Long',
      Array.from({ length: 1200 }, (_, n) => `${n} ${'x'.repeat(1500)}`).join('\n\n'),
    );
    expect(await store.addDocument(kb, long)).toMatchObject({ chunkCount: 1200 });
    const { items } = await store.chunks(kb, long.id, { ...all, offset: 1190 });
    expect(items.map(({ position }) => position)).toEqual([
      1190, 1191, 1192, 1193, 1194, 1195, 1196, 1197, 1198, 1199,
    ]);
  });
});

describe('chunks', () => {
  it('are added behind the last, changed, hidden and deleted, and found accordingly', async () => {
    const kb = await base();
    const one = doc('One', 'Apples are red.');
    await store.addDocument(kb, one);
    const added = await store.addChunk(kb, one.id, { id: 'chk_pear', content: 'Pears', now: NOON });
    expect(added).toMatchObject({ position: 1, content: 'Pears', enabled: true });
    const again = { id: 'chk_pear', content: 'Other', now: after(1) } as const;
    expect(await store.addChunk(kb, one.id, again)).toEqual(added);
    expect(await ask([kb], 'pear')).toMatchObject([{ chunkId: 'chk_pear', position: 1 }]);
    const changed = await store.changeChunk(kb, one.id, 'chk_pear', {
      content: 'Plums',
      now: after(2),
    });
    expect(changed).toMatchObject({ content: 'Plums', updatedAt: after(2) });
    expect(await ask([kb], 'pear')).toEqual([]);
    expect(await ask([kb], 'plum')).toHaveLength(1);
    await store.changeChunk(kb, one.id, 'chk_pear', { enabled: false, now: NOON });
    expect(await ask([kb], 'plum')).toEqual([]);
    expect(await store.chunks(kb, one.id, { ...all, search: 'plu' })).toMatchObject({
      items: [{ id: 'chk_pear', enabled: false }],
      total: 1,
    });
    expect(await store.deleteChunk(kb, one.id, 'chk_pear')).toBe(true);
    expect(await store.deleteChunk(kb, one.id, 'chk_pear')).toBe(false);
    expect(await store.changeChunk(kb, one.id, 'chk_pear', { now: NOON })).toBeNull();
  });

  it('added at once stand one behind the other', async () => {
    const kb = await base();
    const one = doc('One', 'x');
    await store.addDocument(kb, one);
    await Promise.all(
      [1, 2, 3, 4].map((n) =>
        store.addChunk(kb, one.id, { id: `chk_at_once_${n}`, content: 'x', now: NOON }),
      ),
    );
    const { items } = await store.chunks(kb, one.id, all);
    expect(items.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4]);
  });

  it.each([
    ['empty content', `content = ''`],
    ['content without an end', `content = repeat('x', 20001)`],
    ['a place before the first', 'position = -1'],
  ])('cannot have %s', async (_, set) => {
    const kb = await base();
    await store.addDocument(kb, doc('One', 'x'));
    const refused = database.query({ text: `UPDATE conversational_knowledge_chunks SET ${set}` });
    await expect(refused).rejects.toThrow();
  });
});
