import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { EXPORTED } from '../testing/documents.js';
import { startTestApp, type Person, type TestApp } from '../testing/test-app.js';

const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    seen.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(request.url === '/refuses' ? 500 : 200).end('x'.repeat(100_000));
  });
});

let home: TestDatabase;
let app: TestApp;
let ada: Person;
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks?token=private`;
  home = await createTestDatabase(inject('postgresUrl'));
  app = startTestApp(home.url, { API_BLOCK_ALLOWED_HOSTS: '127.0.0.1' });
});
afterAll(async () => {
  await app.stop();
  receiver.closeAllConnections();
  receiver.close();
  await home.drop();
});
beforeEach(async () => {
  ada = await app.person('Ada');
});

const events = ['completed'];
const create = (body: unknown) => app.call('createWebhook', { token: ada.token, body });
const idOf = async (body: unknown = { url, events }) => String((await create(body)).body.id);
const one = (webhookId: string) => ({ token: ada.token, params: { webhookId } });

describe('webhooks of a workspace', () => {
  it('are configured, listed, changed and deleted; the secret is shown once', async () => {
    const { status, body, headers } = await create({ url, events: ['completed', 'completed'] });
    expect(status).toBe(201);
    const { secret, ...shown } = body;
    expect(headers.location).toBe(`/api/v1/webhooks/${String(shown.id)}`);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shown).toMatchObject({
      url,
      events,
      workflowId: null,
      enabled: true,
      disabledReason: null,
    });
    const listed = await app.call('listWebhooks', { token: ada.token });
    expect(listed.body.items).toEqual([shown]);
    expect(listed.text).not.toContain('whsec_');
    const id = String(shown.id);
    const change = { ...one(id), body: { events: ['failed', 'expired'], enabled: false } };
    const changed = await app.call('changeWebhook', change);
    expect(changed.body).toMatchObject({ url, events: ['failed', 'expired'], enabled: false });
    expect((await app.call('changeWebhook', { ...one(id), body: {} })).body.enabled).toBe(false);
    expect((await app.call('listDeliveries', one(id))).body).toEqual({
      items: [],
      nextCursor: null,
    });
    expect((await app.call('deleteWebhook', one(id))).status).toBe(204);
    expect((await app.call('getWebhook', one(id))).body.code).toBe('webhook_not_found');
    expect((await app.call('getWebhook', one('x'))).body.code).toBe('webhook_not_found');
  });

  it('keep their secret encrypted', async () => {
    const { body } = await create({ url, events });
    const { rows } = await app.context.database.query<{ row: string }>({
      text: 'SELECT row_to_json(w)::text AS row FROM webhooks AS w WHERE id = $1',
      values: [body.id],
    });
    const secret = String(body.secret);
    expect(rows[0]?.row).not.toContain(secret.slice('whsec_'.length));
    expect(await app.context.webhookStore.secret(ada.workspaceId, String(body.id))).toBe(secret);
  });

  it.each<[string, object, string]>([
    ['no URL', { url: 'hooks', events }, 'url'],
    ['another scheme', { url: 'file:///etc/passwd', events }, 'url'],
    ['a password in the URL', { url: 'https://u:p@example.com/', events }, 'url'],
    ['no events', { url: 'https://example.com/', events: [] }, 'events'],
    ['an event that there is not', { url: 'https://example.com/', events: ['x'] }, 'events[0]'],
    [
      'a workflow that is no id',
      { url: 'https://example.com/', events, workflowId: 'x' },
      'workflowId',
    ],
    ['a field that there is not', { url: 'https://example.com/', events, secret: 'x' }, 'secret'],
  ])('are refused with %s', async (_what, body, path) => {
    const { status, body: problem } = await create(body);
    expect([status, problem.code]).toEqual([400, 'invalid_body']);
    const errors = problem.errors as { path: string }[];
    expect(errors.map((error) => error.path)).toContain(path);
  });

  it('are of a workflow of the workspace, and go with it', async () => {
    const imported = await app.call('importWorkflow', { token: ada.token, body: EXPORTED });
    const workflowId = String(imported.body.workflow.id);
    const id = await idOf({ url, events, workflowId });
    const eve = await app.person('Eve');
    const foreign = { token: eve.token, body: { url, events, workflowId } };
    expect((await app.call('createWebhook', foreign)).body.code).toBe('workflow_not_found');
    const unknown = { ...one(id), body: { workflowId: 'wf_none' } };
    expect((await app.call('changeWebhook', unknown)).body.code).toBe('workflow_not_found');
    await app.call('deleteWorkflow', { token: ada.token, params: { workflowId } });
    expect((await app.call('getWebhook', one(id))).status).toBe(404);
  });

  it('are so many and no more, also when they are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 23 }, () => create({ url, events })));
    const statuses = made.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(20);
    expect((await create({ url, events })).body.code).toBe('webhook_limit');
  });

  it('leave a trace of who is told what, and none of their path', async () => {
    const id = await idOf();
    await app.call('testWebhook', one(id));
    await app.call('changeWebhook', { ...one(id), body: { enabled: false } });
    await app.call('deleteWebhook', one(id));
    const { body, text } = await app.call('listAuditLog', {
      token: ada.token,
      query: { limit: 4 },
    });
    const items = body.items as { action: string }[];
    expect(items.map(({ action }) => action)).toEqual([
      'webhook.deleted',
      'webhook.changed',
      'webhook.tested',
      'webhook.created',
    ]);
    expect(text).not.toContain('private');
    expect(text).not.toContain('whsec_');
  });
});

describe('a test of a webhook', () => {
  it('sends a signed message at once', async () => {
    const { body } = await app.call('testWebhook', one(await idOf()));
    expect(body).toMatchObject({ ok: true, responseStatus: 200, error: null });
    const { headers, body: sent } = seen.at(-1)!;
    expect(headers['webhook-signature']).toMatch(/^v1,/);
    expect(JSON.parse(sent)).toMatchObject({ type: 'test' });
  });

  it('tells what the receiver refuses, and what cannot be reached', async () => {
    const refuses = await idOf({ url: new URL('/refuses', url).href, events });
    expect((await app.call('testWebhook', one(refuses))).body).toMatchObject({
      ok: false,
      responseStatus: 500,
    });
    const inside = await idOf({ url: 'http://169.254.169.254/latest', events });
    const { body } = await app.call('testWebhook', one(inside));
    expect(body).toMatchObject({ ok: false, responseStatus: null });
    expect(body.error).toContain('not public');
  });
});
