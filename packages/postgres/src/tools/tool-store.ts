import type { JsonValue } from '@sim/domain';
import type { ToolAdapter, ToolConfig, ToolStore } from '@sim/engine';
import { and, asc, count, eq } from 'drizzle-orm';
import type { Database, Transaction } from '../connection/database.js';
import { violatedConstraint } from '../connection/failures.js';
import { workspaces, workspaceTools as tools } from '../schema/index.js';

/** A tool with what is told about it besides. */
export interface StoredTool extends ToolConfig {
  /** Null once that person is erased. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What may be changed of a tool. */
export type ToolChange = Omit<ToolConfig, 'id' | 'workspaceId'>;

/** The workspace has another tool for the same block type and operation. */
export class ToolExistsError extends Error {
  readonly code = 'tool_exists';
  readonly blockType: string;
  readonly operation: string | null;

  constructor({ blockType, operation }: Pick<ToolConfig, 'blockType' | 'operation'>) {
    const what = operation === null ? 'every operation' : `the operation "${operation}"`;
    super(`The workspace has a tool for ${what} of "${blockType}" already. Change that one.`);
    this.name = 'ToolExistsError';
    this.blockType = blockType;
    this.operation = operation;
  }
}

/** The engine's port, and what the API needs besides. */
export interface ManagedToolStore extends ToolStore {
  /** By block type and operation, those that are not enabled too. */
  list(workspaceId: string): Promise<readonly StoredTool[]>;
  get(workspaceId: string, toolId: string): Promise<StoredTool | null>;
  /**
   * Null where the workspace has `limit` tools already.
   * @throws ToolExistsError
   */
  create(
    tool: ToolConfig & { readonly createdBy: string; readonly now: Date },
    limit: number,
  ): Promise<StoredTool | null>;
  /** Null where there is none. @throws ToolExistsError */
  update(
    workspaceId: string,
    toolId: string,
    change: ToolChange,
    now: Date,
  ): Promise<StoredTool | null>;
  /** False where there is none. */
  delete(workspaceId: string, toolId: string): Promise<boolean>;
}

/** Tools in PostgreSQL. */
export function createToolStore(database: Database): ManagedToolStore {
  return {
    async enabled(workspaceId) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(tools)
          .where(and(eq(tools.workspaceId, workspaceId), eq(tools.enabled, true)))
          .orderBy(...IN_ORDER),
      );
      return rows.map(toTool);
    },
    async list(workspaceId) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(tools)
          .where(eq(tools.workspaceId, workspaceId))
          .orderBy(...IN_ORDER),
      );
      return rows.map(toTool);
    },
    async get(workspaceId, toolId) {
      const [row] = await database.run((db) =>
        db.select().from(tools).where(oneOf(workspaceId, toolId)),
      );
      return row === undefined ? null : toTool(row);
    },
    create: (tool, limit) =>
      unlessTaken(tool, () => database.transaction((tx) => create(tx, tool, limit))),
    update: (workspaceId, toolId, change, now) =>
      unlessTaken(change, async () => {
        const [row] = await database.run((db) =>
          db
            .update(tools)
            .set({ ...columnsOf(change), updatedAt: now })
            .where(oneOf(workspaceId, toolId))
            .returning(),
        );
        return row === undefined ? null : toTool(row);
      }),
    async delete(workspaceId, toolId) {
      const removed = await database.run((db) =>
        db.delete(tools).where(oneOf(workspaceId, toolId)).returning({ id: tools.id }),
      );
      return removed.length > 0;
    },
  };
}

const IN_ORDER = [asc(tools.blockType), asc(tools.operation), asc(tools.id)];

/** Every look-up of one tool names its workspace. */
function oneOf(workspaceId: string, toolId: string) {
  return and(eq(tools.workspaceId, workspaceId), eq(tools.id, toolId));
}

async function create(
  tx: Transaction,
  tool: ToolConfig & { readonly createdBy: string; readonly now: Date },
  limit: number,
): Promise<StoredTool | null> {
  const { id, workspaceId, createdBy, now } = tool;
  // Those who add at once take turns on the workspace's row, or they would pass the limit together.
  await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
    .for('no key update');
  const [known] = await tx
    .select({ tools: count() })
    .from(tools)
    .where(eq(tools.workspaceId, workspaceId));
  if ((known?.tools ?? 0) >= limit) return null;
  const [row] = await tx
    .insert(tools)
    .values({ id, workspaceId, ...columnsOf(tool), createdBy, createdAt: now, updatedAt: now })
    .returning();
  return row === undefined ? null : toTool(row);
}

function columnsOf({ name, blockType, operation, sideEffect, idempotent, ...tool }: ToolChange) {
  // Interfaces have no index signature, which the type of JSON wants; adapters are plain JSON.
  const adapter = tool.adapter as unknown as JsonValue;
  const { enabled } = tool;
  return { name, blockType, operation, sideEffect, idempotent, adapter, enabled };
}

function toTool(row: typeof tools.$inferSelect): StoredTool {
  return {
    ...row,
    id: row.id as StoredTool['id'],
    adapter: row.adapter as unknown as ToolAdapter,
  };
}

async function unlessTaken<T>(
  tool: Pick<ToolConfig, 'blockType' | 'operation'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw violatedConstraint(error) === 'idx_workspace_tools_block'
      ? new ToolExistsError(tool)
      : error;
  }
}
