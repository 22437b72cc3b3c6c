import { ROUTES } from '@sim/contracts';
import type { ManagedSecretStore } from '@sim/postgres';
import { notFound } from '@sim/service-kit';
import type { Audit } from '../audit/audit.js';
import { endpoint, type EndpointHost } from '../http/endpoint.js';

/** What the secrets' endpoints need. */
export interface SecretPorts {
  readonly secrets: ManagedSecretStore;
  readonly audit: Audit;
  readonly clock: () => Date;
}

/** Values of `{{ENV}}` markers: set, listed by name, deleted, and never given out. */
export function secretRoutes(host: EndpointHost, { secrets, audit, clock }: SecretPorts): void {
  endpoint(host, ROUTES.listSecrets, async ({ principal }) => {
    const found = await secrets.list(principal.workspaceId);
    const items = found.map(({ name, updatedAt }) => ({
      name,
      updatedAt: updatedAt.toISOString(),
    }));
    return { status: 200, body: { items } };
  });

  endpoint(host, ROUTES.putSecret, async ({ principal, params, body, req }) => {
    const { workspaceId, userId } = principal;
    const { name } = params;
    await secrets.put({ workspaceId, name, value: body.value, updatedBy: userId, now: clock() });
    await audit.record(req, 'secret.set', { type: 'secret', id: name });
    return { status: 204 };
  });

  endpoint(host, ROUTES.deleteSecret, async ({ principal, params, req }) => {
    if (!(await secrets.delete(principal.workspaceId, params.name))) {
      throw notFound('secret_not_found', `There is no secret ${params.name} in this workspace.`);
    }
    await audit.record(req, 'secret.deleted', { type: 'secret', id: params.name });
    return { status: 204 };
  });
}
