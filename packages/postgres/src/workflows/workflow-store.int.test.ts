import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { InvalidCursorError } from '../encoding/cursor.js';
import {
  after,
  jsonContent,
  NOON,
  recordOf,
  seedWorkflow,
  seedWorkspace,
} from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createSessionStore } from '../sessions/session-store.js';
import { VersionConflictError } from './errors.js';
import { createWorkflowStore, type WorkflowChange, type WorkflowStore } from './workflow-store.js';

let home: TestDatabase;
let database: Database;
let store: WorkflowStore;
let name: string;
let count = 0;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  store = createWorkflowStore(database);
});
afterAll(() => home.drop());
beforeEach(async () => {
  name = `w${count++}`;
  await seedWorkflow(database, name);
});

const change = (changes: Partial<WorkflowChange> = {}) =>
  store.update({
    workspaceId: `ws_${name}`,
    workflowId: `wf_${name}`,
    expectedVersion: 1,
    changedBy: `usr_${name}`,
    now: after(1),
    ...changes,
  });

describe('a workflow', () => {
  it('gives back byte for byte what came in', async () => {
    const bytes = Buffer.concat([Buffer.from('\uFEFF{"a" :\r\n1}\0'), randomBytes(300_000)]);
    const content = { bytes, contentType: 'application/zip', document: { a: 1 }, sourceId: null };
    await store.create({
      id: `wf_raw${name}`,
      workspaceId: `ws_${name}`,
      name: 'Raw',
      description: 'as it is',
      content,
      createdBy: `usr_${name}`,
      now: NOON,
    });
    const stored = await store.content(`ws_${name}`, `wf_raw${name}`);
    expect(Buffer.from(stored!.bytes).equals(bytes)).toBe(true);
    expect(stored).toMatchObject({
      version: 1,
      contentType: 'application/zip',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      description: 'as it is',
    });
  });

  it('is stored with others, all of them or none', async () => {
    const fresh = (id: string) => ({
      id: `wf_${id}${name}` as const,
      workspaceId: `ws_${name}`,
      name: id,
      description: null,
      content: jsonContent({ id }),
      createdBy: `usr_${name}`,
      now: NOON,
    });
    const stored = await store.createAll([fresh('a'), fresh('b')]);
    expect(stored).toMatchObject([{ name: 'a', version: 1 }, { name: 'b' }]);
    await expect(store.createAll([fresh('c'), fresh('a')])).rejects.toThrow();
    expect(await store.get(`ws_${name}`, fresh('c').id)).toBeNull();
    expect(await store.createAll([])).toEqual([]);
  });

  it('is at its latest version, the earlier ones being kept', async () => {
    const content = jsonContent({ blocks: [1] });
    const changed = await change({ name: 'New', description: 'more', content });
    expect(changed).toEqual({
      id: `wf_${name}`,
      workspaceId: `ws_${name}`,
      name: 'New',
      description: 'more',
      version: 2,
      createdBy: `usr_${name}`,
      createdAt: NOON,
      updatedAt: after(1),
    });
    expect(await store.get(`ws_${name}`, `wf_${name}`)).toEqual(changed);
    const now = await store.content(`ws_${name}`, `wf_${name}`);
    const before = await store.content(`ws_${name}`, `wf_${name}`, 1);
    expect(Buffer.from(now!.bytes).toString()).toBe('{"blocks":[1]}');
    expect(Buffer.from(before!.bytes).toString()).toBe('{"blocks":[]}');
    expect(before!.name).toBe('Refund');
  });

  it('keeps its content where only the name changes, and may lose its description', async () => {
    await change({ name: 'Renamed', description: 'x' });
    await change({ expectedVersion: 2, description: null });
    const stored = await store.content(`ws_${name}`, `wf_${name}`);
    expect(stored).toMatchObject({ version: 3, name: 'Renamed', description: null });
    expect(Buffer.from(stored!.bytes).toString()).toBe('{"blocks":[]}');
  });

  it('is not changed from another version than it has', async () => {
    const conflict = change({ expectedVersion: 7, name: 'lost' });
    await expect(conflict).rejects.toThrow(VersionConflictError);
    await expect(conflict).rejects.toMatchObject({ expectedVersion: 7, actualVersion: 1 });
    expect((await store.get(`ws_${name}`, `wf_${name}`))?.name).toBe('Refund');
  });

  it('is changed by one of many who started from the same version', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => change({ name: `by ${i}` })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await store.get(`ws_${name}`, `wf_${name}`))?.version).toBe(2);
  });

  it('is changed by each where no version is named', async () => {
    await Promise.all([1, 2, 3].map((i) => change({ expectedVersion: null, name: `by ${i}` })));
    expect((await store.get(`ws_${name}`, `wf_${name}`))?.version).toBe(4);
  });

  it('has versions that never change', async () => {
    const update = (column: string) =>
      database.query({
        text: `UPDATE workflow_versions SET ${column} WHERE workflow_id = $1`,
        values: [`wf_${name}`],
      });
    await expect(update(`content = 'x'`)).rejects.toThrow(/do not change/);
    await expect(update(`name = 'x'`)).rejects.toThrow(/do not change/);
    await expect(update(`sha256 = repeat('0', 64)`)).rejects.toThrow(/do not change/);
  });

  it('keeps text that PostgreSQL cannot hold, with the marks that stand for it', async () => {
    expect((await change({ name: 'a\u0000b' }))?.name).toBe('a\uFFFDb');
  });

  it('outlives its author', async () => {
    await seedWorkspace(database, `guest${name}`);
    await change({ changedBy: `usr_guest${name}` });
    await database.query({
      text: 'DELETE FROM auth_users WHERE id = $1',
      values: [`usr_guest${name}`],
    });
    const page = await store.versions(`ws_${name}`, `wf_${name}`, 5);
    expect(page?.items.map(({ createdBy }) => createdBy)).toEqual([null, `usr_${name}`]);
  });
});

describe('another workspace', () => {
  it('has no way to it', async () => {
    const foreign = { workspaceId: 'ws_other' };
    expect(await store.get('ws_other', `wf_${name}`)).toBeNull();
    expect(await store.versions('ws_other', `wf_${name}`, 5)).toBeNull();
    expect(await store.content('ws_other', `wf_${name}`)).toBeNull();
    expect(await store.content('ws_other', `wf_${name}`, 1)).toBeNull();
    expect(await change({ ...foreign, name: 'stolen' })).toBeNull();
    expect(await store.delete('ws_other', `wf_${name}`, null)).toBe(false);
    expect((await store.list('ws_other', 5)).items).toEqual([]);
    expect((await store.get(`ws_${name}`, `wf_${name}`))?.name).toBe('Refund');
  });
});

describe('a deletion', () => {
  it('removes versions, journeys and sessions with it', async () => {
    await createSessionStore(database).create(recordOf(name, name), [], []);
    expect(await store.delete(`ws_${name}`, `wf_${name}`, 1)).toBe(true);
    expect(await store.get(`ws_${name}`, `wf_${name}`)).toBeNull();
    for (const table of [
      'workflow_versions',
      'workflow_journey_mappings',
      'conversational_workflow_sessions',
    ]) {
      const { rowCount } = await database.query({
        text: `SELECT FROM ${table} WHERE workflow_id = $1`,
        values: [`wf_${name}`],
      });
      expect(rowCount).toBe(0);
    }
  });

  it('does nothing from another version, nor a second time', async () => {
    const conflict = store.delete(`ws_${name}`, `wf_${name}`, 2);
    await expect(conflict).rejects.toThrow(VersionConflictError);
    expect(await store.delete(`ws_${name}`, `wf_${name}`, null)).toBe(true);
    expect(await store.delete(`ws_${name}`, `wf_${name}`, null)).toBe(false);
  });
});

describe('lists', () => {
  it('give the workflows of a workspace newest first, page by page', async () => {
    for (let i = 0; i < 4; i++) {
      await store.create({
        id: `wf_${name}_${i}`,
        workspaceId: `ws_${name}`,
        name: `n${i}`,
        description: null,
        content: jsonContent({}),
        createdBy: `usr_${name}`,
        // Two and two share a moment.
        now: after(1 + Math.floor(i / 2)),
      });
    }
    const first = await store.list(`ws_${name}`, 3);
    const second = await store.list(`ws_${name}`, 3, first.nextCursor!);
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids).toEqual([3, 2, 1, 0].map((i) => `wf_${name}_${i}`).concat(`wf_${name}`));
    expect(second.nextCursor).toBeNull();
  });

  it('give the versions of a workflow latest first, page by page', async () => {
    await change();
    await change({ expectedVersion: 2 });
    const first = await store.versions(`ws_${name}`, `wf_${name}`, 2);
    const second = await store.versions(`ws_${name}`, `wf_${name}`, 2, first!.nextCursor!);
    const versions = [...first!.items, ...second!.items].map(({ version }) => version);
    expect(versions).toEqual([3, 2, 1]);
    expect(second!.nextCursor).toBeNull();
  });

  it('refuse cursors that are none', async () => {
    await expect(store.list(`ws_${name}`, 2, '?')).rejects.toThrow(InvalidCursorError);
    const { nextCursor } = await createSessionStore(database).list({
      workspaceId: `ws_${name}`,
      limit: 1,
    });
    expect(nextCursor).toBeNull();
    const foreign = Buffer.from('[1,"wf_x"]').toString('base64url');
    await expect(store.versions(`ws_${name}`, `wf_${name}`, 2, foreign)).rejects.toThrow(
      InvalidCursorError,
    );
  });
});
