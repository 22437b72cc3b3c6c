import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ENVELOPES, EXPORTED } from '../testing/documents.js';
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

const text = JSON.stringify(EXPORTED);
const importing = (body: unknown, options: object = {}) =>
  app.call('importWorkflow', { token: ada.token, body, ...options });
const imported = async (): Promise<string> => String((await importing(text)).body.workflow.id);
const at = (workflowId: string) => ({ token: ada.token, params: { workflowId } });

describe('an import', () => {
  it.each(Object.entries(ENVELOPES))('takes %s', async (_name, document) => {
    const { status, body, headers } = await importing(document);
    expect(status).toBe(201);
    expect(body.workflow).toMatchObject({ version: 1, createdBy: ada.userId });
    expect(headers['etag']).toBe('"1"');
    expect(headers['location']).toBe(`/api/v1/workflows/${String(body.workflow.id)}`);
  });

  it('takes name and description from the document, unless a name is given', async () => {
    expect((await importing(text)).body.workflow).toMatchObject({
      name: 'Order look-up',
      description: 'Says an order back.',
    });
    const named = await importing(text, { query: { name: 'Mine' } });
    expect(named.body.workflow.name).toBe('Mine');
    expect((await importing(text, { query: { name: '' } })).body.code).toBe('invalid_query');
    expect((await importing(text, { query: { title: 'x' } })).body.errors[0].path).toBe('title');
  });

  it('tells of every problem in the document and in its mapping, each with a hint', async () => {
    const broken = structuredClone(EXPORTED) as typeof EXPORTED & { state: { edges: object[] } };
    broken.state.edges.push({ id: 'e2', source: 'start', target: 'nowhere' });
    broken.state.blocks.answer.subBlocks.data.value = '{"x": "<nobody.value>"}';
    const { status, body } = await importing(broken);
    expect(status).toBe(201);
    const issues = body.issues as { code: string; message: string; hint: string }[];
    expect(issues.some(({ message }) => message.includes('nowhere'))).toBe(true);
    expect(issues.some(({ message }) => message.includes('nobody'))).toBe(true);
    expect(issues.every(({ hint }) => hint !== '')).toBe(true);
  });

  it('says that a model is missing, where one is', async () => {
    const asking = structuredClone(EXPORTED) as {
      state: { blocks: Record<string, { type: string }> };
    };
    asking.state.blocks['answer']!.type = 'agent';
    const codes = async (through: TestApp, token: string): Promise<string[]> => {
      const { body } = await through.call('importWorkflow', { token, body: asking });
      return (body.issues as { code: string }[]).map(({ code }) => code);
    };
    expect(await codes(app, ada.token)).toContain('executor_missing');
    const withModel = startTestApp(home.url, { OPENAI_API_KEY: 'sk-1' });
    const bob = await withModel.person('Bob');
    expect(await codes(withModel, bob.token)).not.toContain('executor_missing');
    const { body } = await withModel.call('listTools', { token: bob.token });
    expect((body.items as { id: string }[]).map(({ id }) => id)).toContain('router_v2');
    await withModel.stop();
  });

  it('refuses JSON that is no workflow, with issues', async () => {
    for (const document of [{}, [], 'text', 7, null, { state: 1 }, { _workspace: {} }]) {
      const { status, body } = await importing(JSON.stringify(document));
      expect([status, body.code], JSON.stringify(document)).toEqual([422, 'not_a_workflow']);
      expect(body.issues[0]).toMatchObject({ severity: 'error', hint: expect.any(String) });
    }
  });

  it('refuses what is no JSON, with the place', async () => {
    const { status, body } = await importing('{\n  "version": 1.0,\n  oops\n}');
    expect([status, body.code]).toEqual([400, 'invalid_json']);
    expect(body.detail).toContain('line 3, column 3');
    expect((await importing('')).body.code).toBe('invalid_json');
  });

  it('refuses what is too deep, too large or of another kind', async () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect((await importing(deep)).body.code).toBe('too_deep');
    const large = `{"blocks":{},"edges":[],"padding":"${'x'.repeat(10 * 1024 * 1024)}"}`;
    const tooLarge = await importing(large);
    expect([tooLarge.status, tooLarge.body.code]).toEqual([413, 'payload_too_large']);
    const other = await importing(text, { headers: { 'Content-Type': 'application/xml' } });
    expect([other.status, other.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  it('takes a document of just under 10 MB', async () => {
    const padding = 'x'.repeat(9 * 1024 * 1024);
    const { status } = await importing(JSON.stringify({ ...EXPORTED, padding }));
    expect(status).toBe(201);
  });

  it('takes what curl sends without a Content-Type of its own', async () => {
    const response = await app.http
      .post('/api/v1/workflows/import')
      .set('Authorization', `Bearer ${ada.token}`)
      .set('Content-Type', 'application/x-www-form-urlencoded')
      .send(text);
    expect(response.status).toBe(201);
  });
});

describe('an import with an idempotency key', () => {
  const withKey = (key: string, body: string, query = {}) =>
    importing(body, { headers: { 'Idempotency-Key': key }, query });

  it('gives the same answer again, and one workflow', async () => {
    const key = randomUUID();
    const first = await withKey(key, text);
    const again = await withKey(key, text);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
  });

  it('makes one workflow of ten requests at once', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => withKey(key, text)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => String(body.workflow.id))).size).toBe(1);
  });

  it('gives the first answer although the workflow was changed since', async () => {
    const key = randomUUID();
    const first = await withKey(key, text);
    const id = String(first.body.workflow.id);
    await app.call('updateWorkflow', {
      ...at(id),
      body: text,
      query: { name: 'Changed' },
      headers: { 'If-Match': '*' },
    });
    expect((await withKey(key, text)).body).toEqual(first.body);
  });

  it('refuses another document or name under the same key', async () => {
    const key = randomUUID();
    await withKey(key, text);
    const other = await withKey(key, JSON.stringify(ENVELOPES['d: blocks and edges at the root']));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect((await withKey(key, text, { name: 'Else' })).body.code).toBe('idempotency_key_reused');
  });

  it('keeps keys of different people apart', async () => {
    const key = randomUUID();
    const mine = await withKey(key, text);
    const { token } = await app.person('Grace');
    const hers = await withKey(key, text).then(() =>
      app.call('importWorkflow', { token, body: text, headers: { 'Idempotency-Key': key } }),
    );
    expect(hers.status).toBe(201);
    expect(hers.body.workflow.id).not.toBe(mine.body.workflow.id);
  });

  it('refuses a key that is none', async () => {
    expect((await withKey('with space', text)).body.code).toBe('invalid_headers');
    expect((await withKey('k'.repeat(256), text)).body.code).toBe('invalid_headers');
  });
});

describe('an export', () => {
  const bytes = (id: string, query = {}) =>
    app.http
      .get(`/api/v1/workflows/${id}/export`)
      .query(query)
      .set('Authorization', `Bearer ${ada.token}`)
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => done(null, Buffer.concat(chunks)));
      });

  it('gives back byte for byte what came in', async () => {
    const odd = `\uFEFF  ${JSON.stringify(EXPORTED, null, 3)}\r\n\t`.replace(
      'Start',
      'St\\u0061rt',
    );
    const { body } = await importing(odd);
    const response = await bytes(String(body.workflow.id));
    expect(Buffer.compare(response.body as Buffer, Buffer.from(odd))).toBe(0);
    expect(response.headers['content-disposition']).toBe(
      'attachment; filename="Order-look-up.json"',
    );
  });

  it.each(Object.entries(ENVELOPES))('gives back %s as it came in', async (_name, document) => {
    // Numbers, repeated keys and white space that reading and writing anew would change.
    const plain = JSON.stringify(document, null, 1);
    const odd = plain.startsWith('{')
      ? `{"z": 1.0e2, "z": -0,\t${plain.slice(1)}\n`
      : `\t${plain}\n `;
    const { status, body } = await importing(odd);
    expect(status).toBe(201);
    const response = await bytes(String(body.workflow.id));
    expect(Buffer.compare(response.body as Buffer, Buffer.from(odd))).toBe(0);
  });

  it('gives earlier versions, too', async () => {
    const id = await imported();
    const second = `${text}\n`;
    await app.call('updateWorkflow', { ...at(id), body: second, headers: { 'If-Match': '"1"' } });
    expect(String((await bytes(id)).body)).toBe(second);
    expect(String((await bytes(id, { version: 1 })).body)).toBe(text);
    const none = await app.call('exportWorkflow', { ...at(id), query: { version: 3 } });
    expect([none.status, none.body.code]).toEqual([404, 'version_not_found']);
    for (const version of ['0', 'latest', '1.5', '99999999999']) {
      const { body } = await app.call('exportWorkflow', { ...at(id), query: { version } });
      expect(body.code).toBe('invalid_query');
    }
  });

  it('is not sent to who has it', async () => {
    const id = await imported();
    const headers = { 'If-None-Match': '"1"' };
    expect((await app.call('exportWorkflow', { ...at(id), headers })).status).toBe(304);
    expect((await app.call('getWorkflow', { ...at(id), headers })).status).toBe(304);
  });
});

describe('an update', () => {
  const update = (id: string, ifMatch: string | undefined, body: unknown = text) =>
    app.call('updateWorkflow', {
      ...at(id),
      body,
      headers: ifMatch === undefined ? {} : { 'If-Match': ifMatch },
    });

  it('makes the next version and keeps the earlier ones', async () => {
    const id = await imported();
    const { status, body, headers } = await update(id, '"1"');
    expect(status).toBe(200);
    expect([body.workflow.version, headers['etag']]).toEqual([2, '"2"']);
    const versions = await app.call('listWorkflowVersions', at(id));
    expect(versions.body.items).toMatchObject([{ version: 2 }, { version: 1 }]);
    const current = await app.call('getWorkflow', at(id));
    expect(current.body.workflow.version).toBe(2);
    expect(current.headers['etag']).toBe('"2"');
  });

  it('says which version it is for', async () => {
    const id = await imported();
    expect((await update(id, undefined)).body.code).toBe('if_match_required');
    await update(id, '"1"');
    const stale = await update(id, '"1"');
    expect([stale.status, stale.body.code]).toEqual([412, 'version_conflict']);
    expect((await update(id, 'abc')).body.code).toBe('invalid_headers');
    expect((await update(id, '*')).body.workflow.version).toBe(3);
  });

  it('lets one of two through that come at once', async () => {
    const id = await imported();
    const both = await Promise.all([update(id, '"1"'), update(id, '"1"')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('changes nothing where the document is no workflow', async () => {
    const id = await imported();
    expect((await update(id, '"1"', {})).body.code).toBe('not_a_workflow');
    expect((await app.call('getWorkflow', at(id))).body.workflow.version).toBe(1);
  });
});

describe('a deletion', () => {
  it('takes the workflow and its versions away', async () => {
    const id = await imported();
    expect((await app.call('deleteWorkflow', at(id))).status).toBe(204);
    for (const operation of [
      'getWorkflow',
      'deleteWorkflow',
      'listWorkflowVersions',
      'exportWorkflow',
    ] as const) {
      expect((await app.call(operation, at(id))).body.code).toBe('workflow_not_found');
    }
  });

  it('goes by If-Match where that is given', async () => {
    const id = await imported();
    const stale = { ...at(id), headers: { 'If-Match': '"7"' } };
    expect((await app.call('deleteWorkflow', stale)).body.code).toBe('version_conflict');
  });
});

describe('the list', () => {
  it('has the latest first, in pages', async () => {
    const { token } = await app.person('Grace');
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      const { body } = await app.call('importWorkflow', { token, body: text, query: { name } });
      ids.unshift(String(body.workflow.id));
    }
    const first = await app.call('listWorkflows', { token, query: { limit: 2 } });
    const cursor = String(first.body.nextCursor);
    const second = await app.call('listWorkflows', { token, query: { limit: 2, cursor } });
    const listed = [...first.body.items, ...second.body.items] as { id: string }[];
    expect(listed.map(({ id }) => id)).toEqual(ids);
    expect(second.body.nextCursor).toBeNull();
  });

  it('refuses limits and cursors that are none', async () => {
    const list = (query: Record<string, string>) =>
      app.call('listWorkflows', { token: ada.token, query });
    expect((await list({ limit: '0' })).body.errors[0].path).toBe('limit');
    expect((await list({ limit: '1000' })).body.code).toBe('invalid_query');
    expect((await list({ cursor: 'nonsense' })).body.code).toBe('invalid_cursor');
    expect((await list({ page: '2' })).body.errors[0].path).toBe('page');
  });
});

describe('unknown ids', () => {
  it.each(['wf_unknown', 'nonsense', '..%2f', "wf_'; DROP TABLE workflows", '%00'])(
    'such as %s are 404',
    async (workflowId) => {
      const { status, body } = await app.call('getWorkflow', at(workflowId));
      expect([status, body.code]).toEqual([404, 'workflow_not_found']);
    },
  );

  it('that are not properly encoded are 400', async () => {
    const response = await app.http
      .get('/api/v1/workflows/%E0%A4%A')
      .set('Authorization', `Bearer ${ada.token}`);
    expect([response.status, response.body.code]).toEqual([400, 'invalid_url']);
  });
});
