import type { BaseRef, KnowledgeChunk, KnowledgeStore } from '@sim/engine';
import { and, asc, count, eq, exists, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../connection/database.js';
import {
  knowledgeBases as bases,
  knowledgeChunks as chunks,
  knowledgeDocuments as documents,
} from '../schema/index.js';
import { containing } from './containing.js';

/** Of one document; beyond that, it is better cut into several. */
const MAX_CHUNKS = 10_000;

/** Chunks of documents. */
export function knowledgeChunkStore(
  database: Database,
): Pick<KnowledgeStore, 'addChunk' | 'changeChunk' | 'chunks' | 'deleteChunk'> {
  return {
    chunks: (base, documentId, query) =>
      database.run(async (db) => {
        const among = and(
          eq(chunks.documentId, documentId),
          exists(db.select({ id: documents.id }).from(documents).where(only(base, documentId))),
          containing(chunks.content, query.search),
        );
        const rows = await db
          .select(COLUMNS)
          .from(chunks)
          .where(among)
          .orderBy(asc(chunks.position))
          .limit(query.limit)
          .offset(query.offset);
        const [all] = await db.select({ total: count() }).from(chunks).where(among);
        return { items: rows.map(toChunk), total: all?.total ?? 0 };
      }),
    addChunk: (base, documentId, chunk) =>
      database.transaction((tx) => add(tx, base, documentId, chunk)),
    changeChunk: (base, documentId, chunkId, { now, ...change }) =>
      database.transaction(async (tx) => {
        if ((await lock(tx, base, documentId, now)) === null) return null;
        const [row] = await tx
          .update(chunks)
          .set({ ...change, updatedAt: now })
          .where(one(documentId, chunkId))
          .returning(COLUMNS);
        return row === undefined ? null : toChunk(row);
      }),
    deleteChunk: (base, documentId, chunkId) =>
      database.transaction(async (tx) => {
        if ((await lock(tx, base, documentId)) === null) return false;
        const removed = await tx
          .delete(chunks)
          .where(one(documentId, chunkId))
          .returning({ id: chunks.id });
        return removed.length > 0;
      }),
  };
}

const { id, position, content, enabled, createdAt, updatedAt } = chunks;
const COLUMNS = { id, position, content, enabled, createdAt, updatedAt };

function toChunk(row: Omit<KnowledgeChunk, 'id'> & { readonly id: string }): KnowledgeChunk {
  return { ...row, id: row.id as KnowledgeChunk['id'] };
}

function only(base: BaseRef, documentId: string) {
  return and(
    eq(documents.id, documentId),
    eq(documents.knowledgeBaseId, base.id),
    eq(documents.workspaceId, base.workspaceId),
  );
}

function one(documentId: string, chunkId: string) {
  return and(eq(chunks.documentId, documentId), eq(chunks.id, chunkId));
}

/** Changes of the chunks of one document take turns on its row; null where it is not in that base. */
async function lock(tx: Transaction, base: BaseRef, documentId: string, changedAt?: Date) {
  const [row] = await tx
    .select({ title: documents.name, language: bases.language })
    .from(documents)
    .innerJoin(bases, eq(bases.id, documents.knowledgeBaseId))
    .where(only(base, documentId))
    .for('no key update', { of: documents });
  if (row === undefined) return null;
  if (changedAt) {
    await tx.update(documents).set({ updatedAt: changedAt }).where(only(base, documentId));
  }
  return row;
}

async function add(
  tx: Transaction,
  base: BaseRef,
  documentId: string,
  { now, ...chunk }: Parameters<KnowledgeStore['addChunk']>[2],
): Promise<KnowledgeChunk | null> {
  const copied = await lock(tx, base, documentId, now);
  if (copied === null) return null;
  const [known] = await tx.select(COLUMNS).from(chunks).where(one(documentId, chunk.id));
  if (known !== undefined) return toChunk(known);
  const [last] = await tx
    .select({ next: sql<number>`coalesce(max(${chunks.position}) + 1, 0)` })
    .from(chunks)
    .where(eq(chunks.documentId, documentId));
  const next = last?.next ?? 0;
  if (next >= MAX_CHUNKS) return null;
  const [row] = await tx
    .insert(chunks)
    .values({
      ...{ ...chunk, ...copied, documentId, knowledgeBaseId: base.id },
      ...{ position: next, enabled: true, createdAt: now, updatedAt: now },
    })
    .returning(COLUMNS);
  return row === undefined ? null : toChunk(row);
}
