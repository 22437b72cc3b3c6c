import type { JsonObject } from '@sim/domain';
import { appendAudit, type AuditEntry, type Database } from '@sim/postgres';
import type { Request } from 'express';

/** What was done, in the log's words. */
export type AuditAction =
  | 'auth.sign-up'
  | 'auth.sign-in'
  | 'auth.sign-in-failed'
  | 'auth.sign-out'
  | 'workspace.created'
  | 'member.added'
  | 'member.changed'
  | 'member.removed'
  | 'api-key.created'
  | 'api-key.revoked'
  | 'workflow.imported'
  | 'workflow.updated'
  | 'workflow.deleted'
  | 'workflow.exported'
  | 'workflow.run'
  | 'secret.set'
  | 'secret.deleted'
  | 'tool.created'
  | 'tool.changed'
  | 'tool.deleted'
  | 'tool.tested'
  | 'knowledge-base.created'
  | 'knowledge-base.deleted'
  | 'knowledge-document.created'
  | 'knowledge-document.deleted'
  | 'webhook.created'
  | 'webhook.changed'
  | 'webhook.deleted'
  | 'webhook.tested';

/** What something was done to. */
export interface AuditTarget {
  readonly type:
    | 'user'
    | 'workspace'
    | 'api-key'
    | 'workflow'
    | 'secret'
    | 'tool'
    | 'knowledge-base'
    | 'knowledge-document'
    | 'webhook';
  readonly id: string;
}

/** Writes the audit log. */
export interface Audit {
  /**
   * Notes what a request has done, by who made it and in the workspace that it was made for. The
   * change stands already, so a note that cannot be written is logged as an error and nothing else.
   */
  record(
    req: Request,
    action: AuditAction,
    target: AuditTarget | null,
    details?: JsonObject,
  ): Promise<void>;
}

/** Options of {@link createAudit}. */
export interface AuditOptions {
  readonly database: Database;
  readonly clock: () => Date;
  /** The id of the API key that a request came with. */
  readonly keyIdOf: (req: Request) => string | undefined;
}

/** The audit log in PostgreSQL. */
export function createAudit({ database, clock, keyIdOf }: AuditOptions): Audit {
  return {
    record: async (req, action, target, details = {}) => {
      const entry: AuditEntry = {
        workspaceId: req.auth?.workspaceId ?? null,
        actor: actorOf(req, keyIdOf(req), target),
        action,
        target,
        details,
        requestId: req.id,
        at: clock(),
      };
      try {
        await database.run((db) => appendAudit(db, entry));
      } catch (error) {
        req.log.error({ err: error, action, target }, 'the audit log could not be written');
      }
    },
  };
}

/** No log at all, where `AUDIT_LOG_ENABLED` is false. */
export const NO_AUDIT: Audit = { record: () => Promise.resolve() };

function actorOf(
  req: Request,
  keyId: string | undefined,
  target: AuditTarget | null,
): AuditEntry['actor'] {
  if (keyId !== undefined) return { type: 'api-key', id: keyId };
  if (req.auth !== undefined) return { type: 'user', id: req.auth.userId };
  // Who signs in acts for themselves.
  return target?.type === 'user' ? { type: 'user', id: target.id } : { type: 'system' };
}
