import fc from 'fast-check';
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
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';

/** Asks, decides, fails, waits, acts outside and joins: everything that a session can stand at. */
const DOCUMENT = sketch(
  {
    start: startWith(
      { name: 'city' },
      { name: 'count', type: 'number' },
      { name: 'gift', type: 'boolean', required: false },
    ),
    check: {
      type: 'condition',
      params: {
        conditions: JSON.stringify([
          { id: 'check-if', title: 'many', value: '<start.count> > 5' },
          { id: 'check-else', title: 'else', value: '' },
        ]),
      },
    },
    approve: {
      type: 'human_in_the_loop',
      params: { inputFormat: [{ id: 'a', name: 'approved', type: 'boolean', required: true }] },
    },
    // Nothing listens on the discard port.
    call: { type: 'api', params: { url: 'http://127.0.0.1:9/', method: 'POST' } },
    wait: { type: 'wait', params: { timeValue: '1', timeUnit: 'hours' } },
    sum: { type: 'function', params: { code: 'return <start.count> + 1;' } },
    end: { type: 'response', params: { data: '{"sum": <sum.result>}' } },
  },
  [
    'start -> check',
    'check -condition-check-if-> approve',
    'check -condition-check-else-> call',
    'approve -> sum',
    'call -> wait',
    'wait -> sum',
    'sum -> end',
  ],
);

const UTTERANCES = [
  'Springfield',
  '7',
  'three',
  'yes',
  'no',
  'skip',
  'back',
  'go back',
  'cancel',
  'restart',
  'status',
  'help',
  'pause',
  'resume',
  'retry',
  'explain',
  'actually make it 9',
  'change the city',
  'undo',
  'change the count to 2',
  'switch to visual',
  'the second one',
  'why?',
  'what is the count?',
  'hello',
  'repeat',
  'never mind',
  'order number 7 to Paris',
  '',
] as const;

const value = fc.oneof(
  fc.constantFrom(null, true, false, 0, 7, -1.5, '7', 'yes', 'Paris', '', [], {}),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const parameters = fc.oneof(
  fc.constant({}),
  fc.record({ confirmed: fc.oneof(fc.boolean(), value) }),
  fc.record({ value }),
  fc.record({ slot: fc.constantFrom('city', 'count', 'approved', '__proto__', ''), value }),
  fc.record({
    values: fc.dictionary(fc.constantFrom('city', 'count', 'gift', 'approved', 'x'), value),
  }),
  fc.record({ option: fc.constantFrom('retry', 'skip', 'stop', 'change-input', 'nonsense') }),
  fc.record({ mode: fc.constantFrom('visual', 'hybrid', 'loud') }),
);
const step = fc.oneof(
  fc.record({
    say: fc.oneof(fc.constantFrom(...UTTERANCES), fc.string({ unit: 'binary', maxLength: 30 })),
  }),
  fc.record({ action: fc.constantFrom(...ACTIONS), parameters }),
);

let home: TestDatabase;
let service: TestService;
let ada: Person;
let workflowId: string;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  service = await startTestService(home.url, { upkeep: false });
  ada = await seedPerson(home.open(), 'Ada');
  workflowId = await seedWorkflow(home.open(), ada, DOCUMENT);
});
afterAll(async () => {
  await service.stop();
  await verifySessions(home.open());
  await home.drop();
});

async function expectSound(session: Dialogue): Promise<void> {
  const { sessions } = service.context;
  const { sessionId } = session;
  const stored = await sessions.load({ sessionId, workspaceId: null });
  const events = await sessions.events(sessionId, 0, 10_000);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
  const replayed: unknown = JSON.parse(JSON.stringify(replay(events.map(({ event }) => event))));
  expect(replayed).toEqual(stored?.record.state);
}

describe('whatever is said and done', () => {
  it('is answered, and leaves a session that can go on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const session = await openDialogue(service.call, ada, workflowId);
        for (const next of steps) {
          const reply =
            'say' in next
              ? await session.says(next.say)
              : await session.does(next.action, next.parameters as JsonObject);
          expect(reply.agentResponse).not.toBe('');
          const { executionStatus, awaiting } = reply.state;
          if (executionStatus === 'waiting-for-input') expect(awaiting).not.toBeNull();
        }
        await expectSound(session);
        const again = await session.does('restart', { confirmed: true });
        expect(again.state).toMatchObject({ executionStatus: 'waiting-for-input', slots: {} });
        await service.call('endSession', {
          token: ada.token,
          params: { sessionId: session.sessionId },
        });
      }),
      { numRuns: 40 },
    );
  });
});
