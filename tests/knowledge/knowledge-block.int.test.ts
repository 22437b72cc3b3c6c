import { createBlocks } from '@sim/blocks';
import { seedPerson, type Person } from '@sim/conversation-service/testing';
import type { JsonObject } from '@sim/domain';
import { BlockFailure, type BlockContext, type BlockExecutor } from '@sim/engine';
import { createKnowledgeStore, type Database, type ManagedKnowledgeStore } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

let home: TestDatabase;
let database: Database;
let store: ManagedKnowledgeStore;
let ada: Person;
let block: BlockExecutor;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  database = home.open();
  store = createKnowledgeStore(database);
  ada = await seedPerson(database, 'Ada');
  block = createBlocks({ knowledge: store }).executors.get('knowledge')!;
});
afterAll(() => home.drop());
beforeEach(async () => {
  await database.query({ text: 'DELETE FROM conversational_knowledge_bases' });
  await makeBase('kb_policies', 'Policies');
});

const makeBase = (id: `kb_${string}`, name: string, more = {}) =>
  store.create(
    {
      ...{ id, name, workspaceId: ada.workspaceId, description: null, language: 'english' },
      ...{ sourceId: null, createdBy: ada.userId, now: new Date(), ...more },
    },
    10,
  );

let runs = 0;
const contextOf = (more: Partial<BlockContext> = {}): BlockContext => ({
  signal: new AbortController().signal,
  idempotencyKey: `run-${(runs += 1)}`,
  blockName: 'Knowledge',
  bindings: {},
  secrets: [],
  session: { sessionId: 'ses_1', workspaceId: ada.workspaceId },
  ...more,
});
const IN = { knowledgeBaseId: 'kb_policies' };
async function run(params: JsonObject, more: Partial<BlockContext> = {}): Promise<JsonObject> {
  const { output } = await block.run({ ...IN, ...params }, contextOf(more));
  return output as JsonObject;
}
async function failureOf(params: JsonObject, more: Partial<BlockContext> = {}) {
  const outcome: unknown = await run(params, more).catch((error: unknown) => error);
  if (outcome instanceof BlockFailure) return outcome.error;
  return expect.fail('The block did not fail.');
}
const create = (name: string, content: string, more: JsonObject = {}, context = {}) =>
  run({ operation: 'create_document', name, content, ...more }, context);

describe('a knowledge block', () => {
  it('searches, in the shape of Sim’s documentation', async () => {
    const tags = [{ tagName: 'audience', value: 'customers' }];
    const { documentId } = await create('Refunds', 'Money comes back within five days.', {
      documentTags: tags,
    });
    expect(
      await run({ operation: 'search', query: 'when comes my money back?', topK: '3' }),
    ).toEqual({
      results: [
        {
          documentId,
          documentName: 'Refunds',
          content: 'Money comes back within five days.',
          chunkIndex: 0,
          similarity: expect.any(Number) as number,
          metadata: { audience: 'customers' },
        },
      ],
      query: 'when comes my money back?',
      totalResults: 1,
    });
    const filter = (tagValue: string) => run({ tagFilters: [{ tagName: 'audience', tagValue }] });
    expect(await filter('customers')).toMatchObject({ query: '', totalResults: 1 });
    expect(await filter('staff')).toMatchObject({ totalResults: 0, results: [] });
  });

  it.each<[string, JsonObject]>([
    ['the id', { knowledgeBaseId: 'kb_policies' }],
    ['the name', { knowledgeBaseId: 'policies' }],
    ['the editor’s selector', { knowledgeBaseId: '', knowledgeBaseSelector: 'kb_policies' }],
    ['the id typed by hand', { knowledgeBaseId: null, manualKnowledgeBaseId: 'kb_policies' }],
    ['a list, as it once was', { knowledgeBaseId: '', knowledgeBaseIds: 'kb_policies,kb_more' }],
  ])('finds its base by %s', async (_, params) => {
    await makeBase('kb_more', 'More');
    await create('Refunds', 'Refund.');
    expect(await run({ query: 'refund', ...params })).toMatchObject({ totalResults: 1 });
  });

  it('finds its base by the id that it had where the workflow was made', async () => {
    await makeBase('kb_here', 'Here', { sourceId: '6b1f-uuid' });
    expect(await run({ query: 'x', knowledgeBaseId: '6b1f-uuid' })).toMatchObject({
      totalResults: 0,
    });
  });

  it('adds a document once over the attempts of a run', async () => {
    const once = { idempotencyKey: 'the same' };
    const first = await create('Twice', 'Text.', {}, once);
    expect(await create('Twice', 'Text.', {}, once)).toEqual(first);
    await create('Twice', 'Other text.', {}, once);
    await create('Twice', 'Text.');
    expect(await run({ operation: 'list_documents' })).toMatchObject({ totalDocuments: 3 });
    expect(first).toMatchObject({
      data: { documentName: 'Twice', enabled: true },
      message: '"Twice" was added to "Policies".',
    });
  });

  it('lists, reads and deletes documents', async () => {
    const { documentId } = await create('One', 'First.\n\nSecond.');
    await create('Two', 'x', { documentTags: { team: 'Ops' } });
    const listed = await run({ operation: 'list_documents', search: 'one', limit: 5 });
    expect(listed).toMatchObject({
      knowledgeBaseId: 'kb_policies',
      documents: [
        { id: documentId, filename: 'One', chunkCount: 1, processingStatus: 'completed' },
      ],
      totalDocuments: 1,
      limit: 5,
      offset: 0,
    });
    const disabled = { operation: 'list_documents', enabledFilter: 'disabled' };
    expect(await run(disabled)).toMatchObject({ totalDocuments: 0 });
    expect(await run({ operation: 'list_tags' })).toMatchObject({
      tags: [{ displayName: 'team' }],
      totalTags: 1,
    });
    const one = { documentSelector: documentId ?? null };
    expect(await run({ operation: 'get_document', ...one })).toMatchObject({ filename: 'One' });
    expect(await run({ operation: 'delete_document', ...one })).toMatchObject({ documentId });
    expect(await failureOf({ operation: 'delete_document', ...one })).toMatchObject({
      code: 'document_not_found',
    });
  });

  it('puts a document in the place of the one of its name', async () => {
    const upsert = (content: string, more: JsonObject = {}, context = {}) =>
      run({ operation: 'upsert_document', name: 'Rules', content, ...more }, context);
    await upsert('Old rules.');
    const once = { idempotencyKey: 'upsert' };
    const replaced = await upsert('New rules.', {}, once);
    expect(replaced.message).toContain('in the place of the earlier one');
    expect((await upsert('New rules.', {}, once)).documentId).toBe(replaced.documentId);
    expect(await run({ operation: 'list_documents' })).toMatchObject({ totalDocuments: 1 });
    expect(await run({ query: 'old' })).toMatchObject({ totalResults: 0 });
    const named = { upsertDocumentId: 'doc_none' };
    const failed = await failureOf({
      operation: 'upsert_document',
      name: 'x',
      content: 'x',
      ...named,
    });
    expect(failed.code).toBe('document_not_found');
  });

  it('adds, lists, changes and deletes chunks', async () => {
    const { documentId = null } = await create('Fruit', 'Apples.');
    const chunk = (operation: string, more: JsonObject = {}, context = {}) =>
      run({ operation, documentId, ...more }, context);
    const once = { idempotencyKey: 'chunk' };
    const uploaded = await chunk('upload_chunk', { content: 'Pears.' }, once);
    expect(await chunk('upload_chunk', { content: 'Pears.' }, once)).toEqual(uploaded);
    expect(uploaded).toMatchObject({
      data: { chunkIndex: 1, content: 'Pears.', contentLength: 6, tokenCount: 2 },
      documentId,
      documentName: 'Fruit',
    });
    const { chunkId = null } = uploaded.data as JsonObject;
    expect(await run({ query: 'pear' })).toMatchObject({ totalResults: 1 });
    expect(await chunk('update_chunk', { chunkId, enabled: 'false' })).toMatchObject({
      id: chunkId,
      enabled: false,
    });
    expect(await run({ query: 'pear' })).toMatchObject({ totalResults: 0 });
    const changed = { chunkId, content: 'Plums.', enabled: true };
    expect(await chunk('update_chunk', changed)).toMatchObject({ content: 'Plums.' });
    expect(await chunk('list_chunks', { chunkSearch: 'plum' })).toMatchObject({ totalChunks: 1 });
    expect(await chunk('delete_chunk', { chunkId })).toMatchObject({ chunkId, documentId });
    for (const operation of ['delete_chunk', 'update_chunk']) {
      const gone = await failureOf({ operation, documentId, chunkId, content: 'x' });
      expect(gone.code).toBe('chunk_not_found');
    }
  });

  it.each<[string, JsonObject, string]>([
    ['an operation that it does not know', { operation: 'trigger_sync' }, 'invalid_params'],
    ['no base', { knowledgeBaseId: '', query: 'x' }, 'invalid_params'],
    [
      'a base that there is not',
      { knowledgeBaseId: 'none', query: 'x' },
      'knowledge_base_not_found',
    ],
    ['nothing to look for', { operation: 'search', query: ' ' }, 'invalid_params'],
    ['too many results', { query: 'x', topK: 101 }, 'invalid_params'],
    ['no document', { operation: 'get_document' }, 'invalid_params'],
    ['a document without a name', { operation: 'create_document', content: 'x' }, 'invalid_params'],
    ['a document without text', { operation: 'create_document', name: 'x' }, 'invalid_params'],
    [
      'a document without an end',
      { operation: 'create_document', name: 'x', content: 'x'.repeat(500_001) },
      'input_too_large',
    ],
    ['a flag that is none', { operation: 'update_chunk', enabled: 'maybe' }, 'invalid_params'],
    [
      'two bases to write in',
      {
        operation: 'create_document',
        knowledgeBaseId: ['kb_policies', 'kb_more'],
        name: 'x',
        content: 'x',
      },
      'invalid_params',
    ],
    [
      'too many bases',
      { query: 'x', knowledgeBaseId: Array.from({ length: 21 }, (_, n) => `kb_${n}`) },
      'invalid_params',
    ],
  ])('fails with %s', async (_, params, code) => {
    await makeBase('kb_more', 'More');
    expect((await failureOf(params)).code).toBe(code);
  });

  it('takes a chunk that is too large, or changes nothing, for what it is', async () => {
    const { documentId = null } = await create('Fruit', 'Apples.');
    const upload = { operation: 'upload_chunk', documentId, content: 'x'.repeat(20_001) };
    expect((await failureOf(upload)).code).toBe('input_too_large');
    const nothing = { operation: 'update_chunk', documentId, chunkId: 'chk_1' };
    expect((await failureOf(nothing)).code).toBe('invalid_params');
  });

  it('reaches no knowledge of another workspace, nor any outside of a session', async () => {
    await create('Refunds', 'Refund.');
    const eve = await seedPerson(database, 'Eve');
    const session = { sessionId: 'ses_2', workspaceId: eve.workspaceId };
    expect((await failureOf({ query: 'refund' }, { session })).code).toBe(
      'knowledge_base_not_found',
    );
    const outside: BlockContext = { ...contextOf(), session: undefined as never };
    await expect(block.run({ ...IN, query: 'x' }, outside)).rejects.toThrow('workspace');
  });

  it('gives the reason of an abort', async () => {
    const signal = AbortSignal.abort(new Error('called off'));
    await expect(run({ query: 'x' }, { signal })).rejects.toThrow('called off');
  });
});
