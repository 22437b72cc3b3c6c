import { ROUTES } from '@sim/contracts';
import { listAudit, type Database, type StoredAuditEntry } from '@sim/postgres';
import { endpoint, type EndpointHost } from '../http/endpoint.js';

/** The audit log of a workspace, for its admins. */
export function auditRoutes(host: EndpointHost, database: Database): void {
  endpoint(host, ROUTES.listAuditLog, async ({ principal, query }) => {
    const page = await listAudit(database, principal.workspaceId, query.limit, query.cursor);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  });
}

function shown(entry: StoredAuditEntry) {
  const { sequence, at, actor, action, target, details, requestId, previousHash, hash } = entry;
  const time = at.toISOString();
  return { sequence, at: time, actor, action, target, details, requestId, previousHash, hash };
}
