import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JWT_SECRET, tokenFor } from '@sim/conversation-service/testing';
import { signAccessToken } from '@sim/service-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openGatewayHome, type GatewayHome } from '../support/gateway-home.js';
import { connect, dial, refusedAt, type LiveClient } from '../support/live-client.js';
import { sketch, startWith } from '../support/sketch.js';

const PATIENCE = { timeout: 25_000, interval: 10 };

let home: GatewayHome;
let workflowId: string;
const clients: LiveClient[] = [];
beforeAll(async () => {
  home = await openGatewayHome();
  workflowId = await home.seed(
    sketch({ start: startWith({ name: 'city' }), end: { type: 'response' } }, ['start -> end']),
  );
});
afterEach(() => {
  const faults = clients.flatMap((client) => client.faults);
  for (const client of clients.splice(0)) client.close();
  expect(faults).toEqual([]);
});
afterAll(() => home.stop());

function keep(client: LiveClient): LiveClient {
  clients.push(client);
  return client;
}
const live = async (token = home.ada.token, origin = home.app.origin) =>
  keep(await connect(origin, token));

describe('a connection', () => {
  const principal = () => ({ ...home.ada, role: 'owner' as const });

  it.each([
    ['no token', () => ({}), 'token_missing'],
    ['a token of another form', () => ({ token: 'nonsense' }), 'token_invalid'],
    ['something that is no text', () => ({ token: { a: 1 } }), 'token_invalid'],
    ['an unknown key', () => ({ apiKey: 'simk_made_up' }), 'api_key_invalid'],
  ])('with %s is refused with a problem', async (_what, auth, code) => {
    expect(await refusedAt(home.app.origin, auth())).toMatchObject({
      status: 401,
      code,
      type: `/docs/errors/${code}`,
      instance: '/socket.io/',
      requestId: expect.stringMatching(/^[\w-]{36}$/),
    });
  });

  it('with a token that has expired, or was signed by somebody else, is refused', async () => {
    const old = await tokenFor(home.ada, { issued: new Date(Date.now() - 3_600_000) });
    expect(await refusedAt(home.app.origin, { token: old })).toMatchObject({
      status: 401,
      code: 'token_expired',
    });
    const forged = await signAccessToken(principal(), {
      secret: `${JWT_SECRET}, nearly`,
      expiresInSeconds: 900,
    });
    expect(await refusedAt(home.app.origin, { token: forged })).toMatchObject({
      code: 'token_invalid',
    });
  });

  it('may bring its token or key in a header', async () => {
    const extraHeaders = { Authorization: `Bearer ${home.ada.token}` };
    const client = keep(dial(home.app.origin, {}, { extraHeaders }));
    await vi.waitFor(() => expect(client.socket.connected).toBe(true), PATIENCE);
    expect(await client.ask('create-conversational-workflow', { workflowId })).toMatchObject({
      ok: true,
    });
  });

  it('ends with its token, and comes back by itself with a new one', async () => {
    // Replicas take a token for half a minute longer than it says.
    const short = () =>
      signAccessToken(principal(), {
        secret: JWT_SECRET,
        expiresInSeconds: 1,
        now: new Date(Date.now() - 30_000),
      });
    const tokens = [await short(), home.ada.token];
    let asked = 0;
    const client = keep(dial(home.app.origin, {}));
    client.socket.auth = (give: (auth: object) => void) => {
      give({ token: tokens[Math.min(asked, 1)] });
      asked += 1;
    };
    client.socket.disconnect().connect();
    const { problem, closing } = await client.next('error');
    expect(problem).toMatchObject({ status: 401, code: 'token_expired' });
    expect(closing).toBe(true);
    await vi.waitFor(() => expect([asked, client.socket.connected]).toEqual([2, true]), PATIENCE);
    expect(await client.ask('create-conversational-workflow', { workflowId })).toMatchObject({
      ok: true,
    });
  });

  it('of an origin that is not trusted is refused, of the own host and the list is not', async () => {
    const app = await home.addApp({ env: { CORS_ORIGINS: 'https://app.example.com' } });
    const from = (origin: string, transports: string[]) => ({
      extraHeaders: { Origin: origin },
      transports,
    });
    for (const transports of [['polling'], ['websocket']]) {
      const elsewhere = from('https://evil.example.com', transports);
      await expect(refusedAt(app.origin, { token: home.ada.token }, elsewhere)).rejects.toThrow();
      for (const origin of [app.origin, 'https://app.example.com']) {
        keep(await connect(app.origin, home.ada.token, from(origin, transports)));
      }
    }
    const url = `${app.origin}/socket.io/?EIO=4&transport=polling`;
    const asked = (origin: string) => fetch(url, { headers: { Origin: origin } });
    const trusted = await asked('https://app.example.com');
    expect(trusted.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    const foreign = await asked('https://evil.example.com');
    expect(foreign.status).toBe(403);
    expect(await foreign.text()).toContain('origin_not_allowed');
  });

  it('over the limit is refused with a problem, and let in when another has left', async () => {
    const app = await home.addApp({ env: { WS_MAX_CONNECTIONS: '2' } });
    const one = await live(home.ada.token, app.origin);
    await live(home.ada.token, app.origin);
    expect(await refusedAt(app.origin, { token: home.ada.token })).toMatchObject({
      status: 503,
      code: 'too_many_connections',
      detail: expect.stringContaining('2 connections'),
    });
    one.close();
    await vi.waitFor(async () => {
      const client = dial(app.origin, { token: home.ada.token }, { reconnection: false });
      clients.push(client);
      await vi.waitFor(() => expect(client.socket.connected).toBe(true), { timeout: 300 });
    }, PATIENCE);
    expect(
      await app.context.metrics.registry.getSingleMetricAsString('websocket_connections'),
    ).toMatch(/websocket_connections\S* 2$/m);
  });

  it('over the limit of the flag is refused, and all are where the flag is off', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sim-flags-'));
    const file = join(folder, 'flags.json');
    const { conversationalWorkflows, nlpProviders } = home.app.context.flags.current();
    const write = (realTimeUpdates: object) =>
      writeFileSync(
        file,
        JSON.stringify({ conversationalWorkflows, nlpProviders, realTimeUpdates }),
      );
    write({ enabled: true, maxConnections: 1 });
    const app = await home.addApp({
      env: { FEATURE_FLAGS_FILE: file },
      limits: { lookEveryMs: 50 },
    });
    const client = await live(home.ada.token, app.origin);
    const auth = { token: home.ada.token };
    expect(await refusedAt(app.origin, auth)).toMatchObject({ code: 'too_many_connections' });
    write({ enabled: false, maxConnections: 1 });
    const { problem } = await client.next('error');
    expect(problem).toMatchObject({ status: 503, code: 'real_time_updates_off' });
    expect(await refusedAt(app.origin, auth)).toMatchObject({ code: 'real_time_updates_off' });
    rmSync(folder, { recursive: true });
  });
});

describe('an event', () => {
  it.each([
    ['join-session', undefined],
    ['join-session', 'ses_1'],
    ['join-session', {}],
    ['join-session', { sessionId: 7 }],
    ['join-session', { sessionId: 'wf_1' }],
    ['join-session', { sessionId: 'ses_1', lastEventId: -1 }],
    ['join-session', { sessionId: 'ses_1', lastEventId: 1.5 }],
    ['join-session', { sessionId: 'ses_1', surplus: true }],
    ['join-session', [{ sessionId: 'ses_1' }]],
    ['leave-session', { session: 'ses_1' }],
    ['execute-command', { sessionId: 'ses_1' }],
    ['execute-command', { sessionId: 'ses_1', command: 7 }],
    ['execute-command', { sessionId: 'ses_1', command: 'x'.repeat(4001) }],
    ['execute-command', { sessionId: 'ses_1', command: { action: 'fly' } }],
    ['execute-command', { sessionId: 'ses_1', command: 'x', idempotencyKey: 'a b' }],
    ['execute-command', { sessionId: 'ses_1', command: Buffer.from('x') }],
    ['create-conversational-workflow', { workflowId: 'ses_1' }],
    ['create-conversational-workflow', { workflowId: 'wf_1', initialInput: 'x' }],
    ['switch-workflow-mode', { sessionId: 'ses_1', targetMode: 'sideways' }],
  ] as const)(
    '%s of the wrong shape (%#) is refused with the place of what is wrong',
    async (name, payload) => {
      const client = await live();
      const answer = await client.ask(name, payload);
      expect(answer).toMatchObject({
        ok: false,
        problem: { status: 400, code: 'invalid_event', instance: `/socket.io/${name}` },
      });
      if (!answer.ok) expect(answer.problem.errors?.length).toBeGreaterThan(0);
      expect(client.socket.connected).toBe(true);
    },
  );

  it('of an unknown name, with too many arguments or nothing to answer to is refused', async () => {
    const client = await live();
    for (const name of ['fly', '__proto__', 'constructor', 'toString', '']) {
      const answer: unknown = await client.socket.timeout(5000).emitWithAck(name, {});
      expect(answer).toMatchObject({ ok: false, problem: { code: 'event_unknown' } });
    }
    const two: unknown = await client.socket.timeout(5000).emitWithAck('leave-session', {}, {});
    expect(two).toMatchObject({ ok: false, problem: { code: 'invalid_event' } });
    client.socket.emit('join-session', { sessionId: 'ses_nowhere' });
    const { problem, event } = await client.next('error');
    expect([problem.code, event]).toEqual(['session_not_found', 'join-session']);
  });

  it('nested a hundred thousand deep is refused, and the server lives', async () => {
    const client = await live();
    const depth = 100_000;
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    // The client's own encoder would give up before the server sees it.
    const text = `["create-conversational-workflow",{"workflowId":"${workflowId}","initialInput":{"a":${deep}}}]`;
    const { engine } = client.socket.io;
    const answered = new Promise((resolve) => {
      engine.on('message', (data) => {
        if (String(data).startsWith('3777')) resolve(String(data));
      });
    });
    engine.write(`2777${text}`);
    expect(await answered).toContain('"code":"too_deep"');
    expect(await (await live()).ask('leave-session')).toEqual({ ok: true, left: [] });
  });

  it('larger than a body may be ends the connection, which comes back', async () => {
    const client = await live();
    const ended = new Promise((resolve) => client.socket.once('disconnect', resolve));
    client.socket.emit('execute-command', { sessionId: 'ses_1', command: 'x'.repeat(1_100_000) });
    await ended;
    await vi.waitFor(() => expect(client.socket.connected).toBe(true), PATIENCE);
  });

  it('in a flood is refused with rate_limited, and the connection goes on afterwards', async () => {
    const app = await home.addApp({ limits: { eventRate: { burst: 10, perSecond: 5 } } });
    const client = await live(home.ada.token, app.origin);
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => client.ask('leave-session')),
    );
    const refused = answers.filter(({ ok }) => !ok);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(10);
    expect(refused.length).toBeGreaterThan(250);
    expect(refused[0]).toMatchObject({
      problem: { status: 429, code: 'rate_limited' },
      retryAfter: 1,
    });
    await vi.waitFor(
      async () => expect(await client.ask('leave-session')).toEqual({ ok: true, left: [] }),
      PATIENCE,
    );
  });

  it('in a flood that does not end closes the connection with a reason', async () => {
    const app = await home.addApp({ limits: { eventRate: { burst: 10, perSecond: 1 } } });
    const client = await live(home.ada.token, app.origin);
    for (let sent = 0; sent < 1200; sent += 1) client.socket.emit('leave-session');
    const { problem } = await client.next('error', ({ closing }) => closing === true);
    expect(problem.code).toMatch(/rate_limited|client_too_slow/);
    const calm = await live(home.ada.token, app.origin);
    expect(await calm.ask('leave-session')).toEqual({ ok: true, left: [] });
  });

  it('beyond the sessions that a connection may follow is refused', async () => {
    const app = await home.addApp({ limits: { maxJoined: 2 } });
    const client = await live(home.ada.token, app.origin);
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const answer = await client.ask('create-conversational-workflow', { workflowId });
      if (answer.ok) ids.push(answer.session.sessionId);
    }
    expect(ids).toHaveLength(3);
    expect(client.all('session-joined')).toHaveLength(2);
    expect(await client.ask('join-session', { sessionId: ids[2] })).toMatchObject({
      problem: { status: 409, code: 'join_limit' },
    });
    await client.ask('leave-session', { sessionId: ids[0] });
    expect(await client.ask('join-session', { sessionId: ids[2] })).toMatchObject({ ok: true });
  });
});

describe('commands', () => {
  it('are limited as over REST, per person', async () => {
    const limited = await openGatewayHome({}, { env: { CONVERSATION_RATE_LIMIT_MAX: '3' } });
    const workflow = await limited.seed(
      sketch({ start: startWith({ name: 'city' }), end: { type: 'response' } }, ['start -> end']),
    );
    const client = keep(await connect(limited.app.origin, limited.ada.token));
    const opened = await client.ask('create-conversational-workflow', { workflowId: workflow });
    const sessionId = opened.ok ? opened.session.sessionId : '';
    const asked: unknown[] = [];
    for (let count = 0; count < 4; count += 1) {
      asked.push(await client.ask('execute-command', { sessionId, command: 'help' }));
    }
    expect(asked.slice(0, 3)).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
    expect(asked[3]).toMatchObject({
      ok: false,
      problem: { status: 429, code: 'rate_limited' },
      retryAfter: expect.any(Number),
    });
    const rest = await limited.service.call('sendCommand', {
      token: limited.ada.token,
      params: { sessionId },
      body: { naturalLanguageInput: 'help' },
    });
    expect(rest.status).toBe(429);
    client.close();
    await limited.stop();
  });

  it('carry the address of the client and the id of the event to the other service', async () => {
    const client = await live();
    const opened = await client.ask('create-conversational-workflow', { workflowId });
    const sessionId = opened.ok ? opened.session.sessionId : '';
    const refused = await client.ask('execute-command', {
      sessionId,
      command: { action: 'answer', parameters: { values: 7 } },
      idempotencyKey: 'same',
    });
    const again = await client.ask('execute-command', {
      sessionId,
      command: 'something else',
      idempotencyKey: 'same',
    });
    expect([refused.ok, again]).toMatchObject([
      true,
      { ok: false, problem: { status: 422, code: 'idempotency_key_reused' } },
    ]);
    const requestId = again.ok ? '' : again.problem.requestId;
    expect(home.app.log.some((line) => line.includes(requestId))).toBe(true);
    expect(home.service.log.some((line) => line.includes(requestId))).toBe(true);
  });

  it('say that the other service is away, and following goes on', async () => {
    const app = await home.addApp({ env: { CONVERSATION_SERVICE_URL: 'http://127.0.0.1:9' } });
    const there = await live();
    const opened = await there.ask('create-conversational-workflow', { workflowId });
    const sessionId = opened.ok ? opened.session.sessionId : '';
    const client = await live(home.ada.token, app.origin);
    expect(await client.ask('join-session', { sessionId })).toMatchObject({ ok: true });
    expect(await client.ask('execute-command', { sessionId, command: 'x' })).toMatchObject({
      ok: false,
      problem: { status: 503, code: 'conversation_service_unavailable' },
      retryAfter: 5,
    });
    await there.ask('execute-command', { sessionId, command: 'Springfield' });
    await client.next('session-ended');
  });
});
