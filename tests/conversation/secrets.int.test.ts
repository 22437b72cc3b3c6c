import { openDialogue, seedWorkflow } from '@sim/conversation-service/testing';
import { createLogger } from '@sim/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpTool, type HttpTool } from '../support/http-tool.js';
import { streamRun } from '../support/run-stream.js';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { startSimApp, type RunningSimApp } from '../support/sim-app.js';
import { sketch, startWith, type Sketched } from '../support/sketch.js';

/** One of plain letters, and one that every encoding writes in another way. */
const PLAIN = 'hunter2TOPSECRET93f1c';
const ODD = `p@ss w/"rd"\\&ü=77 {x}`;

/** The ways in which a value may be written where it was passed on. */
const written = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
  encodeURIComponent(secret),
  encodeURI(secret),
  new URLSearchParams([['', secret]]).toString().slice(1),
  new URL(`http://host/?${secret}`).search.slice(1),
  new URL(`http://host/${secret}`).pathname.slice(1),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
];
const FORMS = [...new Set([...written(PLAIN), ...written(ODD)])];

let home: ServiceHome;
let sim: RunningSimApp;
let tool: HttpTool;
const log: string[] = [];
/** Every answer that somebody got. */
const answers: string[] = [];
let workflowId: string;
let childId: string;

beforeAll(async () => {
  const logger = createLogger({
    service: 'conversation-service',
    level: 'trace',
    format: 'json',
    destination: { write: (line) => log.push(line) },
  });
  tool = await startHttpTool();
  home = await openServiceHome({ overrides: { logger } });
  sim = await startSimApp(home.url, {
    env: { CONVERSATION_SERVICE_URL: home.service.url },
  });
  for (const [name, value] of [
    ['PLAIN', PLAIN],
    ['ODD', ODD],
  ]) {
    const { status } = await sim.call('PUT', `/api/v1/secrets/${name}`, home.ada.token, { value });
    expect(status).toBe(204);
  }
  childId = await seedWorkflow(home.database, home.ada, child());
  workflowId = await seedWorkflow(home.database, home.ada, parent());
});
afterAll(async () => {
  await sim.stop();
  await tool.close();
  await home.stop();
});

/** A call that sends secrets in every place, to a tool that says it all back. */
const call = (path: string, more: Partial<Sketched> = {}): Sketched => ({
  type: 'api',
  params: {
    url: `${tool.url}${path}?plain={{PLAIN}}&odd={{ODD}}`,
    method: 'POST',
    headers: [
      { id: 'h1', cells: { Key: 'Authorization', Value: 'Bearer {{PLAIN}}' } },
      { id: 'h2', cells: { Key: 'X-Both', Value: '{{PLAIN}}:{{PLAIN}}' } },
    ],
    body: '{"plain": "{{PLAIN}}", "odd": "{{ODD}}"}',
  },
  ...more,
});

const fn = (code: string, more: Partial<Sketched> = {}): Sketched => ({
  type: 'function',
  params: { code },
  ...more,
});

const child = () =>
  sketch(
    {
      start: startWith({ name: 'key' }),
      call: call('/child'),
      end: {
        type: 'response',
        params: { data: '{"key": "<start.key>", "own": "{{PLAIN}}", "said": <call.data>}' },
      },
    },
    ['start -> call', 'call -> end'],
  );

/** Uses secrets wherever a block takes values, and has them said back, returned and failed with. */
const parent = () =>
  sketch(
    {
      start: startWith({ name: 'order' }),
      call: call('/echo'),
      code: fn(
        'console.log({{PLAIN}}, {{ODD}}); return { plain: {{PLAIN}}, odd: {{ODD}}, [{{PLAIN}}]: 1 }',
      ),
      threw: fn('throw new Error({{PLAIN}} + " and " + {{ODD}})'),
      refused: call('/fail'),
      which: {
        type: 'condition',
        params: {
          conditions: JSON.stringify([
            { id: 'which-if', title: 'if', value: '{{PLAIN}}.length > 0 && {{ODD}} !== ""' },
          ]),
        },
      },
      broken: {
        type: 'condition',
        params: {
          conditions: JSON.stringify([
            { id: 'broken-if', title: 'if', value: '(() => { throw new Error({{ODD}}) })()' },
          ]),
        },
      },
      vars: {
        type: 'variables',
        params: {
          variables: [{ variableName: 'kept', type: 'string', value: '{{PLAIN}} {{ODD}}' }],
        },
      },
      agent: { type: 'agent', params: { systemPrompt: 'use {{PLAIN}}', userPrompt: '{{ODD}}' } },
      each: {
        type: 'loop',
        data: { loopType: 'forEach', collection: '["{{PLAIN}}", "plain item"]' },
      },
      inside: call('/inside', { data: { parentId: 'each' } }),
      item: fn('return <loop.currentItem> + {{PLAIN}}', { data: { parentId: 'each' } }),
      sub: {
        type: 'workflow_input',
        params: { workflowId: childId, inputMapping: '{"key": "{{PLAIN}}"}' },
      },
      end: {
        type: 'response',
        params: {
          data: '{"secret": "{{PLAIN}}", "said": <call.data>, "code": <code.result>}',
          headers: [{ id: 'r', cells: { Key: 'X-Secret', Value: '{{ODD}}' } }],
        },
      },
    },
    [
      ...['start -> call', 'call -> code', 'code -> threw', 'threw -error-> refused'],
      ...['refused -error-> which', 'which -condition-which-if-> broken', 'broken -error-> vars'],
      ...['vars -> agent', 'agent -error-> each', 'each -loop-start-source-> inside'],
      ...['inside -> item', 'each -loop-end-source-> sub', 'sub -> end'],
    ],
  );

async function ask(path: string, accept = 'application/json'): Promise<string> {
  const response = await fetch(`${sim.origin}${path}`, {
    headers: { authorization: `Bearer ${home.ada.token}`, accept },
  });
  const text = await response.text();
  expect([path, response.status]).toEqual([path, 200]);
  answers.push(text);
  return text;
}

/** What anybody can ask for of a session. */
async function askForAllOf(sessionId: string): Promise<void> {
  const base = `/api/v1/conversational-workflows/sessions`;
  for (const rest of ['', '/turns?limit=200', '/events?limit=200']) {
    await ask(`${base}/${sessionId}${rest}`);
  }
}

/** Every row of every table, as text. */
async function allRows(): Promise<string[]> {
  const { rows: tables } = await home.database.query<{ name: string }>({
    text: `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
           WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  });
  expect(tables.length).toBeGreaterThan(15);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await home.database.query<{ row: string }>({
      text: `SELECT t::text AS row FROM ${name} AS t`,
    });
    found.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return found;
}

/** What of these texts holds a secret, and where. */
function leaksIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    FORMS.flatMap((form) => {
      const at = text.indexOf(form);
      return at < 0 ? [] : [text.slice(Math.max(0, at - 150), at + form.length + 50)];
    }),
  );
}

describe('a secret that blocks use, say back, return and fail with', () => {
  it('reaches the tools in clear', async () => {
    const { status, body } = await sim.call(
      'POST',
      `/api/v1/workflows/${workflowId}/run?outputs=true`,
      home.ada.token,
      { input: { order: 'A-1' } },
    );
    answers.push(JSON.stringify(body));
    expect([status, body['status'], body['error']]).toEqual([200, 'completed', undefined]);
    await askForAllOf(String(body['sessionId']));
    const made = tool.calls.filter(({ path }) => path.startsWith('/echo'));
    expect(made[0]?.headers.authorization).toBe(`Bearer ${PLAIN}`);
    expect(JSON.parse(made[0]?.body ?? '')).toEqual({ plain: PLAIN, odd: ODD });
    for (const path of ['/fail', '/inside', '/child']) {
      expect(
        tool.calls.some((one) => one.path.startsWith(path)),
        path,
      ).toBe(true);
    }
    // What is handed on is masked, as the finding says.
    expect(JSON.stringify(body['output'])).toContain('***');
  });

  it('is in no stream of events', async () => {
    const stream = await streamRun(
      `${sim.origin}/api/v1/workflows/${workflowId}/run?outputs=true`,
      home.ada.token,
      { input: { order: 'A-2' } },
    );
    const events = await stream.until();
    expect(events.at(-1)?.data['status']).toBe('completed');
    answers.push(JSON.stringify(events));
  });

  it('is in no word of a conversation', async () => {
    const failing = await seedWorkflow(
      home.database,
      home.ada,
      sketch({ start: startWith(), fail: call('/fail'), end: { type: 'response' } }, [
        'start -> fail',
        'fail -> end',
      ]),
    );
    const talk = await openDialogue(home.service.call, home.ada, failing);
    const replies = [
      await talk.does('start'),
      await talk.says('yes'),
      await talk.says('why?'),
      await talk.says('status'),
      await talk.does('retry'),
      await talk.does('answer', { option: 'stop' }),
    ];
    expect(replies.some(({ agentResponse }) => agentResponse.includes('did not work'))).toBe(true);
    answers.push(JSON.stringify(replies));
    await askForAllOf(talk.sessionId);
  });

  it('is in nothing that is handed out', async () => {
    const journeys = '/api/v1/conversational-workflows/workflows';
    const exported = await ask(`/api/v1/workflows/${workflowId}/export`);
    expect(exported).toContain('{{PLAIN}}');
    for (const format of ['json', 'mermaid', 'xstate']) {
      await ask(`${journeys}/${workflowId}/journey?format=${format}`);
    }
    const { body } = await sim.call('POST', `${journeys}/${workflowId}/convert`, home.ada.token);
    answers.push(JSON.stringify(body));
    const codes = (body['issues'] as { code: string; blockId?: string }[])
      .filter(({ code }) => code === 'secret_passed_on')
      .map(({ blockId }) => blockId);
    expect(codes).toEqual(expect.arrayContaining(['each', 'sub', 'vars', 'end']));
    for (const path of ['/api/v1/secrets', '/api/v1/audit-log', '/api/v1/workflows']) {
      await ask(path);
    }
    await ask('/api/v1/conversational-workflows/sessions?limit=200');
    expect(answers.length).toBeGreaterThan(15);
    expect(leaksIn(answers)).toEqual([]);
  });

  it('is in no table', async () => {
    const rows = await allRows();
    expect(rows.some((row) => row.includes('node-completed') && row.includes('***'))).toBe(true);
    expect(leaksIn(rows)).toEqual([]);
  });

  it('is in no line of the logs of either service', () => {
    expect(log.length + sim.log.length).toBeGreaterThan(20);
    expect(leaksIn([...log, ...sim.log])).toEqual([]);
  });
});
