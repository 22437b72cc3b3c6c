import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '@sim/contracts';
import { identitySchema, type Database } from '@sim/postgres';
import { and, asc, count, eq, sql } from 'drizzle-orm';
import * as z from 'zod';

/** A key of a workspace, without the key itself. */
export interface ApiKeySummary {
  readonly id: string;
  readonly name: string;
  /** Its first characters. */
  readonly start: string | null;
  readonly role: Role;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export interface NewApiKey {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly now: Date;
}

/** A key that was just made. */
export interface MadeApiKey {
  readonly key: string;
  /** Its first characters, by which it is told later. */
  readonly start: string;
}

/** Whom a key acts for. */
export interface ApiKeyOwner {
  readonly keyId: string;
  readonly userId: string;
  readonly userName: string;
  readonly workspaceId: string;
  /** What the key was given. */
  readonly keyRole: Role;
  /** What its maker is in the workspace now. */
  readonly memberRole: Role;
}

/** Keeps API keys; only their hashes. */
export interface ApiKeyStore {
  /** Stores a key and returns it, once; null where the workspace has as many as it may. */
  create(key: NewApiKey): Promise<MadeApiKey | null>;
  list(workspaceId: string): Promise<readonly ApiKeySummary[]>;
  /** False where the workspace has no such key. */
  revoke(workspaceId: string, id: string): Promise<boolean>;
  /** Whom a key acts for; null where it is unknown, expired, or its maker is no member any more. */
  ownerOf(key: string, now: Date): Promise<ApiKeyOwner | null>;
}

const { apikey: apiKeys, user: authUsers, member: workspaceMembers } = identitySchema;

/** What every key begins with, so that scanners for leaked secrets can tell it. */
const KEY_PREFIX = 'sim_';
/** 256 bits: beyond guessing, so that a plain hash is enough. */
const KEY_BYTES = 32;
const SHOWN_CHARACTERS = 10;
const MOST_KEYS = 100;
/** The time of use is kept to the minute: a write for each request would cost more than it tells. */
const USE_RESOLUTION = '1 minute';

const metadata = z.object({
  userId: z.string(),
  role: z.enum(['owner', 'admin', 'editor', 'viewer']),
});

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');

/** API keys in PostgreSQL, in the identity library's table and hashed as it does. */
export function createApiKeyStore(database: Database): ApiKeyStore {
  return {
    create: (key) => insertKey(database, key),
    list: (workspaceId) => listKeys(database, workspaceId),
    revoke: async (workspaceId, id) => {
      const removed = await database.run((db) =>
        db
          .delete(apiKeys)
          .where(and(eq(apiKeys.id, id), eq(apiKeys.referenceId, workspaceId)))
          .returning({ id: apiKeys.id }),
      );
      return removed.length > 0;
    },
    ownerOf: (key, now) => findOwner(database, key, now),
  };
}

async function insertKey(database: Database, given: NewApiKey): Promise<MadeApiKey | null> {
  const key = `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`;
  const start = key.slice(0, SHOWN_CHARACTERS);
  return database.transaction(async (tx) => {
    const [held] = await tx
      .select({ keys: count() })
      .from(apiKeys)
      .where(eq(apiKeys.referenceId, given.workspaceId));
    if ((held?.keys ?? 0) >= MOST_KEYS) return null;
    await tx.insert(apiKeys).values({
      id: given.id,
      name: given.name,
      start,
      prefix: KEY_PREFIX,
      referenceId: given.workspaceId,
      key: hashOf(key),
      rateLimitEnabled: false,
      expiresAt: given.expiresAt,
      metadata: JSON.stringify({ userId: given.createdBy, role: given.role }),
      createdAt: given.now,
      updatedAt: given.now,
    });
    return { key, start };
  });
}

async function listKeys(
  database: Database,
  workspaceId: string,
): Promise<readonly ApiKeySummary[]> {
  const rows = await database.run((db) =>
    db
      .select()
      .from(apiKeys)
      .where(eq(apiKeys.referenceId, workspaceId))
      .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id)),
  );
  return rows.map((row) => {
    const { userId, role } = metadata.parse(JSON.parse(row.metadata ?? '{}'));
    return {
      id: row.id,
      name: row.name ?? '',
      start: row.start,
      role,
      createdBy: userId,
      createdAt: row.createdAt,
      expiresAt: row.expiresAt,
      lastUsedAt: row.lastRequest,
    };
  });
}

/** The key, its maker and the maker's present role, in one statement. */
async function findOwner(database: Database, key: string, now: Date): Promise<ApiKeyOwner | null> {
  const maker = sql`${apiKeys.metadata}::json ->> 'userId'`;
  const [row] = await database.run((db) =>
    db
      .select({
        keyId: apiKeys.id,
        metadata: apiKeys.metadata,
        userName: authUsers.name,
        workspaceId: workspaceMembers.organizationId,
        memberRole: workspaceMembers.role,
      })
      .from(apiKeys)
      .innerJoin(
        workspaceMembers,
        and(
          eq(workspaceMembers.organizationId, apiKeys.referenceId),
          sql`${workspaceMembers.userId} = ${maker}`,
        ),
      )
      .innerJoin(authUsers, eq(authUsers.id, workspaceMembers.userId))
      .where(
        and(
          eq(apiKeys.key, hashOf(key)),
          eq(apiKeys.enabled, true),
          sql`(${apiKeys.expiresAt} IS NULL OR ${apiKeys.expiresAt} > ${now.toISOString()}::timestamptz)`,
        ),
      ),
  );
  if (row === undefined) return null;
  await noteUse(database, row.keyId, now);
  const { userId, role } = metadata.parse(JSON.parse(row.metadata ?? '{}'));
  const { keyId, userName, workspaceId, memberRole } = row;
  return { keyId, userId, userName, workspaceId, keyRole: role, memberRole };
}

async function noteUse(database: Database, keyId: string, now: Date): Promise<void> {
  const at = now.toISOString();
  await database.query({
    name: 'note-api-key-use',
    text: `UPDATE api_keys SET last_request = $2::timestamptz WHERE id = $1
      AND (last_request IS NULL OR last_request < $2::timestamptz - interval '${USE_RESOLUTION}')`,
    values: [keyId, at],
  });
}
