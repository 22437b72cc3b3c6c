import type { JourneyStore } from '@sim/engine';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import {
  after,
  journeyOf,
  jsonContent,
  mappingOf,
  NOON,
  recordOf,
  seedWorkflow,
} from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createSessionStore } from '../sessions/session-store.js';
import { UnknownWorkflowError } from '../workflows/errors.js';
import { createWorkflowStore } from '../workflows/workflow-store.js';
import { createJourneyStore } from './journey-store.js';

let home: TestDatabase;
let database: Database;
let store: JourneyStore;
let name: string;
let count = 0;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  store = createJourneyStore(database);
});
afterAll(() => home.drop());
beforeEach(async () => {
  name = `p${count++}`;
  await seedWorkflow(database, name);
});

const active = async () => (await store.activeMapping(`wf_${name}`, `ws_${name}`))?.journey.version;

describe('the current workflow', () => {
  it('is its latest version, parsed', async () => {
    const workflows = createWorkflowStore(database);
    await workflows.update({
      workspaceId: `ws_${name}`,
      workflowId: `wf_${name}`,
      expectedVersion: 1,
      name: 'Refund 2',
      content: {
        bytes: new TextEncoder().encode('blocks: []'),
        contentType: 'application/yaml',
        document: { blocks: [] },
        sourceId: null,
      },
      changedBy: `usr_${name}`,
      now: NOON,
    });
    expect(await store.currentWorkflow(`wf_${name}`, `ws_${name}`)).toEqual({
      version: 2,
      name: 'Refund 2',
      content: { blocks: [] },
    });
  });

  it('is not there for another workspace', async () => {
    expect(await store.currentWorkflow(`wf_${name}`, 'ws_other')).toBeNull();
    expect(await store.currentWorkflow('wf_none', `ws_${name}`)).toBeNull();
    expect(await store.currentWorkflow('wf_\0', `ws_${name}`)).toBeNull();
  });
});

describe('a workflow that another calls', () => {
  const put = (id: string, sourceId: string | null, title: string, ms: number) =>
    createWorkflowStore(database).create({
      id: `wf_${id}${name}`,
      workspaceId: `ws_${name}`,
      name: title,
      description: null,
      content: jsonContent({ blocks: [title] }, sourceId),
      createdBy: `usr_${name}`,
      now: after(ms),
    });
  const called = async (id: string, workspace = `ws_${name}`) =>
    (await store.calledWorkflow(id, workspace))?.name;

  it('is found by our id, and by the one that it had before it came', async () => {
    await put('kid', 'sim-7', 'Kid', 1);
    expect(await called(`wf_kid${name}`)).toBe('Kid');
    expect(await called('sim-7')).toBe('Kid');
    expect(await called('sim-8')).toBeUndefined();
    expect(await called('sim-7', 'ws_other')).toBeUndefined();
    expect(await called('\0')).toBeUndefined();
  });

  it('is the latest of several imports, but one of ours goes first', async () => {
    await put('old', 'sim-7', 'Old', 1);
    await put('new', 'sim-7', 'New', 2);
    expect(await called('sim-7')).toBe('New');
    await put('odd', `wf_old${name}`, 'Odd', 3);
    expect(await called(`wf_old${name}`)).toBe('Old');
  });

  it('goes by the id of its latest content', async () => {
    await put('kid', 'sim-7', 'Kid', 1);
    await createWorkflowStore(database).update({
      workspaceId: `ws_${name}`,
      workflowId: `wf_kid${name}`,
      expectedVersion: 1,
      content: jsonContent({ blocks: [] }, 'sim-9'),
      changedBy: `usr_${name}`,
      now: after(2),
    });
    expect(await called('sim-7')).toBeUndefined();
    expect(await called('sim-9')).toBe('Kid');
  });
});

describe('a mapping', () => {
  it('comes back as it was saved, the order of keys with it', async () => {
    const mapping = {
      ...mappingOf(`wf_${name}`, { ...journeyOf(`x${name}`), description: 'a\u0001b' }),
      issues: [
        {
          code: 'block_disabled',
          severity: 'info' as const,
          message: 'm',
          hint: 'h',
          blockId: 'b',
        },
      ],
    };
    await store.saveMapping(mapping, NOON);
    const stored = await store.activeMapping(`wf_${name}`, `ws_${name}`);
    expect(stored).toEqual(mapping);
    expect(JSON.stringify(stored?.journey)).toBe(JSON.stringify(mapping.journey));
  });

  it('in force is one, and the earlier ones stay readable', async () => {
    await store.saveMapping(mappingOf(`wf_${name}`, journeyOf(`second${name}`)), after(1));
    expect(await active()).toBe(`second${name}`);
    expect(await store.journey(`jrn_${name}`, name)).toEqual(journeyOf(name));
  });

  it('are found by workflow and version, in their own workspace alone', async () => {
    await store.saveMapping(mappingOf(`wf_${name}`, journeyOf(`second${name}`)), after(1));
    const mapped = (workflow: string, workspace: string, version: string) =>
      store.mapped(`wf_${workflow}`, `ws_${workspace}`, version);
    expect(await mapped(name, name, name)).toEqual(journeyOf(name));
    expect(await mapped(name, name, `second${name}`)).toEqual(journeyOf(`second${name}`));
    expect(await mapped(name, name, 'other')).toBeNull();
    expect(await mapped(name, 'other', name)).toBeNull();
    await seedWorkflow(database, `x${name}`);
    expect(await mapped(`x${name}`, `x${name}`, name)).toBeNull();
  });

  it('may come into force again without being stored twice', async () => {
    await store.saveMapping(mappingOf(`wf_${name}`, journeyOf(`second${name}`)), after(1));
    await store.saveMapping(mappingOf(`wf_${name}`, journeyOf(name)), after(2));
    expect(await active()).toBe(name);
    const { rows } = await database.query<{ count: string }>({
      text: 'SELECT count(*) FROM workflow_journey_mappings WHERE workflow_id = $1',
      values: [`wf_${name}`],
    });
    expect(rows).toEqual([{ count: '2' }]);
  });

  it('does not change a journey that is stored under its version', async () => {
    const forged = { ...journeyOf(name), name: 'another' };
    await store.saveMapping(mappingOf(`wf_${name}`, forged), after(1));
    expect((await store.journey(`jrn_${name}`, name))?.name).toBe('Refund');
    const update = database.query({
      text: `UPDATE workflow_journey_mappings SET journey = '{}' WHERE workflow_id = $1`,
      values: [`wf_${name}`],
    });
    await expect(update).rejects.toThrow(/do not change/);
  });

  it('in force is still one when many replicas map at once', async () => {
    const saves = Array.from({ length: 10 }, (_, i) =>
      store.saveMapping(mappingOf(`wf_${name}`, journeyOf(`r${i}${name}`)), after(i)),
    );
    await Promise.all(saves);
    expect(await active()).toMatch(/^r\d/);
  });

  it('is not in force where the workflow has gone on to another version', async () => {
    await createWorkflowStore(database).update({
      workspaceId: `ws_${name}`,
      workflowId: `wf_${name}`,
      expectedVersion: 1,
      description: 'changed',
      changedBy: `usr_${name}`,
      now: after(1),
    });
    expect(await active()).toBeUndefined();
    const remapped = { ...mappingOf(`wf_${name}`, journeyOf(name)), workflowVersion: 2 };
    await store.saveMapping(remapped, after(2));
    expect(await store.activeMapping(`wf_${name}`, `ws_${name}`)).toEqual(remapped);
    const withTools = { ...remapped, toolsHash: 'abc' };
    await store.saveMapping(withTools, after(3));
    expect(await store.activeMapping(`wf_${name}`, `ws_${name}`)).toEqual(withTools);
  });

  it('is not there for another workspace', async () => {
    expect(await store.activeMapping(`wf_${name}`, 'ws_other')).toBeNull();
  });

  it('comes with those of its workspace, the latest mapped first', async () => {
    await createWorkflowStore(database).create({
      id: `wf_other${name}`,
      workspaceId: `ws_${name}`,
      name: 'Other',
      description: null,
      content: jsonContent({ blocks: [] }),
      createdBy: `usr_${name}`,
      now: NOON,
    });
    const other = mappingOf(`wf_other${name}`, journeyOf(`other${name}`));
    await store.saveMapping(other, after(5));
    await store.saveMapping(mappingOf(`wf_${name}`, journeyOf(`second${name}`)), after(1));
    const listed = await store.activeMappings(`ws_${name}`, 10);
    expect(listed.map(({ journey }) => journey.version)).toEqual([`other${name}`, `second${name}`]);
    expect(await store.activeMappings(`ws_${name}`, 1)).toEqual([other]);
    expect(await store.activeMappings('ws_none', 10)).toEqual([]);
  });

  it('is refused for a workflow, or a version, that is not stored', async () => {
    const journey = journeyOf('x');
    await expect(store.saveMapping(mappingOf('wf_none', journey), NOON)).rejects.toThrow(
      UnknownWorkflowError,
    );
    const later = { ...mappingOf(`wf_${name}`, journey), workflowVersion: 9 };
    await expect(store.saveMapping(later, NOON)).rejects.toMatchObject({ version: 9 });
  });
});

describe('a journey', () => {
  it('is not found under another version or id', async () => {
    expect(await store.journey(`jrn_${name}`, 'other')).toBeNull();
    expect(await store.journey('jrn_none', name)).toBeNull();
  });

  it('cannot be removed while a session runs on it', async () => {
    await createSessionStore(database).create(recordOf(name, name), [], []);
    const removing = database.query({
      text: 'DELETE FROM workflow_journey_mappings WHERE workflow_id = $1',
      values: [`wf_${name}`],
    });
    await expect(removing).rejects.toMatchObject({ constraint: 'cws_journey_fkey' });
  });
});
