import { CONVERSATION_ROUTES, type RouteSpec } from '@sim/contracts';
import {
  JWT_SECRET,
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTestService,
  tokenFor,
  type CallOptions,
  type Operation,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { ROLES, signAccessToken } from '@sim/service-kit';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';

const DOCUMENT = sketch(
  {
    start: startWith({ name: 'order' }),
    end: { type: 'response', params: { data: '{"order": "<start.order>"}' } },
  },
  ['start -> end'],
);

/** A body that every route with one takes. */
const BODIES: Partial<Record<Operation, (workflowId: string) => object>> = {
  previewWorkflow: () => ({ workflow: DOCUMENT }),
  openSession: (workflowId) => ({ workflowId }),
  migrateSessions: () => ({ dryRun: true }),
  runWorkflowDirectly: () => ({ input: { order: 'A-1' } }),
  sendCommand: () => ({ naturalLanguageInput: 'status' }),
  performAction: () => ({ action: 'status' }),
  analyzeUtterance: () => ({ input: 'cancel that' }),
  warmCache: (workflowId) => ({ workflowIds: [workflowId] }),
};

const routes = Object.entries(CONVERSATION_ROUTES) as [Operation, RouteSpec][];
const guarded = routes.filter(([, { access }]) => access !== 'public');
/** Those that name a thing of a workspace, in the path or in the body. */
const owned = guarded.filter(
  ([operation, { request }]) =>
    request.params !== undefined || operation === 'openSession' || operation === 'warmCache',
);
const writes = guarded.filter(([, { access }]) => access === 'editor');

let home: TestDatabase;
let service: TestService;
let ada: Person;
let eve: Person;
let workflowId: string;
let sessionId: string;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  const database = home.open();
  service = await startTestService(home.url, { upkeep: false });
  [ada, eve] = [await seedPerson(database, 'Ada'), await seedPerson(database, 'Eve')];
  workflowId = await seedWorkflow(database, ada, DOCUMENT);
  ({ sessionId } = await openDialogue(service.call, ada, workflowId));
});
afterAll(async () => {
  await service.stop();
  await verifySessions(home.open());
  await home.drop();
});

const call = (operation: Operation, more: CallOptions) => {
  const body = BODIES[operation]?.(workflowId);
  return service.call(operation, {
    params: { workflowId, sessionId },
    ...(body && { body }),
    ...more,
  });
};

/** Deleting comes last: what is deleted is no example any more. */
const inOrder = (some: typeof routes) =>
  some.map(([operation]) => operation).sort((a) => (a === 'endSession' ? 1 : -1));

describe('somebody of another workspace', () => {
  it.each(inOrder(owned))('does not find what %s is about', async (operation) => {
    const { status, problem } = await call(operation, { token: eve.token });
    expect(status).toBe(404);
    expect(problem?.code).toMatch(/^(workflow|session)_not_found$/);
    // Nothing tells it from what is nowhere.
    const nowhere = { workflowId: 'wf_nowhere', sessionId: 'ses_nowhere' };
    const body = BODIES[operation]?.('wf_nowhere');
    const missing = await call(operation, {
      token: eve.token,
      params: nowhere,
      ...(body && { body }),
    });
    expect(missing.problem?.code).toBe(problem?.code);
    const shape = (detail = '') => detail.replace(/(wf|ses)_\w+/, '*');
    expect(shape(missing.problem?.detail)).toBe(shape(problem?.detail));
  });

  it('sees an empty list', async () => {
    const { body } = await service.call('listSessions', { token: eve.token });
    expect(body).toEqual({ items: [], nextCursor: null });
    const own = await service.call('listSessions', { token: ada.token });
    expect(own.body.items.map((item) => item.sessionId)).toEqual([sessionId]);
  });
});

describe('roles', () => {
  it.each(inOrder(writes))('a viewer may not %s', async (operation) => {
    const token = await tokenFor(ada, { role: 'viewer' });
    const { status, problem } = await call(operation, { token });
    expect([status, problem?.code]).toEqual([403, 'role_insufficient']);
  });

  it('a viewer is told so before anything else is looked at', async () => {
    const token = await tokenFor(ada, { role: 'viewer' });
    const { status } = await service.call('sendCommand', {
      token,
      params: { sessionId: 'ses_nowhere' },
      body: '{',
    });
    expect(status).toBe(403);
  });

  it.each(ROLES)('%s may do what the contract says', async (role) => {
    const token = await tokenFor(ada, { role });
    for (const operation of inOrder(guarded).filter((name) => name !== 'endSession')) {
      const { access } = CONVERSATION_ROUTES[operation] as RouteSpec;
      const { status } = await call(operation, { token });
      const allowed = access === 'viewer' || role !== 'viewer';
      expect([operation, status < 300], role).toEqual([operation, allowed]);
    }
  });
});

describe('tokens', () => {
  it.each(inOrder(guarded))('%s wants one', async (operation) => {
    const none = await call(operation, {});
    expect([none.status, none.problem?.code]).toEqual([401, 'token_missing']);
    expect(none.headers.get('www-authenticate')).toContain('Bearer');
    const expired = await tokenFor(ada, { issued: new Date(Date.now() - 3_600_000) });
    expect((await call(operation, { token: expired })).problem?.code).toBe('token_expired');
    expect((await call(operation, { token: 'garbled' })).problem?.code).toBe('token_invalid');
  });

  it.each([
    ['signed with another secret', () => forged('another secret that is long enough too')],
    ['without a signature', () => unsigned()],
    ['cut off', () => Promise.resolve(ada.token.slice(0, -4))],
    ['with a part changed', () => Promise.resolve(swapPayload(ada.token))],
    ['of one character', () => Promise.resolve('x')],
    ['very long', () => Promise.resolve('x'.repeat(8_000))],
  ])('%s is refused', async (_name, make) => {
    const { status, problem } = await call('listSessions', { token: await make() });
    expect([status, problem?.code]).toEqual([401, 'token_invalid']);
  });

  it('is asked for before the database is', async () => {
    const asked: string[] = [];
    const forget = service.context.database.onQuery((text) => asked.push(text));
    await call('getSessionState', { token: 'garbled' });
    await call('sendCommand', {});
    forget();
    expect(asked).toEqual([]);
  });

  it('of an account that is gone opens nothing', async () => {
    const gone = await tokenFor({ userId: 'usr_gone', workspaceId: ada.workspaceId });
    const { status, problem } = await call('openSession', { token: gone });
    expect([status, problem?.code]).toEqual([401, 'token_invalid']);
  });
});

describe('API keys', () => {
  it('cannot be checked while sim-app is away, which is said', async () => {
    const { status, problem, headers } = await call('listSessions', {
      headers: { 'x-api-key': 'sk_some' },
    });
    expect([status, problem?.code]).toEqual([503, 'unavailable']);
    expect(headers.get('retry-after')).toBe('5');
    expect(problem?.detail).not.toContain('fetch');
  });
});

const forged = (secret: string): Promise<string> =>
  signAccessToken(
    { userId: ada.userId, workspaceId: ada.workspaceId, role: 'owner' },
    { secret, expiresInSeconds: 900 },
  );

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The algorithm "none", which a careless library takes. */
async function unsigned(): Promise<string> {
  const [, payload = ''] = (await forged(JWT_SECRET)).split('.');
  return `${encoded({ alg: 'none', typ: 'JWT' })}.${payload}.`;
}

function swapPayload(token: string): string {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return [head, encoded({ ...claims, wid: 'ws_other' }), signature].join('.');
}
