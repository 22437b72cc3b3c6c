import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPatientClient, GaveUpError, RefusedError, type Traffic } from './client.js';
import { createRandom } from './random.js';

/** What a replica does with its first calls; later ones are answered. */
type Behaviour = (req: IncomingMessage, res: ServerResponse) => void;

const ok: Behaviour = (_, res) => res.end('{"fine": true}');
const problem =
  (status: number, code: string): Behaviour =>
  (_, res) =>
    res.writeHead(status).end(JSON.stringify({ code }));

const servers: Server[] = [];
let seen: { replica: number; key: unknown; path: unknown }[];
let traffic: Traffic;
beforeEach(() => {
  seen = [];
  traffic = { requests: 0, again: {} };
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function clientOf(...replicas: Behaviour[][]) {
  const origins = await Promise.all(
    replicas.map(async (behaviours, replica) => {
      const server = createServer((req, res) => {
        seen.push({ replica, key: req.headers['idempotency-key'], path: req.url });
        (behaviours.shift() ?? ok)(req, res);
      });
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }),
  );
  return createPatientClient({
    origins: origins as [string, ...string[]],
    token: 't',
    random: createRandom('client'),
    traffic,
  });
}

const TURN = { method: 'POST', path: '/sessions/ses_1/commands', body: {}, key: 'k' } as const;
const soon = () => performance.now() + 10_000;

describe('a patient client', () => {
  it('gives the answer', async () => {
    const client = await clientOf([ok]);
    expect(await client.send(TURN, soon())).toEqual({ fine: true });
    expect(seen).toEqual([
      { replica: 0, key: 'k', path: '/api/v1/conversational-workflows/sessions/ses_1/commands' },
    ]);
    await client.close();
  });

  it('sends again with the same key, to the other replica next', async () => {
    const busy = problem(409, 'session_busy');
    const client = await clientOf([busy, busy], [busy, busy]);
    await client.send(TURN, soon());
    expect(seen).toHaveLength(5);
    expect(new Set(seen.map(({ key }) => key))).toEqual(new Set(['k']));
    seen.slice(1).forEach(({ replica }, index) => {
      expect(replica).not.toBe(seen[index]?.replica);
    });
    expect(traffic).toEqual({ requests: 5, again: { '409 session_busy': 4 } });
    await client.close();
  });

  it('outlives replicas that hang up, in mid-answer too, and that are not there', async () => {
    const client = await clientOf(
      [(req) => req.socket.destroy()],
      [(_, res) => res.writeHead(200, { 'content-length': 99 }).write('{', () => res.destroy())],
    );
    const [gone] = servers.splice(0, 1);
    await client.send(TURN, soon());
    await client.send(TURN, soon());
    gone?.closeAllConnections();
    gone?.close();
    await client.send(TURN, soon());
    await client.send(TURN, soon());
    expect(Object.values(traffic.again).reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(2);
    await client.close();
  });

  it.each([
    [503, 'database_unavailable'],
    [500, 'internal'],
    [429, 'rate_limited'],
  ])('waits for %d %s to pass', async (status, code) => {
    const client = await clientOf([problem(status, code)]);
    expect(await client.send(TURN, soon())).toEqual({ fine: true });
    expect(traffic.again).toEqual({ [`${status} ${code}`]: 1 });
    await client.close();
  });

  it('does not repeat what is wrong in itself', async () => {
    const client = await clientOf([problem(422, 'idempotency_key_reused')]);
    const sent = client.send(TURN, soon());
    await expect(sent).rejects.toBeInstanceOf(RefusedError);
    await expect(sent).rejects.toThrow('422 idempotency_key_reused');
    expect(seen).toHaveLength(1);
    await client.close();
  });

  it('gives up in the end, and says what it met last', async () => {
    const client = await clientOf(Array<Behaviour>(1_000).fill(problem(503, 'unavailable')));
    const sent = client.send(TURN, performance.now() + 300);
    await expect(sent).rejects.toBeInstanceOf(GaveUpError);
    await expect(sent).rejects.toThrow('503 unavailable');
    await client.close();
  });
});
