import { createHash } from 'node:crypto';
import type { Cache } from '@sim/engine';
import { isAtLeast, type Principal } from '@sim/service-kit';
import type { Request } from 'express';
import type { ApiKeyStore } from './api-keys.js';

/** How long a key that was looked up is believed, in seconds: so long does a revoked one live on. */
const CACHE_SECONDS = 5;
/** Nobody gave out keys of another length; a megabyte of header is not worth a hash. */
const LONGEST_KEY = 200;

/** Who comes with which key. */
export interface ApiKeyAccess {
  /** For `bearerAuth`: whom a key acts for, or null. */
  readonly resolve: (key: string, req: Request) => Promise<Principal | null>;
  /** The id of the key that a request came with; for the audit log. */
  readonly keyIdOf: (req: Request) => string | undefined;
}

/** Looks API keys up, and keeps what it found for some seconds. */
export function createApiKeyAccess(
  store: ApiKeyStore,
  cache: Cache,
  now: () => Date,
): ApiKeyAccess {
  const keyIds = new WeakMap<Request, string>();
  return {
    resolve: async (key, req) => {
      if (key.length > LONGEST_KEY) return null;
      const name = `api-key:${createHash('sha256').update(key).digest('hex')}`;
      const known = await cache.get(name);
      const found = known === null ? await lookUp(store, key, now()) : parse(known);
      if (known === null && found !== null) {
        await cache.set(name, JSON.stringify(found), CACHE_SECONDS);
      }
      if (found === null) return null;
      keyIds.set(req, found.keyId);
      return found.principal;
    },
    keyIdOf: (req) => keyIds.get(req),
  };
}

interface Found {
  readonly keyId: string;
  readonly principal: Principal;
}

const parse = (text: string): Found => JSON.parse(text) as Found;

async function lookUp(store: ApiKeyStore, key: string, now: Date): Promise<Found | null> {
  const owner = await store.ownerOf(key, now);
  if (owner === null) return null;
  const { keyId, userId, userName: name, workspaceId, keyRole, memberRole } = owner;
  // A maker who has lost rights takes them from the key, too.
  const role = isAtLeast(memberRole, keyRole) ? keyRole : memberRole;
  return { keyId, principal: { userId, workspaceId, role, name } };
}
