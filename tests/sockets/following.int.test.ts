import { seedPerson, tokenFor } from '@sim/conversation-service/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openGatewayHome, type GatewayHome } from '../support/gateway-home.js';
import { connect, type LiveClient } from '../support/live-client.js';
import { sketch, startWith } from '../support/sketch.js';

let home: GatewayHome;
let workflowId: string;
const clients: LiveClient[] = [];
beforeAll(async () => {
  home = await openGatewayHome();
  workflowId = await home.seed(
    sketch(
      {
        start: startWith({ name: 'city' }, { name: 'amount', type: 'number' }),
        check: {
          type: 'condition',
          name: 'Amount check',
          params: {
            conditions: [
              { id: 'check-if', title: 'if', value: '<start.amount> > 100' },
              { id: 'check-else', title: 'else', value: '' },
            ],
          },
        },
        big: { type: 'function', name: 'Big', params: { code: 'return "big"' } },
        end: { type: 'response', params: { data: '{"city": "<start.city>"}' } },
      },
      [
        'start -> check',
        'check -condition-check-if-> big',
        'check -condition-check-else-> end',
        'big -> end',
      ],
    ),
  );
});
afterEach(() => {
  const faults = clients.flatMap((client) => client.faults);
  for (const client of clients.splice(0)) client.close();
  expect(faults).toEqual([]);
});
afterAll(() => home.stop());

async function live(token = home.ada.token, origin = home.app.origin): Promise<LiveClient> {
  const client = await connect(origin, token);
  clients.push(client);
  return client;
}

async function opened(client: LiveClient): Promise<string> {
  const answer = await client.ask('create-conversational-workflow', { workflowId });
  if (!answer.ok) throw new TypeError(answer.problem.detail);
  return answer.session.sessionId;
}

/** The log as REST has it. */
async function logOf(sessionId: string) {
  const { body } = await home.service.call('listEvents', {
    token: home.ada.token,
    params: { sessionId },
    query: { limit: 200 },
  });
  return body.items;
}

const idsOf = (client: LiveClient) => client.log().map(({ eventId }) => eventId);

describe('following a session', () => {
  it('brings every event of the log once and in order, to its end', async () => {
    const client = await live();
    const sessionId = await opened(client);
    expect(client.all('session-joined')).toMatchObject([{ sessionId, more: false }]);
    await client.ask('execute-command', { sessionId, command: 'Springfield' });
    await client.ask('execute-command', { sessionId, command: '50' });
    await client.next('session-ended');
    const log = await logOf(sessionId);
    expect(client.log()).toHaveLength(log.length);
    expect(
      client.log().map(({ eventId, type, nodeId, durationMs, data, createdAt }) => ({
        sequence: eventId,
        type,
        nodeId,
        durationMs,
        data,
        createdAt,
      })),
    ).toEqual(log);
  });

  it('tells the names of blocks, those that are skipped, and how long they took', async () => {
    const client = await live();
    const sessionId = await opened(client);
    await client.ask('execute-command', {
      sessionId,
      command: { action: 'answer', parameters: { values: { city: 'Springfield', amount: 50 } } },
    });
    const forked = await client.next(
      'execution-event',
      ({ type, nodeId }) => type === 'node-completed' && nodeId === 'check',
    );
    expect(forked).toMatchObject({
      nodeName: 'Amount check',
      durationMs: expect.any(Number),
      skipped: [{ nodeId: 'big', nodeName: 'Big' }],
    });
  });

  it('draws messages, modes and ends from their events, after them', async () => {
    const client = await live();
    const sessionId = await opened(client);
    const switched = await client.ask('switch-workflow-mode', { sessionId, targetMode: 'visual' });
    expect(switched).toMatchObject({ ok: true, commandProcessed: true });
    expect(await client.next('mode-switched')).toMatchObject({ sessionId, mode: 'visual' });
    await client.ask('execute-command', { sessionId, command: 'Springfield' });
    await client.ask('execute-command', { sessionId, command: '500' });
    const ended = await client.next('session-ended');
    expect(ended).toMatchObject({ status: 'completed', output: { data: { city: 'Springfield' } } });
    const said = client.all('agent-message');
    expect(said.length).toBeGreaterThan(1);
    for (const { eventId, text } of said) {
      const index = client.messages.findIndex(
        ({ name, payload }) =>
          name === 'execution-event' && (payload as { eventId: number }).eventId === eventId,
      );
      expect(client.messages[index + 1]?.name).toBe('agent-message');
      expect(client.messages[index]?.payload).toMatchObject({ type: 'agent-said', text });
    }
  });

  it('sends the result of a command after the events that it brought about', async () => {
    const client = await live();
    const sessionId = await opened(client);
    const answer = await client.ask('execute-command', {
      sessionId,
      command: { naturalLanguageInput: 'Springfield' },
      idempotencyKey: 'k-1',
    });
    expect(answer).toMatchObject({ ok: true, sessionId, commandProcessed: true });
    const { result } = await client.next('command-result', (r) => r.idempotencyKey === 'k-1');
    expect(result.state.slots).toEqual({ city: 'Springfield' });
    const names = client.messages.map(({ name }) => name);
    const heard = client.messages.findIndex(
      ({ name, payload }) =>
        name === 'execution-event' && (payload as { type: string }).type === 'slots-filled',
    );
    expect(heard).toBeGreaterThan(0);
    expect(heard).toBeLessThan(names.indexOf('command-result'));
    // The same key again: the same answer, and nothing happens.
    const before = idsOf(client).length;
    await client.ask('execute-command', {
      sessionId,
      command: { naturalLanguageInput: 'Springfield' },
      idempotencyKey: 'k-1',
    });
    expect(client.all('command-result')[1]).toEqual(client.all('command-result')[0]);
    expect(idsOf(client)).toHaveLength(before);
  });

  it('goes on after the last event that came, from the beginning, or only with what is new', async () => {
    const first = await live();
    const sessionId = await opened(first);
    await first.ask('execute-command', { sessionId, command: 'Springfield' });
    const total = (await logOf(sessionId)).length;
    for (const [lastEventId, missed] of [
      [undefined, total],
      [2, total - 3],
      [total - 1, 0],
      [9_000_000, 0],
    ] as const) {
      const client = await live();
      const payload = { sessionId, ...(lastEventId !== undefined && { lastEventId }) };
      expect(await client.ask('join-session', payload)).toEqual({ ok: true, sessionId });
      const [joined] = client.all('session-joined');
      expect(joined?.events).toHaveLength(missed);
      expect(joined?.eventId).toBe(total - 1);
      expect(joined?.state.slots).toEqual({ city: 'Springfield' });
    }
    await first.ask('execute-command', { sessionId, command: '50' });
    const log = await logOf(sessionId);
    for (const [index, from] of [0, 3, total, total].entries()) {
      const client = clients[clients.length - 4 + index];
      await client?.next('session-ended');
      expect(idsOf(client!)).toEqual(log.slice(from).map(({ sequence }) => sequence));
    }
  });

  it('brings what REST and other connections do', async () => {
    const client = await live();
    const other = await live();
    const sessionId = await opened(client);
    await other.ask('join-session', { sessionId });
    await home.service.call('sendCommand', {
      token: home.ada.token,
      params: { sessionId },
      body: { naturalLanguageInput: 'Springfield' },
    });
    await Promise.all(
      [client, other].map((one) =>
        one.next('workflow-state-update', ({ state }) => state.slots['city'] === 'Springfield'),
      ),
    );
    expect(idsOf(other)).toEqual(idsOf(client));
  });

  it('ends with leave-session, and begins again where the client says', async () => {
    const client = await live();
    const sessionId = await opened(client);
    expect(await client.ask('leave-session', { sessionId })).toEqual({
      ok: true,
      left: [sessionId],
    });
    const before = idsOf(client);
    await client.ask('execute-command', { sessionId, command: 'Springfield' });
    await client.next('command-result');
    expect(idsOf(client)).toEqual(before);
    expect(await client.ask('leave-session', { sessionId })).toMatchObject({
      ok: false,
      problem: { status: 409, code: 'not_joined' },
    });
    await client.ask('join-session', { sessionId, lastEventId: before.at(-1) });
    const log = await logOf(sessionId);
    expect(idsOf(client)).toEqual(log.map(({ sequence }) => sequence));
    expect(await client.ask('leave-session')).toEqual({ ok: true, left: [sessionId] });
  });

  it('of a viewer is allowed, and their commands are refused as over REST', async () => {
    const owner = await live();
    const sessionId = await opened(owner);
    const viewer = await live(await tokenFor(home.ada, { role: 'viewer' }));
    expect(await viewer.ask('join-session', { sessionId })).toMatchObject({ ok: true });
    const refused = await viewer.ask('execute-command', { sessionId, command: 'Springfield' });
    expect(refused).toMatchObject({
      ok: false,
      problem: { status: 403, code: 'role_insufficient' },
    });
    expect(await viewer.ask('create-conversational-workflow', { workflowId })).toMatchObject({
      problem: { code: 'role_insufficient' },
    });
    await owner.ask('execute-command', { sessionId, command: 'Springfield' });
    await viewer.next('execution-event', ({ type }) => type === 'slots-filled');
  });

  it('of another workspace is refused as if there were no such session', async () => {
    const owner = await live();
    const sessionId = await opened(owner);
    const eve = await seedPerson(home.database, 'Eve');
    const stranger = await live(eve.token);
    for (const id of [sessionId, 'ses_nowhere']) {
      for (const [name, payload] of [
        ['join-session', { sessionId: id }],
        ['execute-command', { sessionId: id, command: 'Springfield' }],
        ['switch-workflow-mode', { sessionId: id, targetMode: 'visual' }],
      ] as const) {
        expect(await stranger.ask(name, payload)).toMatchObject({
          ok: false,
          problem: { status: 404, code: 'session_not_found' },
        });
      }
    }
    expect(await stranger.ask('create-conversational-workflow', { workflowId })).toMatchObject({
      problem: { status: 404, code: 'workflow_not_found' },
    });
    await owner.ask('execute-command', { sessionId, command: 'Springfield' });
    expect(stranger.messages).toEqual([]);
  });
});

describe('many who follow one session', () => {
  it('cost one reader, and all see the same', async () => {
    const owner = await live();
    const sessionId = await opened(owner);
    const many = await Promise.all(Array.from({ length: 20 }, () => live()));
    await Promise.all(many.map((client) => client.ask('join-session', { sessionId })));
    await owner.ask('execute-command', { sessionId, command: 'Springfield' });
    await owner.ask('execute-command', { sessionId, command: '50' });
    await Promise.all(many.map((client) => client.next('session-ended')));
    const log = (await logOf(sessionId)).map(({ sequence }) => sequence);
    for (const client of many) expect(idsOf(client)).toEqual(log);
  });
});
