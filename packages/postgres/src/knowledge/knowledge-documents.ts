import type { BaseRef, KnowledgeDocument, KnowledgeStore, NewDocument } from '@sim/engine';
import { and, count, desc, eq, sql } from 'drizzle-orm';
import type {
  Database,
  Drizzle,
  DrizzleOrTransaction,
  Transaction,
} from '../connection/database.js';
import { decodeCursor, pageOf } from '../encoding/cursor.js';
import {
  knowledgeBases as bases,
  knowledgeChunks as chunks,
  knowledgeDocuments as documents,
} from '../schema/index.js';
import { containing } from './containing.js';
import type { ManagedKnowledgeStore } from './knowledge-store.js';

/** Of one base. Each has hundreds of chunks at most, so that an index of one stays in memory. */
const MAX_DOCUMENTS = 5_000;
/** Rows of one INSERT: each binds ten values, of which a statement takes 65,535. */
const ROWS_AT_ONCE = 500;

type DocumentStore = Pick<
  ManagedKnowledgeStore & KnowledgeStore,
  | 'addDocument'
  | 'deleteDocument'
  | 'document'
  | 'documentPage'
  | 'documents'
  | 'replaceDocument'
  | 'tagNames'
>;

/** Documents of knowledge bases. */
export function knowledgeDocumentStore(database: Database): DocumentStore {
  return {
    documents: (base, query) =>
      database.run(async (db) => {
        const among = and(within(base), containing(documents.name, query.search));
        const rows = await select(db)
          .where(among)
          .orderBy(...LATEST_FIRST)
          .limit(query.limit)
          .offset(query.offset);
        const [all] = await db.select({ total: count() }).from(documents).where(among);
        return { items: rows.map(toDocument), total: all?.total ?? 0 };
      }),
    documentPage: (base, limit, cursor) =>
      database.run(async (db) => {
        const after = cursor === undefined ? null : decodeCursor(cursor);
        const behind =
          after &&
          sql`(${documents.createdAt}, ${documents.id}) < (${after.time.toISOString()}::timestamptz, ${after.key})`;
        const rows = await select(db)
          .where(and(within(base), behind ?? undefined))
          .orderBy(...LATEST_FIRST)
          .limit(limit + 1);
        return pageOf(rows, limit, toDocument, ({ createdAt, id }) => ({
          time: createdAt,
          key: id,
        }));
      }),
    document: (base, documentId) => database.run((db) => read(db, base, documentId)),
    addDocument: (base, document) => database.transaction((tx) => add(tx, base, document)),
    replaceDocument: (base, documentId, document) =>
      database.transaction(async (tx) => {
        if (!(await remove(tx, base, documentId))) return null;
        return add(tx, base, document);
      }),
    deleteDocument: (base, documentId) => database.run((db) => remove(db, base, documentId)),
    tagNames: (base) =>
      database.run(async (db) => {
        const name = sql<string>`jsonb_object_keys(${documents.tags})`;
        const rows = await db.selectDistinct({ name }).from(documents).where(within(base));
        return rows.map((row) => row.name).sort();
      }),
  };
}

const LATEST_FIRST = [desc(documents.createdAt), desc(documents.id)];

function within({ id, workspaceId }: BaseRef) {
  return and(eq(documents.knowledgeBaseId, id), eq(documents.workspaceId, workspaceId));
}

function select(db: DrizzleOrTransaction) {
  const { id, name, tags, createdAt, updatedAt } = documents;
  const of = sql`FROM ${chunks} WHERE ${chunks.documentId} = ${documents.id}`;
  const chunkCount = sql<number>`(SELECT count(*)::int ${of})`;
  const size = sql<number>`(SELECT coalesce(sum(char_length(${chunks.content})), 0)::int ${of})`;
  const columns = { id, name, tags, chunkCount, size, createdAt, updatedAt };
  return db.select(columns).from(documents).$dynamic();
}

type Row = Omit<KnowledgeDocument, 'id'> & { readonly id: string };

function toDocument(row: Row): KnowledgeDocument {
  return { ...row, id: row.id as KnowledgeDocument['id'] };
}

async function read(
  db: DrizzleOrTransaction,
  base: BaseRef,
  documentId: string,
): Promise<KnowledgeDocument | null> {
  const [row] = await select(db).where(and(within(base), eq(documents.id, documentId)));
  return row === undefined ? null : toDocument(row);
}

async function remove(
  db: Drizzle | Transaction,
  base: BaseRef,
  documentId: string,
): Promise<boolean> {
  const removed = await db
    .delete(documents)
    .where(and(within(base), eq(documents.id, documentId)))
    .returning({ id: documents.id });
  return removed.length > 0;
}

async function add(
  tx: Transaction,
  { id: baseId, workspaceId }: BaseRef,
  { id, name, tags, chunks: parts, now }: NewDocument,
): Promise<KnowledgeDocument | null> {
  // Those who add at once take turns on the base's row, or they would pass the limit together.
  const [base] = await tx
    .select({ language: bases.language })
    .from(bases)
    .where(and(eq(bases.id, baseId), eq(bases.workspaceId, workspaceId)))
    .for('no key update');
  if (base === undefined) return null;
  const known = await read(tx, { id: baseId, workspaceId }, id);
  if (known !== null) return known;
  const [all] = await tx
    .select({ documents: count() })
    .from(documents)
    .where(eq(documents.knowledgeBaseId, baseId));
  if ((all?.documents ?? 0) >= MAX_DOCUMENTS) return null;
  const written = { knowledgeBaseId: baseId, createdAt: now, updatedAt: now };
  await tx.insert(documents).values({ id, name, tags: { ...tags }, workspaceId, ...written });
  const rows = parts.map((part, position) => ({
    ...{ ...part, ...written, ...base },
    ...{ documentId: id, position, enabled: true, title: name },
  }));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await tx.insert(chunks).values(rows.slice(from, from + ROWS_AT_ONCE));
  }
  const size = parts.reduce((sum, { content }) => sum + Array.from(content).length, 0);
  return { id, name, tags, chunkCount: parts.length, size, createdAt: now, updatedAt: now };
}
