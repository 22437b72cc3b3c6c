import { newWebhookSecret, type WebhookSender } from '@sim/blocks';
import { ROUTES } from '@sim/contracts';
import type { JsonObject } from '@sim/domain';
import {
  MissingReferenceError,
  type DeliveryStore,
  type DeliverySummary,
  type ManagedWebhookStore,
  type StoredWebhook,
} from '@sim/postgres';
import { conflict, newId, notFound } from '@sim/service-kit';
import type { Audit } from '../audit/audit.js';
import { endpoint, type EndpointHost } from '../http/endpoint.js';

/** What the webhooks' endpoints need. */
export interface WebhookPorts {
  readonly webhookStore: ManagedWebhookStore;
  readonly deliveryStore: Pick<DeliveryStore, 'list'>;
  /** Sends the messages of a test; all others are sent by conversation-service. */
  readonly webhookSender: WebhookSender;
  readonly audit: Audit;
  readonly clock: () => Date;
}

/** Of one workspace: a turn that is told of writes a row for each. */
const MAX_WEBHOOKS = 20;

/** Webhooks of a workspace: configured, tried, and what was delivered to them. */
export function webhookRoutes(host: EndpointHost, ports: WebhookPorts): void {
  const { webhookStore, deliveryStore } = ports;
  changingRoutes(host, ports);
  trialRoute(host, ports);

  endpoint(host, ROUTES.listWebhooks, async ({ principal }) => {
    const items = await webhookStore.list(principal.workspaceId);
    return { status: 200, body: { items: items.map(shown) } };
  });

  endpoint(host, ROUTES.getWebhook, async ({ principal, params }) => {
    const webhook = found(await webhookStore.get(principal.workspaceId, params.webhookId));
    return { status: 200, body: shown(webhook) };
  });

  endpoint(host, ROUTES.listDeliveries, async ({ principal, params, query }) => {
    const { id } = found(await webhookStore.get(principal.workspaceId, params.webhookId));
    const page = await deliveryStore.list(id, query.limit, query.cursor);
    return { status: 200, body: { ...page, items: page.items.map(shownDelivery) } };
  });
}

function changingRoutes(host: EndpointHost, { webhookStore, audit, clock }: WebhookPorts): void {
  endpoint(host, ROUTES.createWebhook, async ({ principal, body, req }) => {
    const { workspaceId, userId } = principal;
    const secret = newWebhookSecret();
    const fresh = { ...body, id: newId('whk'), workspaceId, secret, createdBy: userId };
    const webhook = await webhookStore
      .create({ ...fresh, now: clock() }, MAX_WEBHOOKS)
      .catch(refuseWorkflow);
    if (webhook === null) {
      throw conflict(
        'webhook_limit',
        `A workspace has at most ${MAX_WEBHOOKS} webhooks; delete some first.`,
      );
    }
    const target = { type: 'webhook', id: webhook.id } as const;
    await audit.record(req, 'webhook.created', target, facts(webhook));
    const headers = { Location: `/api/v1/webhooks/${webhook.id}` };
    return { status: 201, headers, body: { ...shown(webhook), secret } };
  });

  endpoint(host, ROUTES.changeWebhook, async ({ principal, params, body, req }) => {
    const change = Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== undefined),
    );
    const webhook = found(
      await webhookStore
        .update(principal.workspaceId, params.webhookId, change, clock())
        .catch(refuseWorkflow),
    );
    const target = { type: 'webhook', id: webhook.id } as const;
    await audit.record(req, 'webhook.changed', target, facts(webhook));
    return { status: 200, body: shown(webhook) };
  });

  endpoint(host, ROUTES.deleteWebhook, async ({ principal, params, req }) => {
    const { webhookId } = params;
    if (!(await webhookStore.delete(principal.workspaceId, webhookId))) throw noSuchWebhook();
    await audit.record(req, 'webhook.deleted', { type: 'webhook', id: webhookId });
    return { status: 204 };
  });
}

function trialRoute(
  host: EndpointHost,
  { webhookStore, webhookSender, audit, clock }: WebhookPorts,
): void {
  endpoint(host, ROUTES.testWebhook, async ({ principal, params, req }) => {
    const { workspaceId } = principal;
    const { id, url } = found(await webhookStore.get(workspaceId, params.webhookId));
    const secret = found(await webhookStore.secret(workspaceId, id));
    const abort = new AbortController();
    // Who gave up waits for no answer.
    req.res?.once('close', () => abort.abort());
    const sentAt = clock();
    const startedAt = performance.now();
    const content = { type: 'test', timestamp: sentAt.toISOString(), data: { webhookId: id } };
    const answer = await webhookSender.send(
      { id: newId('msg'), url, secret, content, sentAt },
      abort.signal,
    );
    const durationMs = Math.round(performance.now() - startedAt);
    const { ok, status: responseStatus, error } = answer;
    await audit.record(req, 'webhook.tested', { type: 'webhook', id }, { ok });
    return { status: 200, body: { ok, responseStatus, error, durationMs } };
  });
}

const noSuchWebhook = () =>
  notFound('webhook_not_found', 'There is no such webhook in this workspace.');

function found<T>(thing: T | null): T {
  if (thing === null) throw noSuchWebhook();
  return thing;
}

function refuseWorkflow(error: unknown): never {
  if (!(error instanceof MissingReferenceError)) throw error;
  throw notFound('workflow_not_found', 'There is no such workflow in this workspace.');
}

/** What the audit log tells: who is told what. A path may hold a token, so the host is enough. */
function facts({ url, events, workflowId, enabled }: StoredWebhook): JsonObject {
  return { host: new URL(url).host, events: [...events], workflowId, enabled };
}

function shown(webhook: StoredWebhook) {
  const { id, url, events, workflowId, enabled, disabledReason } = webhook;
  return {
    id,
    url,
    events,
    workflowId,
    enabled,
    disabledReason,
    createdAt: webhook.createdAt.toISOString(),
    updatedAt: webhook.updatedAt.toISOString(),
  };
}

function shownDelivery(delivery: DeliverySummary) {
  return {
    ...delivery,
    createdAt: delivery.createdAt.toISOString(),
    attemptedAt: delivery.attemptedAt?.toISOString() ?? null,
  };
}
