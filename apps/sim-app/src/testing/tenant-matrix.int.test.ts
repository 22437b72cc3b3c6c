import { ROLES, ROUTES, routesOf, type OperationId, type Role } from '@sim/contracts';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { isAtLeast, signAccessToken } from '@sim/service-kit';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CallOptions } from './contract-client.js';
import { EXPORTED } from './documents.js';
import { startRunStub, type RunStub } from './run-stub.js';
import { startTestApp, TEST_ENVIRONMENT, type Person, type TestApp } from './test-app.js';

/** Every endpoint that needs a role. */
const guarded = routesOf('sim-app').filter(
  ([, { access }]) => access !== 'public' && access !== 'session',
);

let home: TestDatabase;
let stub: RunStub;
let app: TestApp;
let owner: Person;
let stranger: Person;
/** Somebody of each role in the owner's workspace. */
const tokens = new Map<Role, string>();

beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  stub = await startRunStub();
  app = startTestApp(home.url, { CONVERSATION_SERVICE_URL: stub.url });
  owner = await app.person('Owner');
  stranger = await app.person('Stranger');
  tokens.set('owner', owner.token);
  await secret('OWNERS_SECRET');
  for (const role of ROLES.slice(1)) tokens.set(role, await tokenOf(role));
});
afterAll(async () => {
  await app.stop();
  await stub.stop();
  await home.drop();
});

async function tokenOf(role: Role): Promise<string> {
  const { workspaceId } = owner;
  const { email, session } = await app.person(role);
  const added = { token: owner.token, params: { workspaceId }, body: { email, role } };
  await app.call('addMember', added);
  const { body } = await app.call('createToken', { token: session, body: { workspaceId } });
  return String(body.accessToken);
}

async function workflow(): Promise<{ workflowId: string }> {
  const { body } = await app.call('importWorkflow', { token: owner.token, body: EXPORTED });
  return { workflowId: String(body.workflow.id) };
}

async function member(): Promise<{ workspaceId: string; userId: string }> {
  const { workspaceId } = owner;
  const { email, userId } = await app.person('Member');
  const added = { token: owner.token, params: { workspaceId }, body: { email, role: 'viewer' } };
  await app.call('addMember', added);
  return { workspaceId, userId };
}

async function apiKey(): Promise<{ workspaceId: string; apiKeyId: string }> {
  const { workspaceId } = owner;
  const made = { token: owner.token, params: { workspaceId }, body: { name: 'key' } };
  const { body } = await app.call('createApiKey', made);
  return { workspaceId, apiKeyId: String(body.apiKey.id) };
}

async function secret(name: string): Promise<{ name: string }> {
  await app.call('putSecret', { token: owner.token, params: { name }, body: { value: 'x' } });
  return { name };
}

let blockTypes = 0;
/** No two tools of a workspace are for the same blocks. */
const TOOL = (blockType: string) => ({
  name: 'Tool',
  blockType,
  adapter: { kind: 'http', url: 'https://example.com/' },
});

async function tool(): Promise<{ toolId: string }> {
  const body = TOOL(`type${(blockTypes += 1)}`);
  const made = await app.call('createTool', { token: owner.token, body });
  return { toolId: String(made.body.id) };
}

let bases = 0;

async function knowledgeBase(): Promise<{ knowledgeBaseId: string }> {
  const body = { name: `Base ${(bases += 1)}` };
  const made = await app.call('createKnowledgeBase', { token: owner.token, body });
  return { knowledgeBaseId: String(made.body.id) };
}

async function knowledgeDocument(): Promise<{ knowledgeBaseId: string; documentId: string }> {
  const params = await knowledgeBase();
  const options = { token: owner.token, params, body: DOCUMENT };
  const made = await app.call('createKnowledgeDocument', options);
  return { ...params, documentId: String(made.body.id) };
}

const DOCUMENT = { name: 'Document', content: 'OWNERS_SECRET text' };

const WEBHOOK = { url: 'https://hooks.example.invalid/', events: ['completed'], enabled: false };

/** One at a time: a workspace has a bounded number of them. */
async function webhook(): Promise<{ webhookId: string }> {
  const { token } = owner;
  const { body: all } = await app.call('listWebhooks', { token });
  for (const { id } of (all.items as { id: string }[]).slice(1)) {
    await app.call('deleteWebhook', { token, params: { webhookId: id } });
  }
  const { body } = await app.call('createWebhook', { token, body: WEBHOOK });
  return { webhookId: String(body.id) };
}

/** A request to each endpoint that would succeed for the owner, on things of the owner's workspace. */
const requests: Partial<Record<OperationId, () => CallOptions | Promise<CallOptions>>> = {
  listWorkspaces: () => ({}),
  createWorkspace: () => ({ body: { name: 'Made in the matrix' } }),
  listMembers: () => ({ params: { workspaceId: owner.workspaceId } }),
  addMember: async () => {
    const { email } = await app.person('Added');
    return { params: { workspaceId: owner.workspaceId }, body: { email, role: 'viewer' } };
  },
  changeMember: async () => ({ params: await member(), body: { role: 'editor' } }),
  removeMember: async () => ({ params: await member() }),
  listApiKeys: () => ({ params: { workspaceId: owner.workspaceId } }),
  createApiKey: () => ({
    params: { workspaceId: owner.workspaceId },
    body: { name: 'key', role: 'viewer' },
  }),
  revokeApiKey: async () => ({ params: await apiKey() }),
  importWorkflow: () => ({ body: EXPORTED }),
  listWorkflows: () => ({}),
  getWorkflow: async () => ({ params: await workflow() }),
  updateWorkflow: async () => ({
    params: await workflow(),
    body: EXPORTED,
    headers: { 'If-Match': '*' },
  }),
  deleteWorkflow: async () => ({ params: await workflow() }),
  runWorkflow: async () => ({ params: await workflow(), body: { input: {} } }),
  listWorkflowVersions: async () => ({ params: await workflow() }),
  exportWorkflow: async () => ({ params: await workflow() }),
  listSecrets: () => ({}),
  putSecret: () => ({ params: { name: 'OTHER_SECRET' }, body: { value: 'y' } }),
  deleteSecret: async () => ({ params: await secret('DELETED_SECRET') }),
  listAuditLog: () => ({}),
  listTools: () => ({}),
  createTool: () => ({ body: TOOL(`made${(blockTypes += 1)}`) }),
  getTool: async () => ({ params: await tool() }),
  replaceTool: async () => ({ params: await tool(), body: TOOL(`kept${(blockTypes += 1)}`) }),
  deleteTool: async () => ({ params: await tool() }),
  testTool: async () => ({ params: await tool(), body: { dryRun: true } }),
  listKnowledgeBases: () => ({}),
  createKnowledgeBase: () => ({ body: { name: `Made ${(bases += 1)}` } }),
  getKnowledgeBase: async () => ({ params: await knowledgeBase() }),
  deleteKnowledgeBase: async () => ({ params: await knowledgeBase() }),
  listKnowledgeDocuments: async () => ({ params: await knowledgeBase() }),
  createKnowledgeDocument: async () => ({ params: await knowledgeBase(), body: DOCUMENT }),
  getKnowledgeDocument: async () => ({ params: await knowledgeDocument() }),
  deleteKnowledgeDocument: async () => ({ params: await knowledgeDocument() }),
  searchKnowledge: async () => {
    const { knowledgeBaseId } = await knowledgeDocument();
    return { params: { knowledgeBaseId }, body: { query: 'text' } };
  },
  listWebhooks: () => ({}),
  createWebhook: () => ({ body: WEBHOOK }),
  getWebhook: async () => ({ params: await webhook() }),
  changeWebhook: async () => ({ params: await webhook(), body: { events: ['failed'] } }),
  deleteWebhook: async () => ({ params: await webhook() }),
  testWebhook: async () => ({ params: await webhook() }),
  listDeliveries: async () => ({ params: await webhook() }),
  getFeatureFlags: () => ({}),
};

async function requestTo(operation: OperationId): Promise<CallOptions> {
  const make = requests[operation];
  if (!make) return expect.fail(`The matrix has no request to ${operation}; add one.`);
  return await make();
}

describe.each(guarded)('%s', (operation, route) => {
  it.each(ROLES)('answers a member who is %s as the contract says', async (role) => {
    const token = tokens.get(role);
    const { status, body } = await app.call(operation, { ...(await requestTo(operation)), token });
    if (isAtLeast(role, route.access as Role)) expect(status).toBeLessThan(400);
    else expect([status, body.code]).toEqual([403, 'role_insufficient']);
  });

  it('answers nobody without a token', async () => {
    const { status, body } = await app.call(operation, await requestTo(operation));
    expect([status, body.code]).toEqual([401, 'token_missing']);
  });

  it('answers an expired token, a forged one and an unknown key alike: not at all', async () => {
    const claims = { userId: owner.userId, workspaceId: owner.workspaceId, role: 'owner' } as const;
    const expired = await signAccessToken(claims, {
      secret: TEST_ENVIRONMENT.JWT_SECRET,
      expiresInSeconds: 60,
      now: new Date(Date.now() - 3_600_000),
    });
    const forged = await signAccessToken(claims, { secret: 'f'.repeat(40), expiresInSeconds: 60 });
    const request = await requestTo(operation);
    expect((await app.call(operation, { ...request, token: expired })).body.code).toBe(
      'token_expired',
    );
    expect((await app.call(operation, { ...request, token: forged })).body.code).toBe(
      'token_invalid',
    );
    expect((await app.call(operation, { ...request, apiKey: 'sim_unknown' })).body.code).toBe(
      'api_key_invalid',
    );
  });

  it('shows the owner of another workspace nothing of this one', async () => {
    const request = await requestTo(operation);
    const response = await app.call(operation, { ...request, token: stranger.token });
    const namesThing = Object.keys(request.params ?? {}).length > 0 && operation !== 'putSecret';
    if (namesThing) expect(response.status).toBe(404);
    else expect(response.text).not.toContain(owner.workspaceId);
    expect(response.text).not.toContain(owner.userId);
    expect(response.text).not.toContain('OWNERS_SECRET');
  });
});

describe('the matrix', () => {
  it('left the things of the owner as they were when strangers asked', async () => {
    const params = await workflow();
    for (const operation of ['updateWorkflow', 'deleteWorkflow'] as const) {
      const options = { ...(await requestTo(operation)), params, token: stranger.token };
      expect((await app.call(operation, options)).body.code).toBe('workflow_not_found');
    }
    const { body } = await app.call('getWorkflow', { params, token: owner.token });
    expect(body.workflow.version).toBe(1);
  });

  it('covers every endpoint that needs a role', () => {
    expect(Object.keys(requests).sort()).toEqual(guarded.map(([id]) => id).sort());
    expect(guarded.length).toBeGreaterThan(20);
    expect(ROUTES.importWorkflow.access).toBe('editor');
  });
});
