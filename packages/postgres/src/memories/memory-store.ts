import {
  MEMORY_LIMITS,
  MemoryFullError,
  type MemoryEntry,
  type MemoryLimits,
  type MemoryQuery,
  type MemoryStore,
} from '@sim/engine';
import { and, count, desc, eq, lt, ne, sql } from 'drizzle-orm';
import type { Database, Drizzle, Transaction } from '../connection/database.js';
import { memories, memoryMessages as messages } from '../schema/index.js';

/** Memories in PostgreSQL. */
export function createMemoryStore(
  database: Database,
  limits: MemoryLimits = MEMORY_LIMITS,
): MemoryStore {
  return {
    append: (entry) => database.transaction((tx) => append(tx, entry, limits)),
    get: (query) => database.run((db) => latest(db, query)),
    getAll: (workspaceId, { memories: most, messages: limit }) =>
      database.run(async (db) => {
        const found = await db
          .select({ memoryId: memories.memoryId })
          .from(memories)
          .where(eq(memories.workspaceId, workspaceId))
          .orderBy(desc(memories.updatedAt), memories.memoryId)
          .limit(most);
        return Promise.all(
          found.map(async ({ memoryId }) => ({
            memoryId,
            messages: await latest(db, { workspaceId, memoryId, limit }),
          })),
        );
      }),
    async delete(workspaceId, memoryId) {
      const removed = await database.run((db) =>
        db
          .delete(memories)
          .where(and(eq(memories.workspaceId, workspaceId), eq(memories.memoryId, memoryId)))
          .returning({ memoryId: memories.memoryId }),
      );
      return removed.length > 0;
    },
  };
}

async function append(tx: Transaction, entry: MemoryEntry, limits: MemoryLimits): Promise<void> {
  const { workspaceId, memoryId, key, now } = entry;
  // Those who add to one memory at once take turns on its row.
  const [memory] = await tx
    .insert(memories)
    .values({ workspaceId, memoryId, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: [memories.workspaceId, memories.memoryId],
      set: { updatedAt: now },
    })
    .returning({ isNew: sql<boolean>`xmax = 0` });
  if (memory?.isNew === true) await refuseTooMany(tx, workspaceId, limits.memories);
  if (entry.messages.length === 0) return;
  const rows = entry.messages.map(({ role, content }, part) => {
    return { workspaceId, memoryId, entryKey: key, part, role, content, createdAt: now };
  });
  await tx
    .insert(messages)
    .values(rows)
    .onConflictDoUpdate({
      target: [messages.workspaceId, messages.memoryId, messages.entryKey, messages.part],
      set: { role: sql`excluded.role`, content: sql`excluded.content` },
    });
  await forgetOldest(tx, entry, limits.messages);
}

async function refuseTooMany(tx: Transaction, workspaceId: string, limit: number): Promise<void> {
  const [known] = await tx
    .select({ memories: count() })
    .from(memories)
    .where(eq(memories.workspaceId, workspaceId));
  if ((known?.memories ?? 0) > limit) throw new MemoryFullError(limit);
}

async function forgetOldest(tx: Transaction, entry: MemoryEntry, limit: number): Promise<void> {
  const [oldest] = await tx
    .select({ position: messages.position })
    .from(messages)
    .where(ofMemory(entry))
    .orderBy(desc(messages.position))
    .limit(1)
    .offset(limit - 1);
  if (!oldest) return;
  await tx.delete(messages).where(and(ofMemory(entry), lt(messages.position, oldest.position)));
}

async function latest(db: Drizzle, { limit, exceptKey, ...memory }: MemoryQuery) {
  const except = exceptKey === undefined ? undefined : ne(messages.entryKey, exceptKey);
  const rows = await db
    .select({ role: messages.role, content: messages.content })
    .from(messages)
    .where(and(ofMemory(memory), except))
    .orderBy(desc(messages.position))
    .limit(limit);
  return rows.reverse();
}

function ofMemory({ workspaceId, memoryId }: Pick<MemoryEntry, 'workspaceId' | 'memoryId'>) {
  return and(eq(messages.workspaceId, workspaceId), eq(messages.memoryId, memoryId));
}
