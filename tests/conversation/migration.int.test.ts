import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  listenToEvents,
  openDialogue,
  seedWorkflow,
  startTestService,
  type BodyOf,
  type Dialogue,
} from '@sim/conversation-service/testing';
import type { JsonObject } from '@sim/domain';
import { createWorkflowStore } from '@sim/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { sketch, startWith, type Sketched } from '../support/sketch.js';

type Report = BodyOf<'migrateSessions'>;

let home: ServiceHome;
let shop: Server;
/** Requests that the shop has not answered yet. */
const held: ServerResponse[] = [];
let shopUrl: string;
let workflowId: string;
beforeAll(async () => {
  home = await openServiceHome({ upkeep: false });
  shop = createServer((_req, res) => held.push(res));
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await home.stop();
  shop.closeAllConnections();
  shop.close();
});

const CITY = { name: 'city' };
const end: Sketched = { type: 'response', params: { data: '{"city": "<start.city>"}' } };
/** Asks for a city and a count, asks the shop, and ends. */
const first = () =>
  sketch(
    {
      start: startWith(CITY, { name: 'count', type: 'number' }),
      ask: { type: 'api', name: 'Ask the shop', params: { url: `${shopUrl}/`, method: 'GET' } },
      end,
    },
    ['start -> ask', 'ask -> end'],
  );
/** The same without the shop, and with another description of the count. */
const second = () =>
  sketch(
    {
      start: startWith(CITY, { name: 'count', type: 'number', description: 'how many' }),
      end: { type: 'response', params: { data: '{"second": "<start.city>"}' } },
    },
    ['start -> end'],
  );

beforeEach(async () => {
  workflowId = await seedWorkflow(home.database, home.ada, first());
});

const open = (body?: JsonObject) => openDialogue(home.service.call, home.ada, workflowId, body);

/** Stores the next version of the workflow. */
const change = (document: unknown) =>
  createWorkflowStore(home.database).update({
    workspaceId: home.ada.workspaceId,
    workflowId,
    expectedVersion: null,
    content: {
      bytes: new TextEncoder().encode(JSON.stringify(document)),
      contentType: 'application/json',
      document: null,
      sourceId: null,
    },
    changedBy: home.ada.userId,
    now: new Date(),
  });

const tryMigrating = (body?: object) =>
  home.service.call('migrateSessions', {
    token: home.ada.token,
    params: { workflowId },
    ...(body && { body }),
  });
const migrate = async (body?: object): Promise<Report> => (await tryMigrating(body)).body;

const eventsOf = async ({ sessionId }: Dialogue) =>
  (
    await home.service.call('listEvents', {
      token: home.ada.token,
      params: { sessionId },
      query: { limit: 200 },
    })
  ).body.items;

describe('a new version of a workflow', () => {
  it('leaves the sessions under way on theirs, and is taken by new ones', async () => {
    const before = await open();
    await before.says('Paris');
    await change(second());
    const after = await open();
    const [old, young] = [await before.state(), await after.state()];
    expect(young.journeyVersion).not.toBe(old.journeyVersion);
    expect(old.slots).toEqual({ city: 'Paris' });
    await after.does('answer', { values: { city: 'Rome', count: 1 } });
    expect((await after.state()).output).toMatchObject({ data: { second: 'Rome' } });
    expect((await before.state()).journeyVersion).toBe(old.journeyVersion);
  });

  it('is gone on with by a session that is moved, which is told so', async () => {
    const session = await open();
    await session.says('Paris');
    const { sessionId } = session;
    const before = await session.state();
    const stream = await listenToEvents(home.service.url, home.ada.token, sessionId);
    await change(second());
    const report = await migrate();
    expect(report).toMatchObject({ dryRun: false, notMoved: [], nextCursor: null });
    expect(report.counts).toEqual({ examined: 1, moved: 1, notMoved: 0 });
    expect(report.moved).toEqual([
      {
        sessionId,
        from: before.journeyVersion,
        to: report.journeyVersion,
        currentNodeId: 'start',
        currentStateId: 'st_start',
        putAnew: true,
      },
    ]);
    // Who listens hears of it without a turn.
    const heard = await stream.until(({ event }) => event === 'journey-changed');
    expect(heard.at(-1)?.data.data['to']).toEqual({
      journeyId: report.journeyId,
      journeyVersion: report.journeyVersion,
    });
    await stream.close();
    const turns = await home.service.call('listTurns', {
      token: home.ada.token,
      params: { sessionId },
    });
    expect(turns.body.items.at(-1)).toMatchObject({
      speaker: 'agent',
      content:
        '"Sketch" has changed in the meantime. We go on with its new version where we were.\n' +
        'What is the count? (how many)',
    });
    const moved = await session.state();
    expect(moved).toMatchObject({
      journeyVersion: report.journeyVersion,
      journeyId: report.journeyId,
      slots: { city: 'Paris' },
      expiresAt: before.expiresAt,
    });
    await session.does('answer', { value: 2 });
    expect((await session.state()).output).toMatchObject({ data: { second: 'Paris' } });
  });

  it('is known by every replica that the session goes on at', async () => {
    const other = await startTestService(home.url, { upkeep: false });
    try {
      const session = await open();
      // Both have the old version at hand.
      await session.at(other.call).says('Paris');
      await change(second());
      await migrate();
      const { state } = await session.at(other.call).does('answer', { value: 2 });
      expect(state.output).toMatchObject({ data: { second: 'Paris' } });
    } finally {
      await other.stop();
    }
  });

  it('can be left again for an earlier one', async () => {
    const session = await open();
    const { journeyVersion } = await session.state();
    await change(second());
    await migrate();
    const back = await migrate({ toVersion: journeyVersion });
    expect(back.journeyVersion).toBe(journeyVersion);
    expect(back.counts.moved).toBe(1);
    expect((await session.state()).journeyVersion).toBe(journeyVersion);
    expect(await migrate({ toVersion: journeyVersion })).toMatchObject({ counts: { examined: 0 } });
  });
});

describe('a dry run', () => {
  it('says what would come of it, and writes nothing', async () => {
    const session = await open();
    await session.says('Paris');
    await change(second());
    const before = await eventsOf(session);
    const { moved, ...dry } = await migrate({ dryRun: true });
    expect(dry).toMatchObject({ dryRun: true, counts: { moved: 1 } });
    expect(await eventsOf(session)).toEqual(before);
    expect((await session.state()).journeyVersion).toBe(moved[0]?.from);
    const real = await migrate();
    expect(real.moved).toEqual(moved);
  });
});

describe('a session that cannot be moved', () => {
  it('stays, with the reason, the block that is in the way, and what can be done', async () => {
    const session = await open();
    await session.says('Paris');
    const { journeyVersion } = await session.state();
    const check: Sketched = { type: 'function', name: 'Check it', params: { code: 'return 1;' } };
    await change(
      sketch({ start: startWith(CITY), check, end }, ['start -> check', 'check -> end']),
    );
    expect((await migrate()).notMoved).toEqual([
      {
        sessionId: session.sessionId,
        from: journeyVersion,
        code: 'nothing_to_ask',
        reason: '"start" does not ask what is asked now.',
        hint: 'Answer the question, and move the session then.',
        blockId: 'start',
        blockName: 'start',
      },
    ]);
    await session.does('cancel', { confirmed: true });
  });

  it('is busy while its block is at work, and is moved when that is done', async () => {
    const session = await open();
    await session.does('answer', { values: { city: 'Paris', count: 1 } });
    await session.reaches((state) => state.executionStatus === 'running');
    while (held.length === 0) await once(shop, 'request');
    const third = first();
    await change({
      ...third,
      state: {
        ...(third['state'] as JsonObject),
        variables: { v: { id: 'v', name: 'more', type: 'plain', value: 1 } },
      },
    });
    const busy = await migrate();
    expect(busy.notMoved).toMatchObject([{ sessionId: session.sessionId, code: 'session_busy' }]);
    held.shift()?.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    await session.reaches('completed');
    expect((await migrate({ sessionIds: [session.sessionId] })).notMoved).toMatchObject([
      { code: 'session_ended' },
    ]);
  });

  it('is told of one by one where sessions are named', async () => {
    const [ended, there, foreign] = [await open(), await open(), await open()];
    await ended.does('cancel', { confirmed: true });
    await change(second());
    await migrate({ sessionIds: [there.sessionId] });
    const elsewhere = await openDialogue(
      home.service.call,
      home.ada,
      await seedWorkflow(home.database, home.ada, second()),
    );
    const sessionIds = [ended, there, elsewhere].map(({ sessionId }) => sessionId);
    const report = await migrate({ sessionIds: [...sessionIds, 'ses_nowhere'] });
    const codes = Object.fromEntries(
      report.notMoved.map(({ sessionId, code }) => [sessionId, code]),
    );
    expect(codes).toEqual({
      [ended.sessionId]: 'session_ended',
      [there.sessionId]: 'already_there',
      [elsewhere.sessionId]: 'session_not_found',
      ses_nowhere: 'session_not_found',
    });
    // The one that was not named is left alone.
    expect((await foreign.state()).journeyVersion).not.toBe(report.journeyVersion);
  });
});

describe('many sessions', () => {
  it('are moved page by page, each once', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => open()));
    await change(second());
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const report: Report = await migrate({ limit: 2, ...(cursor && { cursor }) });
      expect(report.counts.examined).toBeLessThanOrEqual(2);
      seen.push(...report.moved.map(({ sessionId }) => sessionId));
      cursor = report.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(all.map(({ sessionId }) => sessionId).sort());
  });

  it('are moved while people talk, each turn on one version or the other', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => open()));
    await change(second());
    const talk = Promise.all(
      all.map(async (session) => {
        for (const text of ['Paris', 'status', 'back', 'Rome']) await session.says(text);
      }),
    );
    const reports: Report[] = [];
    for (let left = 20; left > 0; left -= 1) {
      reports.push(await migrate());
      if ((await migrate({ dryRun: true })).counts.examined === 0) break;
    }
    await talk;
    reports.push(await migrate());
    const moved = reports.flatMap((report) => report.moved.map(({ sessionId }) => sessionId));
    expect(moved.toSorted()).toEqual(all.map(({ sessionId }) => sessionId).toSorted());
    const others = reports.flatMap((report) => report.notMoved.map(({ code }) => code));
    expect(new Set(others)).toEqual(new Set(others.length > 0 ? ['session_busy'] : []));
    for (const session of all) {
      expect((await session.state()).slots).toMatchObject({ city: 'Rome' });
      const { state } = await session.does('answer', { values: { count: 1 } });
      expect(state.output).toMatchObject({ data: { second: 'Rome' } });
    }
  });
});

describe('a request to move sessions', () => {
  it('that names a version which the workflow never had is refused', async () => {
    const refused = await tryMigrating({ toVersion: 'f'.repeat(64) });
    expect([refused.status, refused.problem?.code]).toEqual([404, 'journey_version_not_found']);
  });

  it('to a version with nothing to start with is refused', async () => {
    await open();
    await change(sketch({ end: { ...end, enabled: false } }, []));
    const refused = await tryMigrating();
    expect([refused.status, refused.problem?.code]).toEqual([422, 'workflow_not_runnable']);
  });

  it.each([
    ['an unknown field', { all: true }],
    ['a version that is none', { toVersion: 'latest' }],
    ['no session', { sessionIds: [] }],
    ['ids that are none', { sessionIds: ["'; DROP TABLE workflows; --"] }],
    ['too large a page', { limit: 100_000 }],
    ['a cursor that is none', { cursor: 'x' }],
    ['a word for a yes', { dryRun: 'yes' }],
  ])('with %s is refused by its path', async (_, body) => {
    const refused = await tryMigrating(body);
    expect([refused.status, refused.problem?.code]).toEqual([400, 'invalid_body']);
  });
});
