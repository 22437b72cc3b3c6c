import {
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTestService,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import type { JsonObject } from '@sim/domain';
import type { Database } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sketch, startWith, type Sketched } from '../support/sketch.js';

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

const code = (text: string, data: JsonObject = {}): Sketched => ({
  type: 'function',
  params: { code: text },
  data,
});

const talk = async (document: JsonObject) =>
  openDialogue(service.call, ada, await seedWorkflow(database, ada, document));

const convert = async (workflowId: string) =>
  (await service.call('convertWorkflow', { token: ada.token, params: { workflowId } })).body;

describe('loops and parallels over HTTP', () => {
  it('run their bodies and give their results', async () => {
    const total = await talk(
      sketch(
        {
          start: startWith({ name: 'prices', type: 'array' }),
          each: { type: 'loop', data: { loopType: 'forEach', collection: '<start.prices>' } },
          taxed: code('return <loop.currentItem> * 2 + <loop.index>', { parentId: 'each' }),
          sum: code('return <each.results>.flat().reduce((all, { result }) => all + result, 0)'),
          end: {
            type: 'response',
            params: { dataMode: 'json', data: '{"sum": <sum.result>, "last": <taxed.result>}' },
          },
        },
        [
          'start -> each',
          'each -loop-start-source-> taxed',
          'each -loop-end-source-> sum',
          'sum -> end',
        ],
      ),
    );
    const { state } = await total.says('1, 2, 3');
    expect(state).toMatchObject({ executionStatus: 'completed', progressPercentage: 100 });
    expect(state.output).toMatchObject({ data: { sum: 15, last: 8 } });
  });

  it('go on while a condition that reads their own blocks is true', async () => {
    const doubling = await talk(
      sketch(
        {
          start: startWith({ name: 'n', type: 'number' }),
          set: {
            type: 'variables',
            params: { variables: [{ variableName: 'n', type: 'number', value: '<start.n>' }] },
          },
          grow: {
            type: 'loop',
            data: { loopType: 'doWhile', doWhileCondition: '<double.result> < 100' },
          },
          double: code('return <variable.n> * 2', { parentId: 'grow' }),
          keep: {
            type: 'variables',
            params: {
              variables: [{ variableName: 'n', type: 'number', value: '<double.result>' }],
            },
            data: { parentId: 'grow' },
          },
          end: {
            type: 'response',
            params: {
              dataMode: 'json',
              data: '{"n": <variable.n>, "turns": <grow.results.length>}',
            },
          },
        },
        [
          'start -> set',
          'set -> grow',
          'grow -loop-start-source-> double',
          'double -> keep',
          'grow -loop-end-source-> end',
        ],
      ),
    );
    const { state } = await doubling.says('7');
    expect(state.output).toMatchObject({ data: { n: 112, turns: 4 } });
  });

  it('ask in each branch, and another replica goes on', async () => {
    const guests = await talk(
      sketch(
        {
          start: startWith({ name: 'names', type: 'array' }),
          all: {
            type: 'parallel',
            data: { parallelType: 'collection', collection: '<start.names>' },
          },
          meal: {
            type: 'human_in_the_loop',
            params: { inputFormat: [{ name: 'dish', type: 'string', required: true }] },
            data: { parentId: 'all' },
          },
          end: {
            type: 'response',
            params: { dataMode: 'json', data: '{"meals": <all.results>}' },
          },
        },
        ['start -> all', 'all -parallel-start-source-> meal', 'all -parallel-end-source-> end'],
      ),
    );
    const first = await guests.says('Ada, Bo');
    expect(first.agentResponse).toContain('About "all", 1 of 2 (Ada):');
    const second = await guests.says('soup');
    expect(second.agentResponse).toContain('About "all", 2 of 2 (Bo):');
    await service.stop();
    service = await startTestService(home.url);
    const { state } = await guests.at(service.call).says('pie');
    expect(state.output).toMatchObject({
      data: { meals: [[{ dish: 'soup' }], [{ dish: 'pie' }]] },
    });
  });
});

describe('child workflows over HTTP', () => {
  const parent = (called: string) =>
    sketch(
      {
        start: startWith({ name: 'city' }),
        ask: {
          type: 'workflow_input',
          params: { workflowId: called, inputMapping: '{"place": "<start.city>"}' },
        },
        end: {
          type: 'response',
          params: { dataMode: 'json', data: '{"child": <ask.result>, "ok": <ask.success>}' },
        },
      },
      ['start -> ask', 'ask -> end'],
    );
  const child = (text: string) =>
    sketch(
      {
        start: startWith({ name: 'place' }, { name: 'day' }),
        tell: code(`return '${text} ' + <start.place> + ' ' + <start.day>`),
      },
      ['start -> tell'],
    );

  it('are linked by the id that they had where they came from, and ask for what they lack', async () => {
    await seedWorkflow(database, ada, child('Weather in'), 'sim-weather');
    const dialogue = await talk(parent('sim-weather'));
    const asked = await dialogue.says('Oslo');
    expect(asked.agentResponse).toContain('What is the day?');
    const { state } = await dialogue.says('Friday');
    expect(state.output).toMatchObject({
      data: { child: { result: 'Weather in Oslo Friday' }, ok: true },
    });
  });

  it('stay at the version that was linked until the caller is converted again', async () => {
    const kid = await seedWorkflow(database, ada, child('Old'), 'sim-kid');
    const caller = await seedWorkflow(database, ada, parent(kid));
    const before = await convert(caller);
    await seedWorkflow(database, ada, child('New'), 'sim-kid');
    const same = await convert(caller);
    expect(same.version).toBe(before.version);
    const byOldId = await seedWorkflow(database, ada, parent('sim-kid'));
    expect((await convert(byOldId)).version).not.toBe(before.version);
    expect(before.states.filter((state) => 'child' in state).length).toBeGreaterThan(0);
  });

  it('that are missing are told at the conversion and become a question', async () => {
    const workflowId = await seedWorkflow(database, ada, parent('sim-none'));
    const { issues } = await convert(workflowId);
    expect(issues).toContainEqual(
      expect.objectContaining({ code: 'child_workflow_missing', blockId: 'ask' }),
    );
    const dialogue = await openDialogue(service.call, ada, workflowId);
    const asked = await dialogue.says('Oslo');
    expect(asked.state.awaiting).toMatchObject({ kind: 'repair' });
    expect(asked.agentResponse).toContain('calls a workflow that is not here');
  });
});

describe('routers over HTTP', () => {
  it('ask the person where there is no model', async () => {
    const dialogue = await talk(
      sketch(
        {
          start: startWith({ name: 'text' }),
          triage: {
            type: 'router_v2',
            params: {
              context: '<start.text>',
              routes: [
                { id: 'r1', title: 'Sales', value: 'Wants to buy' },
                { id: 'r2', title: 'Support', value: 'Has a problem' },
              ],
            },
          },
          sell: code("return 'sold'"),
          help: code("return 'helped'"),
        },
        ['start -> triage', 'triage -router-r1-> sell', 'triage -router-r2-> help'],
      ),
    );
    const asked = await dialogue.says('my printer is on fire');
    expect(asked.state.awaiting).toMatchObject({ kind: 'choice', options: ['Sales', 'Support'] });
    expect(asked.suggestedActions).toEqual(['Sales', 'Support']);
    const { state } = await dialogue.says('the second one');
    expect(state.output).toMatchObject({ result: 'helped' });
  });
});
