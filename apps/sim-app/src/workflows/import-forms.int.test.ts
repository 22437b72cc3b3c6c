import { randomUUID } from 'node:crypto';
import { parseWorkflow } from '@sim/domain';
import { createJourneyStore } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { zipSync, type Zippable } from 'fflate';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EXPORTED } from '../testing/documents.js';
import { startTestApp, type Person, type TestApp } from '../testing/test-app.js';

let home: TestDatabase;
let app: TestApp;
let ada: Person;

beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  app = startTestApp(home.url);
  ada = await app.person('Ada');
});
afterAll(async () => {
  await app.stop();
  await home.drop();
});

const YAML = `# Kept with its comments.
version: '1.0'
blocks:
  start:
    type: starter
    name: Start
    inputs: {startWorkflow: manual}
    connections: {success: work}
  work: {type: function, name: Work, inputs: {code: "return 'ü'"}}
`;

const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));
const zip = (files: Zippable) => Buffer.from(zipSync(files));
const nameless = { blocks: EXPORTED.state.blocks, edges: EXPORTED.state.edges };

const send = (
  bytes: Buffer | string,
  contentType: string,
  options: { key?: string; query?: object } = {},
) =>
  app.call('importWorkflow', {
    token: ada.token,
    body: bytes,
    query: { ...options.query },
    headers: {
      'Content-Type': contentType,
      ...(options.key !== undefined && { 'Idempotency-Key': options.key }),
    },
  });

const exported = (id: unknown) =>
  app.http
    .get(`/api/v1/workflows/${String(id)}/export`)
    .set('Authorization', `Bearer ${ada.token}`)
    .buffer(true)
    .parse((res, done) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => done(null, Buffer.concat(chunks)));
    });

const listed = async () =>
  (
    (await app.call('listWorkflows', { token: ada.token, query: { limit: 100 } })).body.items as {
      id: string;
    }[]
  ).length;

describe('an import of YAML', () => {
  it.each([
    'application/yaml',
    'text/yaml; charset=utf-8',
    'application/x-yaml',
    'text/plain',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
  ])('as %s comes back byte for byte', async (contentType) => {
    const { status, body } = await send(YAML, contentType, { query: { name: 'Für YAML' } });
    expect([status, body.workflow.name]).toEqual([201, 'Für YAML']);
    const response = await exported(body.workflow.id);
    expect(String(response.body)).toBe(YAML);
    expect(response.headers['content-type']).toBe('application/yaml');
    expect(response.headers['content-disposition']).toMatch(/\.yaml"$/);
  });

  it('tells where it is broken', async () => {
    const { status, body } = await send('version: 1\nblocks: [', 'application/yaml');
    expect([status, body.code]).toEqual([422, 'not_a_workflow']);
    expect(body.issues).toMatchObject([{ code: 'yaml_invalid' }]);
    expect(body.detail).toContain('line 2');
    expect((await send('just words', 'text/yaml')).body.code).toBe('not_a_workflow');
    expect((await send(YAML, 'application/json')).body.code).toBe('invalid_json');
  });

  it('survives bombs and depth', async () => {
    const laughs = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let n = 1; n < 20; n += 1) {
      laughs.push(`a${n}: &a${n} [${Array.from({ length: 9 }, () => `*a${n - 1}`).join(', ')}]`);
    }
    const bomb = await send(laughs.join('\n'), 'application/yaml');
    expect(bomb.body.issues).toMatchObject([{ code: 'unpacks_too_large' }]);
    const deep = await send(`blocks: ${'['.repeat(5000)}`, 'application/yaml');
    expect(deep.body.issues).toMatchObject([{ code: 'too_deep' }]);
  });

  it('may be the next version of a workflow', async () => {
    const { body } = await send(bytesOf(EXPORTED).toString(), 'application/json');
    const params = { workflowId: String(body.workflow.id) };
    const headers = { 'If-Match': '"1"', 'Content-Type': 'application/yaml' };
    const update = { token: ada.token, params, body: YAML, headers };
    expect((await app.call('updateWorkflow', update)).body.workflow.version).toBe(2);
    expect(String((await exported(params.workflowId)).body)).toBe(YAML);
    const versions = await app.call('listWorkflowVersions', { token: ada.token, params });
    expect(versions.body.items).toMatchObject([
      { contentType: 'application/yaml' },
      { contentType: 'application/json' },
    ]);
  });
});

describe('what is stored of a form', () => {
  const THREE = `${YAML}  check:
    type: condition
    name: Check
    inputs: {conditions: {if: a, else-if-9: b, else-if-10: c}}
    connections: {conditions: {else-if-10: start, if: work}}
`;

  it.each<[string, string | Buffer]>([
    ['application/yaml', THREE],
    ['application/zip', zip({ 'One.json': bytesOf(nameless) })],
  ])('%s is read by conversations as it was read here', async (contentType, bytes) => {
    const { body } = await send(bytes, contentType, { query: { name: 'Stored' } });
    const journeys = createJourneyStore(home.open());
    const stored = await journeys.currentWorkflow(String(body.workflow.id), ada.workspaceId);
    expect(stored?.name).toBe('Stored');
    const blocks = parseWorkflow(stored?.content).workflow?.blocks;
    expect(blocks?.length).toBeGreaterThan(1);
    expect(blocks).toEqual(parseWorkflow(Buffer.from(bytes)).workflow?.blocks);
  });
});

describe('an import of operations', () => {
  it('makes the workflow that comes of them', async () => {
    const operations = [
      {
        operation_type: 'add',
        block_id: 'start',
        params: { type: 'start_trigger', name: 'Start', connections: { success: 'work' } },
      },
      {
        operation_type: 'add',
        block_id: 'work',
        params: { type: 'function', name: 'Work', inputs: { code: 'return 1' } },
      },
    ];
    const { status, body } = await send(JSON.stringify({ operations }), 'application/json');
    expect(status).toBe(201);
    const codes = (body.issues as { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual(['workflow_name_missing']);
  });
});

describe('an import of an archive', () => {
  it.each(['application/zip', 'application/x-zip-compressed', 'application/octet-stream'])(
    'of one workflow as %s comes back byte for byte',
    async (contentType) => {
      const archive = zip({
        'Sales/My flow.json': bytesOf(nameless),
        '_workspace.json': bytesOf({}),
      });
      const { status, body } = await send(archive, contentType);
      expect([status, body.workflow.name, body.others]).toEqual([201, 'My flow', undefined]);
      const response = await exported(body.workflow.id);
      expect(Buffer.compare(response.body as Buffer, archive)).toBe(0);
      expect(response.headers['content-type']).toBe('application/zip');
      expect(response.headers['content-disposition']).toBe('attachment; filename="My-flow.zip"');
    },
  );

  it('of several makes a workflow of each, with its own bytes', async () => {
    const second = Buffer.from(`  ${JSON.stringify(nameless, null, 3)}\n`);
    const archive = zip({
      'a.json': bytesOf(EXPORTED),
      'In/Second.json': second,
      'broken.json': Buffer.from('{'),
      'else.json': bytesOf({ nodes: [] }),
    });
    const { status, body } = await send(archive, 'application/zip');
    expect(status).toBe(201);
    expect(body.workflow.name).toBe('Order look-up');
    const others = body.others as { workflow: { id: string; name: string } }[];
    expect(others.map(({ workflow }) => workflow.name)).toEqual(['Second']);
    expect(body.issues).toMatchObject([
      { code: 'archive_file_refused', path: 'broken.json' },
      { code: 'not_a_workflow', path: 'else.json' },
    ]);
    expect(body.issues[1].message).toContain('else.json was not imported.');
    const response = await exported(others[0]?.workflow.id);
    expect(Buffer.compare(response.body as Buffer, second)).toBe(0);
    expect(response.headers['content-type']).toMatch(/^application\/json\b/);
  });

  it('of several is all there or not at all', async () => {
    const before = await listed();
    const none = await send(
      zip({ 'a.json': bytesOf({}), 'b.json': bytesOf([]) }),
      'application/zip',
    );
    expect([none.status, none.body.code]).toEqual([422, 'not_a_workflow']);
    expect(none.body.issues).toHaveLength(2);
    const two = zip({ 'a.json': bytesOf(EXPORTED), 'b.json': bytesOf(EXPORTED) });
    const named = await send(two, 'application/zip', { query: { name: 'One' } });
    expect([named.status, named.body.errors[0].path]).toEqual([400, 'name']);
    expect(await listed()).toBe(before);
  });

  it('of several is no new version of one', async () => {
    const { body } = await send(bytesOf(EXPORTED).toString(), 'application/json');
    const { status, body: problem } = await app.call('updateWorkflow', {
      token: ada.token,
      params: { workflowId: String(body.workflow.id) },
      body: zip({ 'a.json': bytesOf(EXPORTED), 'b.json': bytesOf(EXPORTED) }),
      headers: { 'If-Match': '"1"', 'Content-Type': 'application/zip' },
    });
    expect([status, problem.code]).toEqual([422, 'not_a_workflow']);
    expect(problem.issues).toMatchObject([{ code: 'archive_several_workflows' }]);
  });

  it('with a key gives the same workflows again, once', async () => {
    const key = randomUUID();
    const archive = zip({ 'a.json': bytesOf(EXPORTED), 'b.json': bytesOf(nameless) });
    const before = await listed();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => send(archive, 'application/zip', { key })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
    expect(await listed()).toBe(before + 2);
    const more = zip({
      'a.json': bytesOf(EXPORTED),
      'b.json': bytesOf(nameless),
      'c.json': bytesOf(nameless),
    });
    const reused = await send(more, 'application/zip', { key });
    expect([reused.status, reused.body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it.each<[string, () => Buffer, string]>([
    ['that is none', () => Buffer.from('PK'), 'archive_invalid'],
    [
      'that is cut off',
      () => zip({ 'a.json': bytesOf(EXPORTED) }).subarray(0, 90),
      'archive_invalid',
    ],
    ['with nothing in it', () => zip({}), 'archive_empty'],
    [
      'with a path that leads out',
      () => zip({ '../a.json': bytesOf(EXPORTED) }),
      'archive_file_refused',
    ],
    ['that is a bomb', () => zip({ 'a.json': Buffer.alloc(9_000_000, ' ') }), 'unpacks_too_large'],
  ])('%s is refused', async (_name, archive, code) => {
    const { status, body } = await send(archive(), 'application/zip');
    expect([status, body.code]).toEqual([422, 'not_a_workflow']);
    expect(body.issues).toMatchObject([{ code }]);
  });

  it('of a file nested very deeply is kept', async () => {
    const deep = `{"blocks":[],"edges":[],"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect((await send(zip({ 'a.json': Buffer.from(deep) }), 'application/zip')).status).toBe(201);
  });
});
