import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startService, type ServiceProcess } from '../support/service-process.js';

const API = '/api/v1/conversational-workflows';
const redisUrl = inject('redisUrl');

/** Two processes of each service on one PostgreSQL and one Redis, as an operator runs them. */
describe.skipIf(redisUrl === null)('two replicas of each service', () => {
  let database: TestDatabase;
  const apps: ServiceProcess[] = [];
  const conversations: ServiceProcess[] = [];
  let token = '';

  const call = async <T>(origin: string, method: string, path: string, body?: object | string) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(token !== '' && { Authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new TypeError(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  };

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresUrl'));
    const env = {
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      METRICS_ENABLED: 'false',
      DATABASE_URL: database.url,
      DATABASE_POOL_MIN: '0',
      DATABASE_POOL_MAX: '5',
      REDIS_URL: redisUrl ?? '',
      REDIS_KEY_PREFIX: `test-${randomBytes(4).toString('hex')}:`,
      JWT_SECRET: randomBytes(32).toString('hex'),
      ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    };
    for (let replica = 0; replica < 2; replica += 1) {
      const conversation = startService('conversation-service', await freePort(), env);
      conversations.push(conversation);
      apps.push(
        startService('sim-app', await freePort(), {
          ...env,
          CONVERSATION_SERVICE_URL: conversation.origin,
        }),
      );
    }
    await Promise.all([...apps, ...conversations].map((service) => service.ready()));
  });

  afterAll(async () => {
    await Promise.all([...apps, ...conversations].map((service) => service.kill()));
    await database.drop();
  });

  it('share accounts, workflows and sessions', async () => {
    const [appA, appB] = apps.map(({ origin }) => origin) as [string, string];
    const person = { email: 'ada@example.com', password: 'correct-horse-9', name: 'Ada' };
    ({ token } = await call<{ token: string }>(appA, 'POST', '/api/v1/auth/sign-up/email', person));
    const { accessToken } = await call<{ accessToken: string }>(
      appB,
      'POST',
      '/api/v1/auth/token',
      {},
    );
    token = accessToken;

    const document = await readFile(new URL('../../samples/refund.json', import.meta.url), 'utf8');
    const imported = await call<{ workflow: { id: string } }>(
      appB,
      'POST',
      '/api/v1/workflows/import',
      document,
    );
    const opened = await call<{ sessionId: string }>(appA, 'POST', `${API}/sessions`, {
      workflowId: imported.workflow.id,
    });
    const say = (origin: string, text: string) =>
      call<{ state: { executionStatus: string; output?: unknown } }>(
        origin,
        'POST',
        `${API}/sessions/${opened.sessionId}/commands`,
        { naturalLanguageInput: text },
      );
    await say(appB, 'order A-1042, 120 euros');
    await say(appA, 'it arrived broken');
    // The first replica is gone without a word; the second takes the next turn.
    await conversations[0]?.kill();
    const approved = await say(appB, 'yes');
    expect(approved.state.executionStatus).toBe('waiting-for-input');
    const done = await say(appB, 'skip');
    expect(done.state).toMatchObject({
      executionStatus: 'completed',
      output: { data: { order: 'A-1042', decision: 'approved', amount: 120 } },
    });
  });

  it('say that the other service is away, with when to ask again', async () => {
    const response = await fetch(`${apps[0]?.origin ?? ''}${API}/sessions`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  it('end by themselves on SIGTERM', async () => {
    expect(await apps[1]?.stop()).toBe(0);
    expect(await conversations[1]?.stop()).toBe(0);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
