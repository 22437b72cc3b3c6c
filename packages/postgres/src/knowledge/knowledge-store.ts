import type { BaseRef, KnowledgeBase, KnowledgeDocument, KnowledgeStore, Page } from '@sim/engine';
import { and, count, eq, getTableColumns, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../connection/database.js';
import { violatedConstraint } from '../connection/failures.js';
import { knowledgeBases as bases, knowledgeDocuments, workspaces } from '../schema/index.js';
import { knowledgeChunkStore } from './knowledge-chunks.js';
import { knowledgeDocumentStore } from './knowledge-documents.js';
import { searchKnowledge } from './knowledge-search.js';

/** A base that is to be made. */
export interface NewKnowledgeBase extends Pick<
  KnowledgeBase,
  'id' | 'workspaceId' | 'name' | 'description' | 'language' | 'sourceId'
> {
  readonly createdBy: string;
  readonly now: Date;
}

/** A base, and how many documents it has. */
export interface StoredKnowledgeBase extends KnowledgeBase {
  readonly documentCount: number;
}

/** The workspace has another base of that name, or for that id of elsewhere. */
export class KnowledgeBaseExistsError extends Error {
  readonly code = 'knowledge_base_exists';

  constructor(what: string) {
    super(`The workspace has a knowledge base ${what} already.`);
    this.name = 'KnowledgeBaseExistsError';
  }
}

/** The engine's port, and what the API needs besides. */
export interface ManagedKnowledgeStore extends KnowledgeStore {
  /** By name. */
  list(workspaceId: string): Promise<readonly StoredKnowledgeBase[]>;
  get(workspaceId: string, baseId: string): Promise<StoredKnowledgeBase | null>;
  /**
   * Null where the workspace has `limit` bases already.
   * @throws KnowledgeBaseExistsError
   */
  create(base: NewKnowledgeBase, limit: number): Promise<StoredKnowledgeBase | null>;
  /** With its documents; false where there is none. */
  delete(workspaceId: string, baseId: string): Promise<boolean>;
  /** The latest first. @throws InvalidCursorError */
  documentPage(base: BaseRef, limit: number, cursor?: string): Promise<Page<KnowledgeDocument>>;
}

/** Knowledge bases in PostgreSQL, searched by its full-text search. */
export function createKnowledgeStore(database: Database): ManagedKnowledgeStore {
  return {
    ...knowledgeDocumentStore(database),
    ...knowledgeChunkStore(database),
    search: (query) => searchKnowledge(database, query),
    async find(workspaceId, reference) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(bases)
          .where(
            and(
              eq(bases.workspaceId, workspaceId),
              sql`(${bases.id} = ${reference} OR ${bases.sourceId} = ${reference}
                OR lower(${bases.name}) = lower(${reference}))`,
            ),
          )
          // The more exact reference first, should one base be named like another's id.
          .orderBy(
            sql`${bases.id} = ${reference} DESC, ${bases.sourceId} IS NOT DISTINCT FROM ${reference} DESC`,
          )
          .limit(1),
      );
      return rows[0] === undefined ? null : toBase(rows[0]);
    },
    async list(workspaceId) {
      const rows = await database.run((db) =>
        db
          .select(COLUMNS)
          .from(bases)
          .where(eq(bases.workspaceId, workspaceId))
          .orderBy(sql`lower(${bases.name})`, bases.id),
      );
      return rows.map(toStored);
    },
    async get(workspaceId, baseId) {
      const [row] = await database.run((db) =>
        db.select(COLUMNS).from(bases).where(oneOf(workspaceId, baseId)),
      );
      return row === undefined ? null : toStored(row);
    },
    create: (base, limit) =>
      unlessTaken(base, () => database.transaction((tx) => create(tx, base, limit))),
    async delete(workspaceId, baseId) {
      const removed = await database.run((db) =>
        db.delete(bases).where(oneOf(workspaceId, baseId)).returning({ id: bases.id }),
      );
      return removed.length > 0;
    },
  };
}

const COUNT = sql`SELECT count(*)::int FROM ${knowledgeDocuments}
  WHERE ${knowledgeDocuments.knowledgeBaseId} = ${bases.id}`;
// Drizzle leaves out the tables of columns that stand in such an expression itself, not in a part of it.
const COLUMNS = { ...getTableColumns(bases), documentCount: sql<number>`(${COUNT})` };

function oneOf(workspaceId: string, baseId: string) {
  return and(eq(bases.workspaceId, workspaceId), eq(bases.id, baseId));
}

async function create(
  tx: Transaction,
  { now, ...base }: NewKnowledgeBase,
  limit: number,
): Promise<StoredKnowledgeBase | null> {
  const { workspaceId } = base;
  // Those who add at once take turns on the workspace's row, or they would pass the limit together.
  await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
    .for('no key update');
  const [known] = await tx
    .select({ bases: count() })
    .from(bases)
    .where(eq(bases.workspaceId, workspaceId));
  if ((known?.bases ?? 0) >= limit) return null;
  const [row] = await tx
    .insert(bases)
    .values({ ...base, createdAt: now, updatedAt: now })
    .returning();
  return row === undefined ? null : toStored({ ...row, documentCount: 0 });
}

function toBase(row: typeof bases.$inferSelect): KnowledgeBase {
  const { workspaceId, name, description, language, sourceId, createdAt, updatedAt } = row;
  const id = row.id as KnowledgeBase['id'];
  return { id, workspaceId, name, description, language, sourceId, createdAt, updatedAt };
}

function toStored({
  documentCount,
  ...row
}: typeof bases.$inferSelect & { readonly documentCount: number }): StoredKnowledgeBase {
  return { ...toBase(row), documentCount };
}

async function unlessTaken<T>(base: NewKnowledgeBase, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint === 'idx_ckb_name') throw new KnowledgeBaseExistsError(`named "${base.name}"`);
    if (constraint !== 'idx_ckb_source') throw error;
    throw new KnowledgeBaseExistsError(`with the sourceId "${base.sourceId}"`);
  }
}
