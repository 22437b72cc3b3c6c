import { createHash } from 'node:crypto';
import type { JsonValue } from '@sim/domain';
import type { Page } from '@sim/engine';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { Database, Drizzle, Transaction } from '../connection/database.js';
import { decodeCursor, InvalidCursorError, pageOf } from '../encoding/cursor.js';
import { workflows, workflowVersions as versions } from '../schema/index.js';
import { VersionConflictError } from './errors.js';

/** Content as it came in. */
export interface WorkflowContent {
  readonly bytes: Uint8Array;
  /** Without parameters, such as `application/json`. */
  readonly contentType: string;
  /** The JSON value it stands for; null where the bytes are JSON themselves. */
  readonly document: JsonValue;
  /** The id that the document gives itself; null where it gives none. */
  readonly sourceId: string | null;
}

/** A workflow at its current version. */
export interface StoredWorkflow {
  readonly id: `wf_${string}`;
  readonly workspaceId: string;
  readonly name: string;
  readonly description: string | null;
  /** From 1; each change makes the next. */
  readonly version: number;
  /** Null once that person is erased. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** One version, without its content. */
export interface WorkflowVersion {
  readonly version: number;
  readonly name: string;
  readonly description: string | null;
  readonly contentType: string;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
  readonly createdBy: string | null;
  readonly createdAt: Date;
}

/** One version with the bytes that were imported. */
export interface WorkflowVersionContent extends WorkflowVersion {
  readonly bytes: Uint8Array;
}

export interface NewWorkflow {
  readonly id: StoredWorkflow['id'];
  readonly workspaceId: string;
  readonly name: string;
  readonly description: string | null;
  readonly content: WorkflowContent;
  readonly createdBy: string;
  readonly now: Date;
}

export interface WorkflowChange {
  readonly workspaceId: string;
  readonly workflowId: string;
  /** The version that the change was made from; null changes whichever there is. */
  readonly expectedVersion: number | null;
  readonly name?: string;
  readonly description?: string | null;
  /** The content stays where this is left out. */
  readonly content?: WorkflowContent;
  readonly changedBy: string;
  readonly now: Date;
}

/** Keeps workflows. Every function is confined to one workspace; what is elsewhere is as if it were not. */
export interface WorkflowStore {
  /** Stores version 1. */
  create(workflow: NewWorkflow): Promise<StoredWorkflow>;
  /** Stores version 1 of each, all of them or none. */
  createAll(workflows: readonly NewWorkflow[]): Promise<readonly StoredWorkflow[]>;
  /** Stores the next version. @throws VersionConflictError */
  update(change: WorkflowChange): Promise<StoredWorkflow | null>;
  get(workspaceId: string, workflowId: string): Promise<StoredWorkflow | null>;
  /** Newest first. @throws InvalidCursorError */
  list(workspaceId: string, limit: number, cursor?: string): Promise<Page<StoredWorkflow>>;
  /** Latest first; null where there is no such workflow. @throws InvalidCursorError */
  versions(
    workspaceId: string,
    workflowId: string,
    limit: number,
    cursor?: string,
  ): Promise<Page<WorkflowVersion> | null>;
  /** A version's bytes, the current one's where none is named. */
  content(
    workspaceId: string,
    workflowId: string,
    version?: number,
  ): Promise<WorkflowVersionContent | null>;
  /** Removes it with its versions, journeys and sessions; false where there is none. @throws VersionConflictError */
  delete(workspaceId: string, workflowId: string, expectedVersion: number | null): Promise<boolean>;
}

/** Workflows in PostgreSQL. */
export function createWorkflowStore(database: Database): WorkflowStore {
  return {
    create: (workflow) => database.transaction((tx) => createWorkflow(tx, workflow)),
    createAll: (fresh) =>
      database.transaction(async (tx) => {
        const stored: StoredWorkflow[] = [];
        for (const workflow of fresh) stored.push(await createWorkflow(tx, workflow));
        return stored;
      }),
    update: (change) => database.transaction((tx) => updateWorkflow(tx, change)),
    get: (workspaceId, workflowId) =>
      database.run(async (db) => {
        const [row] = await db.select().from(workflows).where(only(workspaceId, workflowId));
        return row === undefined ? null : toWorkflow(row);
      }),
    list: (workspaceId, limit, cursor) =>
      database.run((db) => listWorkflows(db, workspaceId, limit, cursor)),
    versions: (workspaceId, workflowId, limit, cursor) =>
      database.run((db) => listVersions(db, workspaceId, workflowId, limit, cursor)),
    content: (workspaceId, workflowId, version) =>
      database.run((db) => readContent(db, workspaceId, workflowId, version)),
    delete: (workspaceId, workflowId, expectedVersion) =>
      database.transaction(async (tx) => {
        const current = await lockWorkflow(tx, workspaceId, workflowId, expectedVersion);
        if (current === null) return false;
        await tx.delete(workflows).where(only(workspaceId, workflowId));
        return true;
      }),
  };
}

type WorkflowRow = typeof workflows.$inferSelect;

function only(workspaceId: string, workflowId: string) {
  return and(eq(workflows.workspaceId, workspaceId), eq(workflows.id, workflowId));
}

function toWorkflow(row: WorkflowRow): StoredWorkflow {
  const { workspaceId, name, description, createdBy, createdAt, updatedAt } = row;
  return {
    id: row.id as StoredWorkflow['id'],
    version: row.currentVersion,
    ...{ workspaceId, name, description, createdBy, createdAt, updatedAt },
  };
}

function contentColumns({ bytes, contentType, document }: WorkflowContent) {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { content: bytes, contentType, document, sha256 };
}

async function createWorkflow(tx: Transaction, workflow: NewWorkflow): Promise<StoredWorkflow> {
  const { id, workspaceId, name, description, content, createdBy, now } = workflow;
  const row = { id, workspaceId, name, description, createdBy, createdAt: now, updatedAt: now };
  const stored = await tx
    .insert(workflows)
    .values({ ...row, currentVersion: 1, sourceId: content.sourceId })
    .returning();
  await tx.insert(versions).values({
    ...{ workflowId: id, version: 1, name, description, createdBy, createdAt: now },
    ...contentColumns(content),
  });
  return onlyRow(stored.map(toWorkflow));
}

async function updateWorkflow(
  tx: Transaction,
  change: WorkflowChange,
): Promise<StoredWorkflow | null> {
  const { workspaceId, workflowId, expectedVersion, changedBy, now } = change;
  const current = await lockWorkflow(tx, workspaceId, workflowId, expectedVersion);
  if (current === null) return null;
  const version = current.currentVersion + 1;
  const name = change.name ?? current.name;
  const description = change.description === undefined ? current.description : change.description;
  const content =
    change.content === undefined
      ? await contentOf(tx, workflowId, current.currentVersion)
      : contentColumns(change.content);
  await tx.insert(versions).values({
    ...{ workflowId, version, name, description, createdBy: changedBy, createdAt: now },
    ...content,
  });
  const stored = await tx
    .update(workflows)
    .set({
      ...{ name, description, currentVersion: version, updatedAt: now },
      ...(change.content && { sourceId: change.content.sourceId }),
    })
    .where(only(workspaceId, workflowId))
    .returning();
  return onlyRow(stored.map(toWorkflow));
}

/** Changes of one workflow take turns on its row. */
async function lockWorkflow(
  tx: Transaction,
  workspaceId: string,
  workflowId: string,
  expectedVersion: number | null,
): Promise<WorkflowRow | null> {
  const [row] = await tx
    .select()
    .from(workflows)
    .where(only(workspaceId, workflowId))
    .for('update');
  if (row === undefined) return null;
  if (expectedVersion !== null && row.currentVersion !== expectedVersion) {
    throw new VersionConflictError(workflowId, expectedVersion, row.currentVersion);
  }
  return row;
}

async function contentOf(tx: Transaction, workflowId: string, version: number) {
  const rows = await tx
    .select({
      content: versions.content,
      contentType: versions.contentType,
      sha256: versions.sha256,
      document: versions.document,
    })
    .from(versions)
    .where(and(eq(versions.workflowId, workflowId), eq(versions.version, version)));
  return onlyRow(rows);
}

async function listWorkflows(db: Drizzle, workspaceId: string, limit: number, cursor?: string) {
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const rows = await db
    .select()
    .from(workflows)
    .where(
      and(
        eq(workflows.workspaceId, workspaceId),
        after === null
          ? undefined
          : sql`(${workflows.createdAt}, ${workflows.id}) < (${after.time.toISOString()}::timestamptz, ${after.key})`,
      ),
    )
    .orderBy(desc(workflows.createdAt), desc(workflows.id))
    .limit(limit + 1);
  return pageOf(rows, limit, toWorkflow, (row) => ({ time: row.createdAt, key: row.id }));
}

const VERSION_COLUMNS = {
  version: versions.version,
  name: versions.name,
  description: versions.description,
  contentType: versions.contentType,
  sha256: versions.sha256,
  createdBy: versions.createdBy,
  createdAt: versions.createdAt,
};

async function listVersions(
  db: Drizzle,
  workspaceId: string,
  workflowId: string,
  limit: number,
  cursor?: string,
): Promise<Page<WorkflowVersion> | null> {
  const before = cursor === undefined ? null : Number(decodeCursor(cursor).key);
  if (cursor !== undefined && !Number.isSafeInteger(before)) throw new InvalidCursorError(cursor);
  const rows = await db
    .select(VERSION_COLUMNS)
    .from(versions)
    .innerJoin(workflows, eq(workflows.id, versions.workflowId))
    .where(
      and(
        only(workspaceId, workflowId),
        before === null ? undefined : lt(versions.version, before),
      ),
    )
    .orderBy(desc(versions.version))
    .limit(limit + 1);
  if (rows.length === 0 && before === null) return null;
  return pageOf(
    rows,
    limit,
    (row) => row,
    (row) => ({ time: row.createdAt, key: String(row.version) }),
  );
}

async function readContent(
  db: Drizzle,
  workspaceId: string,
  workflowId: string,
  version?: number,
): Promise<WorkflowVersionContent | null> {
  const [row] = await db
    .select({ ...VERSION_COLUMNS, bytes: versions.content })
    .from(workflows)
    .innerJoin(
      versions,
      and(
        eq(versions.workflowId, workflows.id),
        eq(versions.version, version ?? workflows.currentVersion),
      ),
    )
    .where(only(workspaceId, workflowId));
  return row ?? null;
}

/** The one row that a statement on a locked row brings. */
function onlyRow<T>([row]: readonly T[]): T {
  if (row === undefined) throw new TypeError('A row that was locked has gone.');
  return row;
}
