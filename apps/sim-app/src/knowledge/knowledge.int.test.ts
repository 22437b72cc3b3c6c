import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestApp, type Person, type TestApp } from '../testing/test-app.js';

let home: TestDatabase;
let app: TestApp;
let ada: Person;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  app = startTestApp(home.url);
  ada = await app.person('Ada');
});
afterAll(async () => {
  await app.stop();
  await home.drop();
});

let made = 0;
const create = (body: object = {}, { token }: Person = ada) =>
  app.call('createKnowledgeBase', { token, body: { name: `Base ${(made += 1)}`, ...body } });
const idOf = async (body: object = {}) => String((await create(body)).body.id);
const one = (knowledgeBaseId: string, more: Record<string, string> = {}) => ({
  token: ada.token,
  params: { knowledgeBaseId, ...more },
});
const add = (baseId: string, body: object = {}) =>
  app.call('createKnowledgeDocument', {
    ...one(baseId),
    body: { name: 'Document', content: 'Text.', ...body },
  });
const ask = (baseId: string, body: object) => app.call('searchKnowledge', { ...one(baseId), body });

describe('a knowledge base', () => {
  it('is made, listed, read and deleted', async () => {
    const { status, body } = await create({ name: 'Policies', sourceId: '6b1f' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'Policies',
      description: null,
      language: 'english',
      sourceId: '6b1f',
      documentCount: 0,
    });
    const id = String(body.id);
    expect((await app.call('getKnowledgeBase', one(id))).body).toEqual(body);
    const listed = await app.call('listKnowledgeBases', { token: ada.token });
    expect(listed.body.items).toContainEqual(body);
    expect((await app.call('deleteKnowledgeBase', one(id))).status).toBe(204);
    for (const operation of ['deleteKnowledgeBase', 'getKnowledgeBase'] as const) {
      expect((await app.call(operation, one(id))).body.code).toBe('knowledge_base_not_found');
    }
  });

  it('has a name and a sourceId of its own', async () => {
    await create({ name: 'Twice', sourceId: 'twice' });
    for (const body of [{ name: 'TWICE' }, { sourceId: 'twice' }]) {
      const refused = await create(body);
      expect([refused.status, refused.body.code]).toEqual([409, 'knowledge_base_exists']);
    }
  });

  it('answers questions in plain language, with the tags that are asked for', async () => {
    const id = await idOf();
    await add(id, {
      name: 'Refund policy',
      content: 'Money comes back within 14 days.\n\nGift cards are not paid out.',
      tags: { audience: 'customers' },
    });
    await add(id, { name: 'Staff', content: 'Ask the manager about money.' });
    const { status, body } = await ask(id, { query: 'what is the refund policy?' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      results: [
        {
          documentName: 'Refund policy',
          content: 'Money comes back within 14 days.\n\nGift cards are not paid out.',
          chunkIndex: 0,
          metadata: { audience: 'customers' },
        },
      ],
      totalResults: 1,
    });
    expect((await ask(id, { query: 'money', topK: 1 })).body.totalResults).toBe(1);
    const tagged = await ask(id, { query: 'money', tags: { audience: 'customers' } });
    expect(tagged.body.results).toHaveLength(1);
  });

  it('of no more than a hundred has room in a workspace', async () => {
    const eve = await app.person('Eve');
    await home.open().query({
      text: `INSERT INTO conversational_knowledge_bases
          (id, workspace_id, name, language, created_at, updated_at)
        SELECT 'kb_x' || n, $1, n, 'simple', now(), now() FROM generate_series(1, 100) AS n`,
      values: [eve.workspaceId],
    });
    expect((await create({}, eve)).body.code).toBe('knowledge_limit');
  });

  it('leaves a trace of who made and deleted what', async () => {
    const id = await idOf({ name: 'Traced' });
    const documentId = String((await add(id)).body.id);
    await app.call('deleteKnowledgeDocument', one(id, { documentId }));
    await app.call('deleteKnowledgeBase', one(id));
    const { body } = await app.call('listAuditLog', { token: ada.token, query: { limit: 4 } });
    expect(body.items).toMatchObject([
      { action: 'knowledge-base.deleted', target: { type: 'knowledge-base', id } },
      { action: 'knowledge-document.deleted', target: { id: documentId }, details: { base: id } },
      { action: 'knowledge-document.created', details: { base: id, name: 'Document' } },
      { action: 'knowledge-base.created', details: { name: 'Traced' } },
    ]);
  });
});

describe('documents', () => {
  it('are added in chunks, listed in pages, read and deleted', async () => {
    const id = await idOf();
    const content = Array.from({ length: 9 }, (_, n) => `${n} ${'word '.repeat(150)}`).join('\n\n');
    const { status, body } = await add(id, { name: 'Long', content, tags: { year: '2026' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'Long', tags: { year: '2026' }, chunkCount: 5 });
    const second = await add(id, { name: 'Second' });
    const page = await app.call('listKnowledgeDocuments', { ...one(id), query: { limit: 1 } });
    expect(page.body.items).toEqual([second.body]);
    const rest = await app.call('listKnowledgeDocuments', {
      ...one(id),
      query: { limit: 1, cursor: String(page.body.nextCursor) },
    });
    expect(rest.body).toEqual({ items: [body], nextCursor: null });
    const documentId = String(body.id);
    const read = await app.call('getKnowledgeDocument', one(id, { documentId }));
    expect(read.body.chunks).toHaveLength(5);
    expect(read.body.chunks[4]).toMatchObject({ chunkIndex: 4, enabled: true });
    expect((await app.call('getKnowledgeBase', one(id))).body.documentCount).toBe(2);
    const gone = one(id, { documentId });
    expect((await app.call('deleteKnowledgeDocument', gone)).status).toBe(204);
    for (const operation of ['deleteKnowledgeDocument', 'getKnowledgeDocument'] as const) {
      expect((await app.call(operation, gone)).body.code).toBe('document_not_found');
    }
  });

  it('of half a million characters are taken, whatever these are', async () => {
    const id = await idOf();
    const { body } = await add(id, { content: '😀 '.repeat(166_666) });
    expect(body.chunkCount).toBeGreaterThan(250);
  });

  it('with markup and control characters are kept as they are', async () => {
    const id = await idOf();
    const content = '<script>alert("refund")</script>\n\u0007 {{SECRET}} <start.x> \u202e';
    const { body } = await add(id, { content });
    const { body: read } = await app.call(
      'getKnowledgeDocument',
      one(id, { documentId: String(body.id) }),
    );
    expect(read.chunks[0].content).toBe(content);
  });

  it('are not reached through another base', async () => {
    const id = await idOf();
    const documentId = String((await add(id)).body.id);
    const wrong = one(await idOf(), { documentId });
    for (const operation of ['getKnowledgeDocument', 'deleteKnowledgeDocument'] as const) {
      expect((await app.call(operation, wrong)).body.code).toBe('document_not_found');
    }
  });
});

describe('what is not as the contract says', () => {
  it.each<[string, object, string]>([
    ['no name', { name: ' ' }, 'name'],
    ['a name without an end', { name: 'x'.repeat(201) }, 'name'],
    ['a language that there is not', { language: 'klingon' }, 'language'],
    ['a field too many', { owner: 'x' }, 'owner'],
    ['an empty sourceId', { sourceId: '' }, 'sourceId'],
  ])('is refused: a base with %s', async (_, more, path) => {
    const { status, body } = await create(more);
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_body', path]);
  });

  it.each<[string, object, string]>([
    ['no text', { content: ' \n ' }, 'content'],
    ['text without an end', { content: 'x'.repeat(500_001) }, 'content'],
    ['no name', { name: '' }, 'name'],
    ['tags that are no texts', { tags: { year: 2026 } }, 'tags.year'],
    ['a tag that is too long', { tags: { year: 'x'.repeat(201) } }, 'tags.year'],
    [
      'too many tags',
      { tags: Object.fromEntries([...Array(51).keys()].map((n) => [n, 'x'])) },
      'tags',
    ],
  ])('is refused: a document with %s', async (_, more, path) => {
    const { status, body } = await add(await idOf(), more);
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_body', path]);
  });

  it.each<[object, string]>([
    [{ query: '' }, 'query'],
    [{}, 'query'],
    [{ query: 'x'.repeat(4001) }, 'query'],
    [{ query: 'x', topK: 0 }, 'topK'],
    [{ query: 'x', topK: 101 }, 'topK'],
    [{ query: 'x', tags: [] }, 'tags'],
  ])('is refused: the question %j', async (body, path) => {
    const answer = await ask(await idOf(), body);
    expect([answer.body.code, answer.body.errors[0].path]).toEqual(['invalid_body', path]);
  });

  it('is an id of nothing', async () => {
    const answer = await app.call('getKnowledgeBase', one('x'));
    expect(answer.body).toMatchObject({ code: 'knowledge_base_not_found' });
    expect(answer.body.detail).toBe('There is no such knowledge base.');
    const wrong = one(await idOf(), { documentId: 'wf_1' });
    expect((await app.call('getKnowledgeDocument', wrong)).body.code).toBe('document_not_found');
  });
});
