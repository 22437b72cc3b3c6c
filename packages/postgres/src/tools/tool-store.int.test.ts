import type { HttpToolAdapter } from '@sim/engine';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { violatedConstraint } from '../connection/failures.js';
import { after, NOON, seedWorkspace } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import {
  createToolStore,
  ToolExistsError,
  type ManagedToolStore,
  type ToolChange,
} from './tool-store.js';

let home: TestDatabase;
let database: Database;
let store: ManagedToolStore;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  store = createToolStore(database);
  await seedWorkspace(database, 'ann');
  await seedWorkspace(database, 'bob');
});
afterAll(() => home.drop());
beforeEach(() => database.query({ text: 'DELETE FROM workspace_tools' }));

const ADAPTER: HttpToolAdapter = {
  kind: 'http',
  method: 'POST',
  url: 'https://example.com/',
  headers: { authorization: 'Bearer {{TOKEN}}' },
  query: {},
  body: { text: '<params.text>', odd: '\u0000' },
};
const change = (more: Partial<ToolChange> = {}): ToolChange => ({
  name: 'Slack',
  blockType: 'slack',
  operation: null,
  sideEffect: 'write',
  idempotent: true,
  adapter: ADAPTER,
  enabled: true,
  ...more,
});
let made = 0;
const create = (owner: string, more: Partial<ToolChange> = {}, limit = 100) =>
  store.create(
    {
      ...change(more),
      id: `tool_${(made += 1)}`,
      workspaceId: `ws_${owner}`,
      createdBy: `usr_${owner}`,
      now: NOON,
    },
    limit,
  );

describe('tools', () => {
  it('are kept as they are, and given to their workspace alone', async () => {
    const tool = await create('ann');
    const adapter = { ...ADAPTER, body: { text: '<params.text>', odd: '\ufffd' } };
    expect(tool).toMatchObject({ ...change({ adapter }), createdAt: NOON, createdBy: 'usr_ann' });
    expect(await store.get('ws_ann', tool!.id)).toEqual(tool);
    expect(await store.list('ws_ann')).toEqual([tool]);
    expect(await store.enabled('ws_ann')).toEqual([tool]);
    for (const other of ['ws_bob', 'ws_none']) {
      expect(await store.get(other, tool!.id)).toBeNull();
      expect(await store.list(other)).toEqual([]);
      expect(await store.enabled(other)).toEqual([]);
      expect(await store.update(other, tool!.id, change({ name: 'Theirs' }), NOON)).toBeNull();
      expect(await store.delete(other, tool!.id)).toBe(false);
    }
    expect(await store.get('ws_ann', tool!.id)).toEqual(tool);
  });

  it('that are not enabled are listed, and not run', async () => {
    const tool = await create('ann', { enabled: false });
    expect(await store.list('ws_ann')).toEqual([tool]);
    expect(await store.enabled('ws_ann')).toEqual([]);
  });

  it('stand for one operation each, and one for all others', async () => {
    await create('ann');
    await create('ann', { operation: 'send' });
    await create('bob');
    for (const operation of [null, 'send']) {
      await expect(create('ann', { operation })).rejects.toThrow(ToolExistsError);
    }
    const other = await create('ann', { operation: 'read' });
    const taken = store.update('ws_ann', other!.id, change({ operation: 'send' }), NOON);
    await expect(taken).rejects.toMatchObject({ code: 'tool_exists', operation: 'send' });
    expect((await store.list('ws_ann')).map(({ operation }) => operation)).toEqual([
      'read',
      'send',
      null,
    ]);
  });

  it('are changed, the time of their making kept', async () => {
    const tool = await create('ann');
    const changed = await store.update(
      'ws_ann',
      tool!.id,
      change({ name: 'New', sideEffect: 'none', idempotent: false }),
      after(5),
    );
    expect(changed).toEqual({
      ...tool,
      name: 'New',
      sideEffect: 'none',
      idempotent: false,
      updatedAt: after(5),
    });
    expect(await store.get('ws_ann', tool!.id)).toEqual(changed);
  });

  it('are deleted once', async () => {
    const tool = await create('ann');
    expect(await store.delete('ws_ann', tool!.id)).toBe(true);
    expect(await store.delete('ws_ann', tool!.id)).toBe(false);
  });

  it('are no more than so many, also where many are added at once', async () => {
    const tries = ['a', 'b', 'c', 'd'].map((operation) => create('ann', { operation }, 2));
    const added = (await Promise.all(tries)).filter((tool) => tool !== null);
    expect(added).toHaveLength(2);
    expect(await store.list('ws_ann')).toHaveLength(2);
  });

  it('go with their workspace, and outlive who made them', async () => {
    await seedWorkspace(database, 'eve');
    const tool = await create('eve');
    await database.query({
      text: `UPDATE workspace_members SET user_id = 'usr_ann' WHERE user_id = 'usr_eve'`,
    });
    await database.query({ text: `DELETE FROM auth_users WHERE id = 'usr_eve'` });
    expect(await store.get('ws_eve', tool!.id)).toMatchObject({ createdBy: null });
    await database.query({ text: `DELETE FROM workspaces WHERE id = 'ws_eve'` });
    expect(await store.get('ws_eve', tool!.id)).toBeNull();
  });

  it.each([
    ['a kind that there is not', `adapter = '{"kind":"ftp"}'`, 'workspace_tools_adapter_check'],
    ['no kind', `adapter = '{}'`, 'workspace_tools_adapter_check'],
    ['an empty operation', `operation = ''`, 'workspace_tools_operation_check'],
    ['no type', `block_type = ''`, 'workspace_tools_block_type_check'],
    ['another effect', `side_effect = 'some'`, 'workspace_tools_side_effect_check'],
    ['another id', `id = 'x'`, 'workspace_tools_id_check'],
  ])('cannot have %s', async (_, set, constraint) => {
    await create('ann');
    const refused = database.query({ text: `UPDATE workspace_tools SET ${set}` });
    const error: unknown = await refused.catch((thrown: unknown) => thrown);
    expect(violatedConstraint(error)).toBe(constraint);
  });
});
