import { readFile } from 'node:fs/promises';
import {
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTestService,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import type { JsonValue, XStateExport } from '@sim/domain';
import { createWorkflowStore, type Database } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';

let home: TestDatabase;
let database: Database;
let service: TestService;
let ada: Person;
let refund: unknown;
let workflowId: string;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  database = home.open();
  service = await startTestService(home.url, { upkeep: false });
  ada = await seedPerson(database, 'Ada');
  const file = new URL('../../samples/refund.json', import.meta.url);
  refund = JSON.parse(await readFile(file, 'utf8'));
  workflowId = await seedWorkflow(database, ada, refund);
});
afterAll(async () => {
  await service.stop();
  await verifySessions(home.open());
  await home.drop();
});

const convert = (id = workflowId) =>
  service.call('convertWorkflow', { token: ada.token, params: { workflowId: id } });
const journey = (query: Record<string, string> = {}, id = workflowId) =>
  service.call('getJourney', { token: ada.token, params: { workflowId: id }, query });

const SMALL = sketch({ start: startWith(), end: { type: 'response' } }, ['start -> end']);

/** Stores the next version of a workflow. */
const change = (
  id: string,
  document: unknown,
  form: { contentType: string; document: JsonValue } = {
    contentType: 'application/json',
    document: null,
  },
) =>
  createWorkflowStore(database).update({
    workspaceId: ada.workspaceId,
    workflowId: id,
    expectedVersion: null,
    content: {
      bytes: new TextEncoder().encode(JSON.stringify(document)),
      ...form,
      sourceId: null,
    },
    changedBy: ada.userId,
    now: new Date(),
  });

describe('converting', () => {
  it('maps every block and edge, and says where it went', async () => {
    const { body } = await convert();
    const mapped = Object.values(body.provenance.nodeStateMappings).flat();
    expect(body.states.map(({ id }) => id).toSorted()).toEqual(mapped.toSorted());
    expect(body.provenance).toMatchObject({ coverage: 1, leftOut: [] });
    expect(body.transitions.length).toBeGreaterThan(0);
  });

  it('gives the same journey again, and another one for another version', async () => {
    const id = await seedWorkflow(database, ada, refund);
    const [first, second] = [await convert(id), await convert(id)];
    expect(second.body).toEqual(first.body);
    await change(id, SMALL);
    const third = await convert(id);
    expect(third.body.version).not.toBe(first.body.version);
    expect(third.body.states).toHaveLength(2);
  });

  it('reads what came in as YAML or ZIP, under the name that it is stored by', async () => {
    const id = await seedWorkflow(database, ada, refund);
    const blocks = {
      start: { type: 'starter', name: 'Start', inputs: {}, connections: { success: 'end' } },
      end: { type: 'response', name: 'End', inputs: {} },
    };
    await change(id, {}, { contentType: 'application/yaml', document: { version: '1.0', blocks } });
    const { body } = await convert(id);
    expect(body.states.map(({ id: state }) => state)).toEqual(['st_start', 'st_end']);
    expect((await journey({}, id)).body).toMatchObject({ name: 'Workflow of a test' });
  });

  it('tells what is wrong with a workflow instead of failing', async () => {
    const broken = sketch({ start: startWith(), odd: { type: 'quantum_leap' } }, ['start -> odd']);
    const { status, body } = await convert(await seedWorkflow(database, ada, broken));
    expect(status).toBe(200);
    expect(body.issues).toContainEqual(expect.objectContaining({ blockId: 'odd' }));
  });

  it('refuses a document that is no workflow, with issues', async () => {
    const { status, problem } = await convert(await seedWorkflow(database, ada, { hello: 'you' }));
    expect([status, problem?.code]).toEqual([422, 'not_a_workflow']);
    expect([...(problem?.issues ?? []), ...(problem?.errors ?? [])]).not.toEqual([]);
  });

  it('leaves a live session on the version that it began with', async () => {
    const id = await seedWorkflow(database, ada, refund);
    const session = await openDialogue(service.call, ada, id);
    await change(id, SMALL);
    await convert(id);
    const { state } = await session.says('order A-1, 20 euros');
    expect(state.journeyVersion).toBe(session.opened.state.journeyVersion);
    expect(state.slots).toMatchObject({ orderId: 'A-1', amount: 20 });
    const next = await openDialogue(service.call, ada, id);
    expect(next.opened.state.journeyVersion).not.toBe(state.journeyVersion);
  });

  it('many at once leave one journey in force', async () => {
    const id = await seedWorkflow(database, ada, refund);
    const answers = await Promise.all(Array.from({ length: 5 }, () => convert(id)));
    expect(new Set(answers.map(({ body }) => body.version)).size).toBe(1);
    const { rows } = await database.query<{ active: number }>({
      text: `SELECT count(*)::int AS active FROM workflow_journey_mappings
             WHERE workflow_id = $1 AND active`,
      values: [id],
    });
    expect(rows).toEqual([{ active: 1 }]);
  });
});

describe('the journey', () => {
  it('is made when it is asked for, and comes as JSON', async () => {
    const id = await seedWorkflow(database, ada, refund);
    const { headers, body } = await journey({}, id);
    expect(headers.get('content-type')).toContain('application/json');
    expect(body).toMatchObject({ name: 'Refund', initial: expect.stringMatching(/^st_/) });
  });

  it('comes as Mermaid', async () => {
    const { headers, text } = await journey({ format: 'mermaid' });
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(text).toMatch(/^(stateDiagram-v2|flowchart)/m);
    expect(text).toContain('Manager approval');
  });

  it('comes as machines of XState', async () => {
    const { headers, text } = await journey({ format: 'xstate' });
    expect(headers.get('content-type')).toContain('application/json');
    const { config, machines } = JSON.parse(text) as XStateExport;
    expect(config).toMatchObject({ id: 'journey', description: 'Refund', initial: 'running' });
    expect(machines).toEqual({});
  });

  it('cannot be had as parlant yet, which is said', async () => {
    const { status, problem } = await journey({ format: 'parlant' });
    expect([status, problem?.code]).toEqual([422, 'journey_format_unavailable']);
    expect(problem?.detail).toContain('mermaid');
  });
});

describe('previewing', () => {
  it('maps as converting does, and stores nothing', async () => {
    const mappings = async () => {
      const text = 'SELECT count(*)::int AS stored FROM workflow_journey_mappings';
      return (await database.query<{ stored: number }>({ text })).rows;
    };
    const before = await mappings();
    const { body } = await service.call('previewWorkflow', {
      token: ada.token,
      body: { workflow: refund },
    });
    expect(body).toEqual((await convert()).body);
    expect(await mappings()).toEqual(before);
  });

  it('takes a workflow of megabytes', async () => {
    const count = 3_000;
    const ids = Array.from({ length: count }, (_, index) => `block${index}`);
    const note = 'x'.repeat(500);
    const document = sketch(
      {
        start: startWith(),
        ...Object.fromEntries(
          ids.map((id) => [id, { type: 'function', params: { code: `return "${note}"` } }]),
        ),
      },
      ids.map((id, index) => `${ids[index - 1] ?? 'start'} -> ${id}`),
    );
    const { status, body } = await service.call('previewWorkflow', {
      token: ada.token,
      body: { workflow: document },
    });
    expect(status).toBe(200);
    expect(body.states).toHaveLength(count + 1);
  });
});

describe('warming the cache', () => {
  const warm = (body?: object) =>
    service.call('warmCache', { token: ada.token, ...(body && { body }) });

  it('takes the workflows that are named, each once', async () => {
    const id = await seedWorkflow(database, ada, SMALL);
    const { body } = await warm({ workflowIds: [id, id, workflowId] });
    expect(body).toMatchObject({ warmed: true, journeys: 2 });
  });

  it('takes those of the workspace, and of no other', async () => {
    const eve = await seedPerson(database, 'Eve');
    const call = () => service.call('warmCache', { token: eve.token });
    expect((await call()).body.journeys).toBe(0);
    const id = await seedWorkflow(database, eve, SMALL);
    await openDialogue(service.call, eve, id);
    expect((await call()).body.journeys).toBe(1);
    expect((await warm()).body.journeys).toBeGreaterThan(1);
  });

  it('spares the first turn of another replica the reading of the journey', async () => {
    const session = await openDialogue(service.call, ada, workflowId);
    const other = await startTestService(home.url, { upkeep: false });
    await other.call('warmCache', { token: ada.token });
    const statements: string[] = [];
    other.context.database.onQuery((text) => statements.push(text));
    await session.at(other.call).says('order A-1');
    expect(statements).toHaveLength(2);
    await other.stop();
  });

  it('names a workflow that there is not', async () => {
    const { status, problem } = await warm({ workflowIds: ['wf_nowhere'] });
    expect([status, problem?.code]).toEqual([404, 'workflow_not_found']);
    expect(problem?.detail).toContain('wf_nowhere');
  });
});

describe('understanding outside of a session', () => {
  const analyze = (body: object) => service.call('analyzeUtterance', { token: ada.token, body });

  it.each([
    ['please cancel that', 'cancel'],
    ['where are we?', 'status'],
    ['what does this step do', 'explain'],
    ['thank you', 'thank'],
  ])('%j is %s', async (input, intent) => {
    const { body } = await analyze({ input });
    expect(body).toMatchObject({ intent, provider: 'internal' });
  });

  it('finds the values of slots', async () => {
    const slots = [
      { name: 'count', type: 'number' },
      { name: 'day', type: 'string', format: 'date' },
    ];
    const { body } = await analyze({ input: '3 of them on 2026-12-24', context: { slots } });
    const found = Object.fromEntries(body.entities.map(({ slot, value }) => [slot, value]));
    expect(found).toEqual({ count: 3, day: '2026-12-24' });
    for (const { raw, start, end } of body.entities) {
      expect('3 of them on 2026-12-24'.slice(start, end)).toBe(raw);
    }
  });

  it('hears a yes where a yes is waited for', async () => {
    const { body } = await analyze({ input: 'go ahead', context: { awaiting: 'confirmation' } });
    expect(body.intent).toBe('confirm');
  });
});
