import type { JsonObject } from '@sim/domain';
import type { Page } from '@sim/engine';
import { and, desc, eq, lt } from 'drizzle-orm';
import type { Database, DrizzleOrTransaction } from '../connection/database.js';
import { decodeCursor, InvalidCursorError, pageOf } from '../encoding/cursor.js';
import { auditLog } from '../schema/index.js';

/** Something that was done. */
export interface AuditEntry {
  /** Null for what concerns no single workspace, such as a failed sign-in. */
  readonly workspaceId: string | null;
  readonly actor:
    { readonly type: 'user' | 'api-key'; readonly id: string } | { readonly type: 'system' };
  /** Words joined by dots, such as `workflow.imported`. */
  readonly action: string;
  readonly target: { readonly type: string; readonly id: string } | null;
  readonly details: JsonObject;
  readonly requestId: string | null;
  readonly at: Date;
}

/** An entry with its link in the chain. */
export interface StoredAuditEntry extends AuditEntry {
  /** From 1, without gaps, in each workspace. */
  readonly sequence: number;
  readonly previousHash: string;
  /** SHA-256 over the entry and the hash before it, hexadecimal. */
  readonly hash: string;
}

/** Whether a chain is whole. */
export type AuditVerification =
  | { readonly intact: true; readonly entries: number }
  | { readonly intact: false; readonly brokenAt: number };

/**
 * Adds an entry; the database links it to the one before. In a transaction it stands or falls with the
 * change that it tells of, and later entries of the workspace wait for its end.
 */
export async function appendAudit(db: DrizzleOrTransaction, entry: AuditEntry): Promise<void> {
  const { actor, target } = entry;
  await db.insert(auditLog).values({
    workspaceId: entry.workspaceId,
    actorType: actor.type,
    actorId: actor.type === 'system' ? null : actor.id,
    action: entry.action,
    targetType: target?.type ?? null,
    targetId: target?.id ?? null,
    details: entry.details,
    requestId: entry.requestId,
    createdAt: entry.at,
  });
}

/** A workspace's entries, or with null those of none, latest first. @throws InvalidCursorError */
export async function listAudit(
  database: Database,
  workspaceId: string | null,
  limit: number,
  cursor?: string,
): Promise<Page<StoredAuditEntry>> {
  const before = cursor === undefined ? null : Number(decodeCursor(cursor).key);
  if (cursor !== undefined && !Number.isSafeInteger(before)) throw new InvalidCursorError(cursor);
  const rows = await database.run((db) =>
    db
      .select()
      .from(auditLog)
      .where(
        and(
          eq(auditLog.chain, chainOf(workspaceId)),
          before === null ? undefined : lt(auditLog.sequence, before),
        ),
      )
      .orderBy(desc(auditLog.sequence))
      .limit(limit + 1),
  );
  return pageOf(rows, limit, toEntry, (row) => ({
    time: row.createdAt,
    key: String(row.sequence),
  }));
}

/** Each entry's hash is right, follows the one before and leaves no gap, or the first that is not so. */
const VERIFY = `
SELECT count(*)::float8 AS entries, min(sequence) FILTER (WHERE NOT sound)::float8 AS "brokenAt"
FROM (
  SELECT sequence, hash = audit_entry_hash(entry)
    AND sequence = row_number() OVER chain
    AND previous_hash = coalesce(lag(hash) OVER chain, repeat('0', 64)) AS sound
  FROM audit_log AS entry WHERE chain = $1
  WINDOW chain AS (ORDER BY sequence)
) AS checked`;

/** Checks a workspace's chain, or with null that of no workspace. Entries cut off at the end do not show. */
export async function verifyAudit(
  database: Database,
  workspaceId: string | null,
): Promise<AuditVerification> {
  const { rows } = await database.query<{ entries: number; brokenAt: number | null }>({
    text: VERIFY,
    values: [chainOf(workspaceId)],
  });
  const { entries = 0, brokenAt = null } = rows[0] ?? {};
  return brokenAt === null ? { intact: true, entries } : { intact: false, brokenAt };
}

function chainOf(workspaceId: string | null): string {
  return workspaceId ?? 'system';
}

function toEntry(row: typeof auditLog.$inferSelect): StoredAuditEntry {
  return {
    workspaceId: row.workspaceId,
    actor:
      row.actorType === 'system'
        ? { type: 'system' }
        : { type: row.actorType, id: row.actorId ?? '' },
    action: row.action,
    target:
      row.targetType === null || row.targetId === null
        ? null
        : { type: row.targetType, id: row.targetId },
    details: row.details as JsonObject,
    requestId: row.requestId,
    at: row.createdAt,
    sequence: row.sequence,
    previousHash: row.previousHash,
    hash: row.hash,
  };
}
