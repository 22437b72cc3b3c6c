import { ROUTES } from '@sim/contracts';
import { conflict, forbidden, isAtLeast, newId, notFound } from '@sim/service-kit';
import { endpoint, type EndpointHost } from '../http/endpoint.js';
import type { ApiKeySummary } from '../identity/api-keys.js';
import type { WorkspacePorts } from './ports.js';
import { rightsIn } from './rights.js';

const SECOND_MS = 1000;

/** API keys of a workspace. */
export function apiKeyRoutes(host: EndpointHost, ports: WorkspacePorts): void {
  const { workspaces, apiKeys, audit, clock } = ports;

  endpoint(host, ROUTES.listApiKeys, async ({ principal, params }) => {
    await rightsIn(workspaces, principal, params.workspaceId, 'admin');
    const keys = await apiKeys.list(params.workspaceId);
    return { status: 200, body: { items: keys.map(shown) } };
  });

  endpoint(host, ROUTES.createApiKey, async ({ principal, params, body, req }) => {
    const { workspaceId } = params;
    const mine = await rightsIn(workspaces, principal, workspaceId, 'admin');
    const role = body.role ?? 'editor';
    if (!isAtLeast(mine, role)) {
      throw forbidden('role_insufficient', `A key has your role at most, which is ${mine}.`);
    }
    const now = clock();
    const { name, expiresInSeconds } = body;
    const expiresAt =
      expiresInSeconds === undefined
        ? null
        : new Date(now.getTime() + expiresInSeconds * SECOND_MS);
    const facts = { id: newId('key'), name, role, createdBy: principal.userId, expiresAt };
    const made = await apiKeys.create({ ...facts, workspaceId, now });
    if (made === null) {
      throw conflict('api_key_limit', 'The workspace has too many keys; revoke some first.');
    }
    await audit.record(req, 'api-key.created', { type: 'api-key', id: facts.id }, { role });
    const { key, start } = made;
    return {
      status: 201,
      headers: { Location: `/api/v1/workspaces/${workspaceId}/api-keys/${facts.id}` },
      body: { apiKey: shown({ ...facts, start, createdAt: now, lastUsedAt: null }), key },
    };
  });

  endpoint(host, ROUTES.revokeApiKey, async ({ principal, params, req }) => {
    await rightsIn(workspaces, principal, params.workspaceId, 'admin');
    if (!(await apiKeys.revoke(params.workspaceId, params.apiKeyId))) {
      throw notFound('api_key_not_found', 'The workspace has no such API key.');
    }
    await audit.record(req, 'api-key.revoked', { type: 'api-key', id: params.apiKeyId });
    return { status: 204 };
  });
}

function shown({ createdAt, expiresAt, lastUsedAt, ...key }: ApiKeySummary) {
  return {
    ...key,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
