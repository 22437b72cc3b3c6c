import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createConnection, type AddressInfo, type Socket as TcpSocket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ServerEvent } from '@sim/contracts';
import { createSessionStore } from '@sim/postgres';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openGatewayHome, type GatewayHome } from '../support/gateway-home.js';
import { connect, dial, type LiveClient } from '../support/live-client.js';
import { sketch, startWith } from '../support/sketch.js';

const PATIENCE = { timeout: 25_000, interval: 10 };

let home: GatewayHome;
let workflowId: string;
const clients: LiveClient[] = [];
beforeAll(async () => {
  home = await openGatewayHome({ limits: { lookEveryMs: 100 } });
  workflowId = await home.seed(
    sketch({ start: startWith({ name: 'city' }), end: { type: 'response' } }, ['start -> end']),
  );
});
afterEach(() => {
  const faults = clients.flatMap((client) => client.faults);
  for (const client of clients.splice(0)) client.close();
  expect(faults).toEqual([]);
});
afterAll(async () => {
  // Their logs were written by hand: there is nothing to verify.
  await home.database.query({
    text: 'DELETE FROM conversational_workflow_sessions WHERE session_id = ANY($1)',
    values: [[...lengthened]],
  });
  await home.stop();
});

async function live(origin = home.app.origin, options = {}): Promise<LiveClient> {
  const client = await connect(origin, home.ada.token, options);
  clients.push(client);
  return client;
}

async function openSession(): Promise<string> {
  const { body } = await home.service.call('openSession', {
    token: home.ada.token,
    body: { workflowId },
  });
  return body.sessionId;
}

/** Heap and buffers that are in use: what one collection finds unused, the next one frees. */
async function usedMegabytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times += 1) {
    collect();
    await new Promise(setImmediate);
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

const say = (sessionId: string, naturalLanguageInput: string) =>
  home.service.call('sendCommand', {
    token: home.ada.token,
    params: { sessionId },
    body: { naturalLanguageInput },
  });

const idsOf = (client: LiveClient) => client.log().map(({ eventId }) => eventId);
const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);

const lengthened = new Set<string>();

/** Writes events to the log that no conversation is long enough for. */
async function lengthen(sessionId: string, count: number, text: string): Promise<number> {
  lengthened.add(sessionId);
  const sessions = createSessionStore(home.database);
  const loaded = await sessions.load({ sessionId, workspaceId: null });
  if (!loaded) throw new TypeError('There is no such session.');
  const { record } = loaded;
  const first = record.state.sequence;
  const now = new Date();
  const events = Array.from({ length: count }, (_, index) => ({
    sequence: first + index,
    event: { type: 'user-said' as const, text, intent: 'provide-value', confidence: 1 },
    nodeId: null,
    durationMs: null,
    createdAt: now,
  }));
  const written = await sessions.commit({
    sessionId: record.sessionId,
    expectedVersion: record.version,
    owner: 'test',
    leaseUntil: null,
    state: { ...record.state, sequence: first + count },
    currentNodeId: null,
    currentStateId: null,
    events,
    turns: [],
    runsStarted: [],
    runsFinished: [],
    timersStarted: [],
    timersCancelled: [],
    expiresAt: record.expiresAt,
    now,
  });
  if (!written) throw new TypeError('Somebody else wrote the session.');
  return first + count;
}

const tell = (sessionId: string, message: object) =>
  home.bus.publish(`session:${sessionId}`, JSON.stringify(message));

describe('events', () => {
  it.each([['polling'], ['websocket']])('come over %s alone', async (transport) => {
    const client = await live(home.app.origin, { transports: [transport] });
    const opened = await client.ask('create-conversational-workflow', { workflowId });
    const sessionId = opened.ok ? opened.session.sessionId : '';
    await client.ask('execute-command', { sessionId, command: 'Springfield' });
    await client.next('session-ended');
    expect(client.socket.io.engine.transport.name).toBe(transport);
    expect(idsOf(client)).toEqual(idsOf(client).map((_, index) => index));
  });

  it('come though the bus says nothing of them: the sessions are looked at', async () => {
    const client = await live();
    const sessionId = await openSession();
    await client.ask('join-session', { sessionId });
    const end = await lengthen(sessionId, 3, 'unannounced');
    await client.next('execution-event', ({ eventId }) => eventId === end - 1);
    expect(idsOf(client)).toEqual(upTo(end));
  });

  it('come once, whatever the bus says and how often', async () => {
    const client = await live();
    const sessionId = await openSession();
    await client.ask('join-session', { sessionId });
    const end = await lengthen(sessionId, 500, 'many');
    for (let times = 0; times < 20; times += 1) await tell(sessionId, { sequence: times });
    await home.bus.publish(`session:${sessionId}`, 'no JSON at all');
    await client.next('execution-event', ({ eventId }) => eventId === end - 1);
    expect(idsOf(client)).toEqual(upTo(end));
  });

  it('that were missed and are too many for one message follow in order, among those that come', async () => {
    const sessionId = await openSession();
    await lengthen(sessionId, 900, 'before');
    const client = await live();
    const joining = client.ask('join-session', { sessionId, lastEventId: 9 });
    let end = 0;
    for (let round = 0; round < 10; round += 1) {
      end = await lengthen(sessionId, 7, 'meanwhile');
      await tell(sessionId, { sequence: end });
    }
    expect(await joining).toMatchObject({ ok: true });
    const [joined] = client.all('session-joined');
    expect(joined?.more).toBe(true);
    expect(joined?.events.length).toBeLessThanOrEqual(200);
    await client.next('execution-event', ({ eventId }) => eventId === end - 1);
    await client.next('workflow-state-update', ({ eventId }) => eventId === end - 1);
    expect(idsOf(client)).toEqual(upTo(end).slice(10));
  });

  it('of many joined and left at once are neither lost nor doubled', async () => {
    const sessionId = await openSession();
    const client = await live();
    let end = 0;
    const writing = (async () => {
      for (let round = 0; round < 30; round += 1) {
        end = await lengthen(sessionId, 5, 'flowing');
        await tell(sessionId, { sequence: end });
      }
    })();
    for (let round = 0; round < 20; round += 1) {
      const last = client.log().at(-1)?.eventId;
      await client.ask('join-session', {
        sessionId,
        ...(last !== undefined && { lastEventId: last }),
      });
      await client.ask('leave-session', { sessionId });
    }
    await writing;
    const last = client.log().at(-1)?.eventId ?? 0;
    await client.ask('join-session', { sessionId, lastEventId: last });
    await vi.waitFor(() => expect(idsOf(client).at(-1)).toBe(end - 1), PATIENCE);
    expect(idsOf(client)).toEqual(upTo(end));
  });

  it('of a session that is deleted end, and the client is told', async () => {
    const client = await live();
    const sessionId = await openSession();
    await client.ask('join-session', { sessionId });
    await home.database.query({
      text: 'DELETE FROM conversational_workflow_sessions WHERE session_id = $1',
      values: [sessionId],
    });
    const { problem } = await client.next('error');
    expect(problem).toMatchObject({ status: 404, code: 'session_not_found' });
    expect(await client.ask('leave-session')).toEqual({ ok: true, left: [] });
  });

  it('of a database that is away for a moment come afterwards', async () => {
    const client = await live();
    const sessionId = await openSession();
    await client.ask('join-session', { sessionId });
    const events = home.app.context.sessions.load;
    let failures = 0;
    Object.assign(home.app.context.sessions, {
      load: () => {
        failures += 1;
        return Promise.reject(new TypeError('the database is away'));
      },
    });
    await say(sessionId, 'Springfield');
    await vi.waitFor(() => expect(failures).toBeGreaterThan(1), PATIENCE);
    expect(client.all('session-ended')).toEqual([]);
    Object.assign(home.app.context.sessions, { load: events });
    await client.next('session-ended');
    expect(idsOf(client)).toEqual(upTo(idsOf(client).length));
  });
});

describe('streamed text', () => {
  it('comes as it is said, to those who follow, and never stands in the log', async () => {
    const [client, other] = [await live(), await live()];
    const sessionId = await openSession();
    await client.ask('join-session', { sessionId });
    const piece = { runId: 'run_1', stateId: 'st_agent', nodeId: 'agent' };
    for (const [index, text] of ['Hel', 'lo', '!'].entries()) {
      await tell(sessionId, { delta: { ...piece, index, text } });
    }
    await client.next('agent-message-delta', ({ index }) => index === 2);
    expect(client.all('agent-message-delta')).toEqual(
      ['Hel', 'lo', '!'].map((text, index) => ({ sessionId, ...piece, index, text })),
    );
    await tell(sessionId, { delta: { text: 'of the wrong shape' } });
    await say(sessionId, 'Springfield');
    await client.next('session-ended');
    expect(client.all('agent-message-delta')).toHaveLength(3);
    expect(other.messages).toEqual([]);
  });
});

describe('a client that does not read', () => {
  /** Opens a WebSocket by hand, so that nothing is read from it. */
  async function deafClient(sessionId: string): Promise<TcpSocket> {
    const { hostname, port } = new URL(home.app.origin);
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.write(
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n' +
        `Host: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await once(socket, 'data');
    socket.write(frame(`40${JSON.stringify({ token: home.ada.token })}`));
    await once(socket, 'data');
    socket.write(frame(`42${JSON.stringify(['join-session', { sessionId }])}`));
    await once(socket, 'data');
    socket.pause();
    return socket;
  }

  /** A text frame of a client, masked with nothing. */
  function frame(text: string): Buffer {
    const data = Buffer.from(text);
    const head = Buffer.from([0x81, 0x80 | 126, data.length >> 8, data.length & 0xff, 0, 0, 0, 0]);
    return Buffer.concat([head, data]);
  }

  const idIn = (part: string): number[] => {
    const found = /^\{"sessionId":"\w+","eventId":(\d+),/.exec(part)?.[1];
    return found === undefined ? [] : [Number(found)];
  };

  it('holds nobody else up, and costs no memory that grows', async () => {
    const sessionId = await openSession();
    const deaf = await deafClient(sessionId);
    // Remembers ids alone, so that the memory measured here is the server's.
    const seen: number[] = [];
    const socket = io(home.app.origin, { auth: { token: home.ada.token }, forceNew: true });
    socket.on('session-joined', ({ events }: ServerEvent<'session-joined'>) =>
      seen.push(...events.map(({ eventId }) => eventId)),
    );
    socket.on('execution-event', ({ eventId }: { eventId: number }) => seen.push(eventId));
    await socket.emitWithAck('join-session', { sessionId });
    const text = 'x'.repeat(20_000);
    let end = 0;
    const write = async (rounds: number) => {
      for (let round = 0; round < rounds; round += 1) {
        end = await lengthen(sessionId, 100, text);
        await tell(sessionId, { sequence: end });
        await vi.waitFor(() => expect(seen.at(-1)).toBe(end - 1), PATIENCE);
      }
    };
    // The deaf client takes what its connection holds, and everything that is used is loaded.
    await write(10);
    const before = await usedMegabytes();
    // 60 MB.
    await write(30);
    expect(seen).toEqual(upTo(end));
    expect((await usedMegabytes()) - before).toBeLessThan(25);
    socket.disconnect();
    // It was given what fits, and is still connected: it goes on where it is once it reads.
    expect(deaf.destroyed).toBe(false);
    const ids: number[] = [];
    let rest = '';
    deaf.on('data', (chunk: Buffer) => {
      const parts = `${rest}${chunk.toString('latin1')}`.split('"execution-event",');
      rest = parts.pop() ?? '';
      // What is no whole event yet waits; the first part is of what came before.
      for (const part of parts) ids.push(...idIn(part));
    });
    deaf.resume();
    await vi.waitFor(() => expect(Math.max(...ids, ...idIn(rest))).toBe(end - 1), PATIENCE);
    expect([...ids, ...idIn(rest)]).toEqual(upTo(end).slice(end - ids.length - 1));
    deaf.destroy();
  }, 60_000);

  it('and asks all the time is cut off', async () => {
    const sessionId = await openSession();
    const deaf = await deafClient(sessionId);
    deaf.on('error', () => undefined);
    const closed = new Promise((resolve) => deaf.once('close', resolve));
    const event = frame(`421${JSON.stringify(['join-session', { sessionId: 'ses_nowhere' }])}`);
    const flood = setInterval(() => {
      for (let count = 0; count < 500 && !deaf.destroyed; count += 1) deaf.write(event);
    }, 5);
    try {
      await closed;
    } finally {
      clearInterval(flood);
    }
    const client = await live();
    expect(await client.ask('join-session', { sessionId })).toMatchObject({ ok: true });
  });
});

describe('a replica that stops', () => {
  it('lets the command under way finish, and its clients come back without losing anything', async () => {
    const shop = createServer((_req, res) => {
      res.setHeader('content-type', 'application/json');
      orders.push(res);
    });
    const orders: ServerResponse[] = [];
    shop.listen(0, '127.0.0.1');
    await once(shop, 'listening');
    const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/`;
    const ordering = await home.seed(
      sketch(
        {
          start: startWith({ name: 'city' }),
          shop: { type: 'api', params: { url, method: 'POST' } },
          end: { type: 'response' },
        },
        ['start -> shop', 'shop -> end'],
      ),
    );
    const leaving = await home.addApp();
    const client = dial(leaving.origin, { token: home.ada.token }, { reconnectionDelay: 20 });
    clients.push(client);
    const opened = await client.ask('create-conversational-workflow', { workflowId: ordering });
    const sessionId = opened.ok ? opened.session.sessionId : '';
    await client.ask('execute-command', { sessionId, command: 'Springfield' });
    const answer = client.ask('execute-command', { sessionId, command: { action: 'confirm' } });
    await vi.waitFor(() => expect(orders).toHaveLength(1), PATIENCE);
    const stopped = leaving.stop();
    await vi.waitFor(
      async () =>
        expect(await client.ask('leave-session')).toMatchObject({
          ok: false,
          problem: { code: 'shutting_down' },
        }),
      PATIENCE,
    );
    orders[0]?.end('{}');
    expect(await answer).toMatchObject({ ok: true, commandProcessed: true });
    const { problem, closing, retryAfter } = await client.next('error');
    expect({ code: problem.code, closing, retryAfter }).toEqual({
      code: 'shutting_down',
      closing: true,
      retryAfter: 1,
    });
    await stopped;
    shop.close();
    // It tries again by itself, as after any cut.
    expect(client.socket.active).toBe(true);
    const elsewhere = await live();
    await elsewhere.ask('join-session', { sessionId, lastEventId: idsOf(client).at(-1) });
    const ids = [...idsOf(client), ...idsOf(elsewhere)];
    expect(ids).toEqual(upTo(ids.length));
  });

  it('cuts off those who do not read', async () => {
    const leaving = await home.addApp();
    const { hostname, port } = new URL(leaving.origin);
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.write(
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n' +
        `Host: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await once(socket, 'data');
    socket.pause();
    await leaving.stop();
    socket.destroy();
  });
});
