import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTestService,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import type { Database } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

let home: TestDatabase;
let database: Database;
let service: TestService;
let ada: Person;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  database = home.open();
  service = await startTestService(home.url);
  ada = await seedPerson(database, 'Ada');
});
afterAll(async () => {
  await service.stop();
  await verifySessions(home.open());
  await home.drop();
});

const sample = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../../samples/${name}.json`, import.meta.url), 'utf8'));

const given = async (name: string) => seedWorkflow(database, ada, await sample(name));

describe('the refund, talked through over HTTP', () => {
  it('asks, shows the request to a person, and pays it out after a yes', async () => {
    const workflowId = await given('refund');
    const { body: journey } = await service.call('convertWorkflow', {
      token: ada.token,
      params: { workflowId },
    });
    expect(journey.issues.filter(({ severity }) => severity === 'error')).toEqual([]);

    const refund = await openDialogue(service.call, ada, workflowId);
    expect(refund.opened.welcomeMessage).toContain('Refund');
    expect(refund.opened.state).toMatchObject({
      executionStatus: 'waiting-for-input',
      journeyVersion: journey.version,
      awaiting: { kind: 'slots' },
    });

    const first = await refund.says('Hi, I would like 250 euros back for order A-1042');
    expect(first.state.slots).toEqual({ orderId: 'A-1042', amount: 250 });
    expect(first.agentResponse).toMatch(/reason/i);

    const second = await refund.says('it arrived broken');
    expect(second.state.slots).toMatchObject({ reason: 'it arrived broken' });
    expect(second.agentResponse).toMatch(/approve this refund/i);
    expect(second.suggestedActions).toContain('yes');

    const third = await refund.says('yes please');
    expect(third.state.slots).toMatchObject({ approved: true });

    const last = await refund.says('skip');
    expect(last.state).toMatchObject({
      executionStatus: 'completed',
      awaiting: null,
      progressPercentage: 100,
      output: { data: { order: 'A-1042', decision: 'approved', amount: 250 }, status: 200 },
    });
    expect(last.suggestedActions).toEqual(['restart']);
    expect((await refund.state()).output).toEqual(last.state.output);
  });

  it('needs nobody for a small amount, said all at once', async () => {
    const refund = await openDialogue(service.call, ada, await given('refund'));
    await refund.says('order A-7, 80 euros');
    const { state } = await refund.says('the reason is that it was the wrong size');
    expect(state).toMatchObject({
      executionStatus: 'completed',
      output: { data: { order: 'A-7', decision: 'approved', amount: 80 } },
    });
  });

  it('takes a changed mind, and a decline pays nothing', async () => {
    const refund = await openDialogue(service.call, ada, await given('refund'));
    await refund.says('order A-9, 500 euros');
    const changed = await refund.says('actually make it 300');
    expect(changed.state.slots).toMatchObject({ amount: 300 });
    await refund.says('changed my mind about the colour');
    await refund.says('no');
    const { state } = await refund.says('skip');
    expect(state.output).toMatchObject({ data: { order: 'A-9', decision: 'declined', amount: 0 } });
  });
});

describe('the delivery', () => {
  it('takes several values from one sentence and works its price out', async () => {
    const delivery = await openDialogue(service.call, ada, await given('delivery'));
    const first = await delivery.says('I want 3 books delivered on 24 December 2026');
    expect(first.state.slots).toEqual({ item: 'books', quantity: 3, date: '2026-12-24' });
    const second = await delivery.says('5 Main Street, Springfield');
    expect(second.agentResponse).toMatch(/gift wrap/i);
    const { state } = await delivery.says('yes, as a present');
    expect(state).toMatchObject({
      executionStatus: 'completed',
      output: {
        data: {
          item: 'books',
          quantity: 3,
          address: '5 Main Street, Springfield',
          date: '2026-12-24',
          giftWrap: true,
          price: 57.5,
        },
      },
    });
  });
});

describe('the onboarding', () => {
  it('goes on after its wait though the service was stopped meanwhile', async () => {
    const workflowId = await given('onboarding');
    const before = await startTestService(home.url);
    const onboarding = await openDialogue(before.call, ada, workflowId);
    await onboarding.says('Ada Lovelace');
    await onboarding.says('engineering');
    const waiting = await onboarding.says('2026-12-01');
    expect(waiting.state.awaiting).toMatchObject({ kind: 'timer' });
    const until = Date.parse(waiting.state.awaiting?.until ?? '');
    expect(until).toBeGreaterThan(Date.parse(waiting.state.updatedAt));
    // Every replica is gone when the moment comes.
    await before.stop();
    await service.stop();
    service = await startTestService(home.url);

    const done = await onboarding.at(service.call).reaches('completed');
    expect(Date.parse(done.updatedAt)).toBeGreaterThanOrEqual(until);
    expect(done.output).toMatchObject({
      data: {
        name: 'Ada Lovelace',
        firstDay: '2026-12-01',
        email: 'ada.lovelace@example.com',
        equipment: 'workstation, two screens, headphones',
        badge: 'Ada Lovelace – engineering',
      },
    });
    const turns = await service.call('listTurns', {
      token: ada.token,
      params: { sessionId: onboarding.sessionId },
    });
    const said = turns.body.items.map(({ content }) => content);
    expect(said.filter((content) => content.includes('The wait is over'))).toHaveLength(1);
  });
});

describe('the look-up', () => {
  it('asks before it calls, and tells what was found', async () => {
    const server = createServer((_req, res) => res.end('{"version":"1.2.3"}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const lookup = await openDialogue(service.call, ada, await given('lookup'));
    const said = await lookup.says(`http://127.0.0.1:${port}/version`);
    const { state } =
      said.state.awaiting?.kind === 'confirmation' ? await lookup.says('yes') : said;
    server.closeAllConnections();
    server.close();
    expect(state).toMatchObject({
      executionStatus: 'completed',
      output: { data: { found: true, status: 200 } },
    });
    expect(JSON.stringify(state.output)).toContain('1.2.3');
  });

  it('goes its error path where nothing answers', async () => {
    const lookup = await openDialogue(service.call, ada, await given('lookup'));
    // Nothing listens on the discard port.
    const said = await lookup.says('http://127.0.0.1:9/version');
    const { state } =
      said.state.awaiting?.kind === 'confirmation' ? await lookup.says('yes') : said;
    expect(state).toMatchObject({
      executionStatus: 'completed',
      output: { data: { found: false, address: 'http://127.0.0.1:9/version' } },
    });
    expect(JSON.stringify(state.output)).toContain('did not answer');
  });
});
