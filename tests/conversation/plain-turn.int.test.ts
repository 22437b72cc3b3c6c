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
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';

const DOCUMENT = sketch(
  {
    start: startWith({ name: 'city' }, { name: 'count', type: 'number' }, { name: 'note' }),
    check: {
      type: 'condition',
      params: {
        conditions: JSON.stringify([
          { id: 'check-if', title: 'many', value: '<start.count> > 5' },
          { id: 'check-else', title: 'else', value: '' },
        ]),
      },
    },
    price: { type: 'function', params: { code: 'return <start.count> * 2;' } },
    end: { type: 'response', params: { data: '{"price": <price.result>}' } },
  },
  [
    'start -> check',
    'check -condition-check-if-> price',
    'check -condition-check-else-> price',
    'price -> end',
  ],
);

let home: TestDatabase;
let service: TestService;
let ada: Person;
let workflowId: string;
let session: Dialogue;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  const database = home.open();
  // Without upkeep, whose own look-outs would be counted.
  service = await startTestService(home.url, { upkeep: false });
  ada = await seedPerson(database, 'Ada');
  workflowId = await seedWorkflow(database, ada, DOCUMENT);
});
afterAll(async () => {
  await service.stop();
  await verifySessions(home.open());
  await home.drop();
});
beforeEach(async () => {
  session = await openDialogue(service.call, ada, workflowId);
});

async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const forget = service.context.database.onQuery((text) => statements.push(text));
  await work();
  forget();
  return statements.map((text) => /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? text);
}

/** One that reads, one that writes everything: its own transaction, with no BEGIN and no COMMIT. */
const READ_AND_WRITE = ['SELECT', 'WITH'];

describe('a plain turn', () => {
  it('is one read and one writing statement, auth and limits included', async () => {
    expect(await statementsOf(() => session.says('Springfield'))).toEqual(READ_AND_WRITE);
    expect(await statementsOf(() => session.says('seven'))).toEqual(READ_AND_WRITE);
  });

  it('is no more with an idempotency key', async () => {
    const headers = { 'idempotency-key': 'once' };
    const send = () => session.says('Springfield', { headers });
    expect(await statementsOf(send)).toEqual(READ_AND_WRITE);
    expect(await statementsOf(send)).toEqual(['SELECT']);
  });

  it.each(['status', 'help', 'explain', 'go back', 'pause', 'hmm', ''])(
    'is no more for %j',
    async (text) => {
      expect(await statementsOf(() => session.says(text))).toEqual(READ_AND_WRITE);
    },
  );

  it('is no more where it runs conditions and functions to the end', async () => {
    await session.says('Springfield');
    await session.says('7');
    const statements = await statementsOf(async () => {
      const { state } = await session.says('by the gate');
      expect(state).toMatchObject({
        executionStatus: 'completed',
        output: { data: { price: 14 } },
      });
    });
    expect(statements).toEqual(READ_AND_WRITE);
  });

  it('is no more as an action', async () => {
    const act = () => session.does('answer', { values: { city: 'Springfield', count: 2 } });
    expect(await statementsOf(act)).toEqual(READ_AND_WRITE);
  });
});

describe('the rest', () => {
  it('a look at the state is one read', async () => {
    expect(await statementsOf(() => session.state())).toEqual(['SELECT']);
  });

  it('opening a session reads the journey, counts what is live and writes once', async () => {
    const statements = await statementsOf(() => openDialogue(service.call, ada, workflowId));
    expect(statements.filter((word) => word !== 'SELECT')).toEqual(['WITH']);
    expect(statements.length).toBeLessThanOrEqual(4);
  });

  it('what is understood or previewed asks the database nothing', async () => {
    const { token } = ada;
    const statements = await statementsOf(async () => {
      await service.call('analyzeUtterance', { token, body: { input: 'cancel that' } });
      await service.call('previewWorkflow', { token, body: { workflow: DOCUMENT } });
    });
    expect(statements).toEqual([]);
  });
});
