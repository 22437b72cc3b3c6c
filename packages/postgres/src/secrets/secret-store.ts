import type { SecretStore } from '@sim/engine';
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Database } from '../connection/database.js';
import { secrets } from '../schema/index.js';
import { DecryptionError, type Cipher } from './cipher.js';

/** What is told about a secret; never its value. */
export interface SecretSummary {
  readonly name: string;
  /** Null once that person is erased. */
  readonly updatedBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The engine's port, and what the API needs besides. */
export interface ManagedSecretStore extends SecretStore {
  /** By name. */
  list(workspaceId: string): Promise<readonly SecretSummary[]>;
  /** Stores or replaces a value. */
  put(secret: {
    readonly workspaceId: string;
    readonly name: string;
    readonly value: string;
    readonly updatedBy: string;
    readonly now: Date;
  }): Promise<void>;
  /** False where there is none of that name. */
  delete(workspaceId: string, name: string): Promise<boolean>;
}

/** Secrets in PostgreSQL, encrypted. Reading throws DecryptionError where a key is missing or wrong. */
export function createSecretStore(database: Database, cipher: Cipher): ManagedSecretStore {
  return {
    async values(workspaceId, names) {
      if (names.length === 0) return {};
      const rows = await database.run((db) =>
        db
          .select()
          .from(secrets)
          .where(and(eq(secrets.workspaceId, workspaceId), inArray(secrets.name, [...names]))),
      );
      return Object.fromEntries(rows.map((row) => [row.name, clearValue(cipher, row)]));
    },
    list: (workspaceId) =>
      database.run((db) =>
        db
          .select({
            name: secrets.name,
            updatedBy: secrets.updatedBy,
            createdAt: secrets.createdAt,
            updatedAt: secrets.updatedAt,
          })
          .from(secrets)
          .where(eq(secrets.workspaceId, workspaceId))
          .orderBy(asc(secrets.name)),
      ),
    async put({ workspaceId, name, value, updatedBy, now }) {
      const changing = {
        ...cipher.encrypt(value, binding(workspaceId, name)),
        updatedBy,
        updatedAt: now,
      };
      await database.run((db) =>
        db
          .insert(secrets)
          .values({ workspaceId, name, createdAt: now, ...changing })
          .onConflictDoUpdate({ target: [secrets.workspaceId, secrets.name], set: changing }),
      );
    },
    async delete(workspaceId, name) {
      const removed = await database.run((db) =>
        db
          .delete(secrets)
          .where(and(eq(secrets.workspaceId, workspaceId), eq(secrets.name, name)))
          .returning({ name: secrets.name }),
      );
      return removed.length > 0;
    },
  };
}

/** What a value is bound to: JSON keeps the two apart whatever they contain. */
export function binding(workspaceId: string, name: string): string {
  return JSON.stringify([workspaceId, name]);
}

/**
 * The value of a row.
 * @throws DecryptionError that says which secret it is
 */
export function clearValue(cipher: Cipher, row: typeof secrets.$inferSelect): string {
  try {
    return cipher.decrypt(row, binding(row.workspaceId, row.name));
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    const message = `The secret ${row.name} cannot be read. ${error.message}`;
    throw new DecryptionError(error.keyId, message, { cause: error });
  }
}
