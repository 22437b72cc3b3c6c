import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTestService,
  type Dialogue,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import { ACTIONS, replay, type JsonObject } from '@sim/domain';
import type { Database } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { sketch, startWith, type Sketched } from '../support/sketch.js';

const END: Sketched = { type: 'response', params: { data: '{"done": true}' } };
const ORDER = { name: 'order', description: 'the number of the order' };

let home: TestDatabase;
let database: Database;
let service: TestService;
let ada: Person;
let shop: Server;
let orders: IncomingMessage[];
/** Statuses that the shop answers with, one after another; 200 when there are no more. */
let answers: number[];
/** How far the service's clock is ahead. */
let ahead = 0;
beforeAll(async () => {
  shop = createServer((req, res) => {
    orders.push(req);
    res.writeHead(answers.shift() ?? 200, { 'content-type': 'application/json' }).end('{"id": 7}');
  });
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  home = await createTestDatabase(inject('postgresUrl'));
  database = home.open();
  const clock = () => new Date(Date.now() + ahead);
  service = await startTestService(home.url, { upkeep: false, overrides: { clock } });
  ada = await seedPerson(database, 'Ada');
});
afterAll(async () => {
  await service.stop();
  await verifySessions(home.open());
  await home.drop();
  shop.closeAllConnections();
  shop.close();
});
beforeEach(() => {
  orders = [];
  answers = [];
  ahead = 0;
});

const workflows = new Map<string, Promise<string>>();

/** Opens a session on a workflow, which is stored once. */
async function begin(document: JsonObject): Promise<Dialogue> {
  const key = JSON.stringify(document);
  const stored = workflows.get(key) ?? seedWorkflow(database, ada, document);
  workflows.set(key, stored);
  return openDialogue(service.call, ada, await stored);
}

const asking = () =>
  begin(
    sketch({ start: startWith(ORDER, { name: 'note', required: false }), end: END }, [
      'start -> end',
    ]),
  );

const ordering = () => {
  const { port } = shop.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/orders/<start.order>`;
  return begin(
    sketch(
      {
        start: startWith(ORDER),
        call: { type: 'api', name: 'Place the order', params: { url, method: 'POST' } },
        end: { type: 'response', params: { data: '{"id": <placetheorder.data.id>}' } },
      },
      ['start -> call', 'call -> end'],
    ),
  );
};

const failing = async () => {
  answers = [500];
  const session = await ordering();
  await session.says('A-1');
  await session.does('confirm');
  return session;
};

/** Brings a session to each of the states in which an action may meet it. */
const STATES = {
  'not started': () => begin(sketch({ start: startWith(), end: END }, ['start -> end'])),
  'asking for a value': asking,
  'asking for a yes': async () => {
    const session = await ordering();
    await session.says('A-1');
    return session;
  },
  'asking what to do about a failure': failing,
  'waiting for a moment': async () => {
    const wait: Sketched = { type: 'wait', params: { timeValue: '1', timeUnit: 'hours' } };
    const session = await begin(
      sketch({ start: startWith(ORDER), wait, end: END }, ['start -> wait', 'wait -> end']),
    );
    await session.says('A-1');
    return session;
  },
  paused: async () => {
    const session = await asking();
    await session.does('pause');
    return session;
  },
  'asking whether to cancel': async () => {
    const session = await asking();
    await session.does('cancel');
    return session;
  },
  completed: async () => {
    const session = await asking();
    await session.does('answer', { values: { order: 'A-1' } });
    return session;
  },
  cancelled: async () => {
    const session = await asking();
    await session.does('cancel', { confirmed: true });
    return session;
  },
  failed: async () => {
    const session = await failing();
    await session.does('answer', { option: 'stop' });
    return session;
  },
  expired: async () => {
    const session = await asking();
    ahead = 24 * 3_600_000;
    await session.says('A-1');
    return session;
  },
} satisfies Record<string, () => Promise<Dialogue>>;

/** The state that is kept is the one that the log of events gives. */
async function expectReplayable({ sessionId }: Dialogue): Promise<void> {
  const { sessions } = service.context;
  const stored = await sessions.load({ sessionId, workspaceId: null });
  const events = await sessions.events(sessionId, 0, 10_000);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
  const replayed: unknown = JSON.parse(JSON.stringify(replay(events.map(({ event }) => event))));
  expect(replayed).toEqual(stored?.record.state);
}

const ENDED = ['completed', 'cancelled', 'failed', 'expired'];

describe.each(Object.entries(STATES))('a session that is %s', (name, reach) => {
  it('is what its name says', async () => {
    const session = await reach();
    const { executionStatus, awaiting } = await session.state();
    const status = name.startsWith('asking') ? 'waiting-for-input' : name.replace(' ', '-');
    if (name === 'waiting for a moment') expect(awaiting?.kind).toBe('timer');
    else expect(executionStatus).toBe(status);
  });

  it.each(ACTIONS)('answers %s', async (action) => {
    const session = await reach();
    const before = await session.state();
    const reply = await session.does(action);
    expect(reply).toMatchObject({ workflowAction: action, commandProcessed: true, nlu: null });
    expect(reply.agentResponse).not.toBe('');
    expect(await session.state()).toEqual(reply.state);
    await expectReplayable(session);
    const leadsOut = action === 'restart' || (action === 'resume' && name === 'expired');
    if (ENDED.includes(before.executionStatus) && !leadsOut) {
      expect(reply.state).toMatchObject({
        executionStatus: before.executionStatus,
        completedNodes: before.completedNodes,
      });
    }
  });
});

describe('start, pause and resume', () => {
  it('start runs what needs nothing to the end', async () => {
    const session = await STATES['not started']();
    const { state } = await session.does('start');
    expect(state).toMatchObject({ executionStatus: 'completed', output: { data: { done: true } } });
  });

  it('resume asks what was pending', async () => {
    const session = await asking();
    const { awaiting } = session.opened.state;
    const paused = await session.does('pause');
    expect(paused.state.executionStatus).toBe('paused');
    // Nothing is taken meanwhile.
    expect((await session.does('answer', { values: { order: 'A-1' } })).state.slots).toEqual({});
    const resumed = await session.does('resume');
    expect(resumed.state).toMatchObject({ executionStatus: 'waiting-for-input', awaiting });
    expect(resumed.agentResponse).toContain(awaiting?.prompt);
  });
});

describe('an expired session', () => {
  it.each(['resume', 'go on', 'please continue'])(
    'goes on where it was after "%s"',
    async (words) => {
      const session = await asking();
      const before = await session.state();
      ahead = 24 * 3_600_000;
      const told = await session.says('hello?');
      expect(told.state.executionStatus).toBe('expired');
      expect(told.suggestedActions).toEqual(['resume', 'restart']);
      const { state, agentResponse } = await session.says(words);
      expect(agentResponse).toContain('Welcome back');
      expect(agentResponse).toContain(before.awaiting?.prompt);
      expect(state).toMatchObject({
        executionStatus: 'waiting-for-input',
        awaiting: before.awaiting,
        slots: before.slots,
      });
      // It lives as long again as one that was just opened.
      expect(Date.parse(state.expiresAt) - Date.parse(state.updatedAt)).toBe(
        Date.parse(before.expiresAt) - Date.parse(before.updatedAt),
      );
      const { sessionId } = session;
      const events = await service.context.sessions.events(sessionId, 0, 1_000);
      expect(events.map(({ event }) => event.type)).toContain('reopened');
      await expectReplayable(session);
    },
  );

  it('may be taken up by the very turn that finds it expired', async () => {
    const session = await asking();
    ahead = 24 * 3_600_000;
    const { state } = await session.does('resume');
    expect(state.executionStatus).toBe('waiting-for-input');
    await expectReplayable(session);
  });
});

describe('cancel and restart', () => {
  it('ask first, and go on after a no', async () => {
    const session = await asking();
    for (const action of ['cancel', 'restart'] as const) {
      const asked = await session.does(action);
      expect(asked.state.awaiting?.kind).toBe('confirmation');
      const { state } = await session.does('confirm', { confirmed: false });
      expect(state.awaiting).toEqual(session.opened.state.awaiting);
    }
  });

  it('cancel ends the session after a yes', async () => {
    const session = await asking();
    await session.does('cancel');
    expect((await session.does('confirm')).state.executionStatus).toBe('cancelled');
  });

  it.each(['completed', 'cancelled', 'failed', 'expired'] as const)(
    'restart begins a session anew that is %s',
    async (name) => {
      const session = await STATES[name]();
      ahead = 0;
      const { state } = await session.does('restart', { confirmed: true });
      expect(state).toMatchObject({
        executionStatus: 'waiting-for-input',
        completedNodes: [],
        slots: {},
        awaiting: { kind: 'slots' },
      });
      expect(state.output).toBeUndefined();
      expect(state.error).toBeUndefined();
    },
  );
});

describe('skip', () => {
  it('keeps to a value that is needed', async () => {
    const session = await asking();
    const { state } = await session.does('skip');
    expect(state.awaiting?.slots[0]?.name).toBe('order');
  });

  it('ends a wait early, and its timer does nothing more', async () => {
    const session = await STATES['waiting for a moment']();
    expect((await session.does('skip')).state.executionStatus).toBe('completed');
    const { rows } = await database.query<{ jobs: number }>({
      text: 'SELECT count(*)::int AS jobs FROM graphile_worker._private_jobs WHERE key LIKE $1',
      values: [`timer:${session.sessionId}:%`],
    });
    expect(rows).toEqual([{ jobs: 0 }]);
  });

  it('leaves a failed block behind', async () => {
    const session = await STATES['asking what to do about a failure']();
    const { state } = await session.does('skip');
    expect(state.executionStatus).not.toBe('failed');
    expect(state.completedNodes).toContain('call');
  });
});

describe('what acts outside', () => {
  it('happens once, after a yes, with a key that its receiver can know it by', async () => {
    const session = await STATES['asking for a yes']();
    expect(orders).toHaveLength(0);
    const { state } = await session.does('confirm', { confirmed: true });
    expect(state).toMatchObject({ executionStatus: 'completed', output: { data: { id: 7 } } });
    expect(orders.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /orders/A-1']);
    expect(orders[0]?.headers['idempotency-key']).toContain(session.sessionId);
  });

  it.each([{ confirmed: false }, { confirmed: 'no' }, { confirmed: 0 }])(
    'does not happen after %j',
    async (parameters) => {
      const session = await STATES['asking for a yes']();
      const { state } = await session.does('confirm', parameters);
      expect(orders).toHaveLength(0);
      expect(state.executionStatus).toBe('waiting-for-input');
    },
  );

  it('is tried again under the same key', async () => {
    answers = [500, 503];
    const session = await ordering();
    await session.says('A-1');
    const failed = await session.does('confirm');
    expect(failed.state.awaiting).toMatchObject({ kind: 'repair' });
    expect(failed.state.awaiting?.options).toContain('retry');
    await session.does('answer', { option: 'retry' });
    const { state } = await session.does('retry');
    expect(state.executionStatus).toBe('completed');
    expect(new Set(orders.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(orders).toHaveLength(3);
  });

  it('fails only when the person gives up', async () => {
    const session = await STATES.failed();
    expect(await session.state()).toMatchObject({
      executionStatus: 'failed',
      error: { code: 'http_error', suggestedActions: ['restart'] },
      completedNodes: ['start'],
    });
  });
});

describe('back, status, explain and switch-mode', () => {
  it('back asks for the latest value again', async () => {
    const session = await STATES['asking for a yes']();
    const { state } = await session.does('back');
    expect(state.awaiting).toMatchObject({ kind: 'slots', slots: [{ name: 'order' }] });
    await session.says('A-2');
    await session.does('confirm');
    expect(orders.map(({ url }) => url)).toEqual(['/orders/A-2']);
  });

  it('status and explain say where we are and change nothing', async () => {
    const session = await STATES['asking for a yes']();
    const before = await session.state();
    const status = await session.does('status');
    expect(status.agentResponse).toContain('A-1');
    const explained = await session.does('explain');
    expect(explained.agentResponse).toContain('Place the order');
    expect(explained.state).toMatchObject({ awaiting: before.awaiting, slots: before.slots });
  });

  it('switch-mode says which mode it is', async () => {
    const session = await asking();
    const { agentResponse } = await session.does('switch-mode', { mode: 'visual' });
    expect(agentResponse).toContain('visual');
  });
});
