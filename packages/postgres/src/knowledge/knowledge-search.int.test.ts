import type { KnowledgeBase, KnowledgeHit, KnowledgeQuery } from '@sim/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { NOON, seedWorkspace } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { searchStatements } from './knowledge-search.js';
import { createKnowledgeStore, type ManagedKnowledgeStore } from './knowledge-store.js';

let home: TestDatabase;
let database: Database;
let store: ManagedKnowledgeStore;
let shop: KnowledgeBase;
let laden: KnowledgeBase;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open({ statementTimeoutMs: 0 });
  store = createKnowledgeStore(database);
  await seedWorkspace(database, 'ann');
  shop = await base('kb_shop', 'english');
  laden = await base('kb_laden', 'german');
  await document(shop, 'Refund policy', { audience: 'customers' }, [
    'Goods may be returned within thirty days. We send the money back to the card that paid.',
    'Damaged goods are replaced at no charge; send us a picture within a week.',
  ]);
  await document(shop, 'Shipping', { audience: 'customers' }, [
    'Parcels leave our warehouse the same day when ordered before noon. Shipping to islands costs more.',
    'Express shipping takes one day, standard shipping takes three to five days.',
  ]);
  await document(shop, 'Handbook', { audience: 'staff' }, [
    'Staff have a discount of twenty percent. Ask the manager for refunds above 500 euros.',
  ]);
  await document(laden, 'Rückgabe', {}, [
    'Waren können innerhalb von dreißig Tagen zurückgegeben werden.',
  ]);
});
afterAll(() => home.drop());

async function base(id: `kb_${string}`, language: string): Promise<KnowledgeBase> {
  const fresh = {
    id,
    workspaceId: 'ws_ann',
    name: id,
    description: null,
    language,
    sourceId: null,
  };
  const made = await store.create({ ...fresh, createdBy: 'usr_ann', now: NOON }, 10);
  return made ?? expect.fail('The base was not made.');
}

let made = 0;
async function document(
  kb: KnowledgeBase,
  name: string,
  tags: Readonly<Record<string, string>>,
  texts: readonly string[],
): Promise<void> {
  const chunks = texts.map((content) => ({ id: `chk_${(made += 1)}` as const, content }));
  await store.addDocument(kb, { id: `doc_${(made += 1)}`, name, tags, chunks, now: NOON });
}

const ask = (text: string, more: Partial<KnowledgeQuery> = {}) =>
  store.search({ bases: [shop], text, tags: [], limit: 10, ...more });
const places = (hits: readonly KnowledgeHit[]) =>
  hits.map(({ documentName, position }) => `${documentName} ${position}`);

describe('a question in plain language', () => {
  it.each([
    ['what is the refund policy?', 'Refund policy 0'],
    ['How long do I have to return goods?', 'Refund policy 0'],
    ['my parcel arrived damaged, what now', 'Refund policy 1'],
    ['Do you ship to islands & how much does it cost?', 'Shipping 0'],
    ['how many days does standard shipping take', 'Shipping 1'],
    ['is there a staff discount', 'Handbook 0'],
    ['"express shipping"', 'Shipping 1'],
  ])('%s finds %s first', async (question, place) => {
    expect(places(await ask(question))[0]).toBe(place);
  });

  it('tells how much of the question is answered, from 0 to 1, the best first', async () => {
    const hits = await ask('standard shipping takes how many days');
    const scores = hits.map(({ similarity }) => similarity);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores[0]).toBeGreaterThan(0.7);
    for (const score of scores) expect(score).toBeLessThanOrEqual(1);
    expect(hits.at(-1)?.similarity).toBeLessThan(scores[0]!);
  });

  it('gives no more than asked for', async () => {
    expect(await ask('shipping days goods', { limit: 2 })).toHaveLength(2);
  });

  it('leaves out what is excluded', async () => {
    expect(places(await ask('shipping -express'))).toEqual(['Shipping 0']);
    expect(places(await ask('shipping - islands'))).toContain('Shipping 0');
  });

  it.each(['who are you?', '???', '🦄', "'", '" OR 1=1 --', ':*', '\\', '& | ! ( )', 'xyzzy'])(
    'finds nothing for %j, and does not fail',
    async (question) => {
      expect(await ask(question)).toEqual([]);
    },
  );

  it('takes 4,000 characters', async () => {
    const long = 'shipping costs islands '.repeat(174);
    expect(places(await ask(long))[0]).toBe('Shipping 0');
  });

  it('is asked of several bases in their languages', async () => {
    const bases = [shop, laden];
    const hits = await ask('Wie viele Tage für die Rückgabe der Ware?', { bases });
    expect(hits[0]).toMatchObject({ documentName: 'Rückgabe', knowledgeBaseId: 'kb_laden' });
    expect(places(await ask('Ware', { bases: [shop] }))).toEqual([]);
  });
});

describe('tags', () => {
  const audience = (value: string, equal = true) => ({ name: 'audience', value, equal });

  it('choose among the documents', async () => {
    const staff = await ask('refunds', { tags: [audience('staff')] });
    expect(places(staff)).toEqual(['Handbook 0']);
    const others = await ask('refunds', { tags: [audience('staff', false)] });
    expect(new Set(others.map(({ documentName }) => documentName))).toEqual(
      new Set(['Refund policy']),
    );
    expect(await ask('refunds', { tags: [audience('nobody')] })).toEqual([]);
    expect(
      await ask('refunds', { tags: [{ name: '__proto__', value: 'x', equal: true }] }),
    ).toEqual([]);
  });

  it('alone find all chunks in reading order', async () => {
    const hits = await ask('', { tags: [audience('customers')] });
    expect(places(hits).sort()).toEqual([
      'Refund policy 0',
      'Refund policy 1',
      'Shipping 0',
      'Shipping 1',
    ]);
    expect(new Set(hits.map(({ similarity }) => similarity))).toEqual(new Set([1]));
    expect(await ask(' ', { limit: 1 })).toHaveLength(1);
  });
});

describe('on 60,000 chunks of 100 bases', () => {
  beforeAll(async () => {
    await database.pool.query(`
      INSERT INTO conversational_knowledge_bases (id, workspace_id, name, language, created_at, updated_at)
        SELECT 'kb_n' || n, 'ws_ann', 'n' || n, 'english', now(), now() FROM generate_series(1, 100) AS n;
      INSERT INTO conversational_knowledge_documents
          (id, knowledge_base_id, workspace_id, name, tags, created_at, updated_at)
        SELECT 'doc_n' || n, 'kb_n' || n, 'ws_ann', 'Document', '{}', now(), now()
        FROM generate_series(1, 100) AS n;
      INSERT INTO conversational_knowledge_chunks (
          id, document_id, position, content, enabled, knowledge_base_id, language, title, created_at, updated_at
        )
        SELECT 'chk_n' || n || '_' || k, 'doc_n' || n, k,
          'Refunds and shipping of parcel number ' || k || ' in shelf ' || (k % 40) || repeat(', and more of it', 50), true,
          'kb_n' || n, 'english', 'Document', now(), now()
        FROM generate_series(1, 100) AS n, generate_series(1, 600) AS k;
      ANALYZE;`);
  }, 120_000);

  it('the search goes by its index, and the index alone keeps the bases apart', async () => {
    const bases = [{ ...shop, id: 'kb_n7' as const }];
    const [statement] = searchStatements({
      bases,
      text: 'parcel 432 in a shelf',
      tags: [],
      limit: 5,
    });
    const explained = { ...statement!, text: `EXPLAIN (ANALYZE, FORMAT JSON) ${statement!.text}` };
    const { rows } = await database.query<{ 'QUERY PLAN': unknown }>(explained);
    const plan = JSON.stringify(rows);
    expect(plan).toContain('"Index Name":"idx_ckc_search"');
    expect(plan).not.toMatch(/"Seq Scan"[^}]*conversational_knowledge_chunks/);
    const scan = /"Node Type":"Bitmap Index Scan".*?"Actual Rows":([\d.]+)/.exec(plan);
    // Of this base alone, though 60,000 chunks of all bases have the words.
    expect(Number(scan?.[1])).toBe(600);
    const hits = await store.search({ bases, text: 'parcel 432 in a shelf', tags: [], limit: 5 });
    expect(hits[0]).toMatchObject({ position: 432, knowledgeBaseId: 'kb_n7' });
  });
});
