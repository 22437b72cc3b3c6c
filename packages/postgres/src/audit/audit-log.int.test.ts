import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { InvalidCursorError } from '../encoding/cursor.js';
import { after, NOON, seedWorkspace } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { appendAudit, listAudit, verifyAudit, type AuditEntry } from './audit-log.js';

let home: TestDatabase;
let database: Database;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  for (const name of ['ann', 'bob', 'cut', 'gap']) await seedWorkspace(database, name);
});
afterAll(() => home.drop());

const entry = (workspaceId: string | null, changes: Partial<AuditEntry> = {}): AuditEntry => ({
  workspaceId,
  actor: { type: 'user', id: 'usr_ann' },
  action: 'workflow.imported',
  target: { type: 'workflow', id: 'wf_1' },
  details: { name: 'Refund' },
  requestId: 'req_1',
  at: NOON,
  ...changes,
});
const append = (given: AuditEntry) => database.run((db) => appendAudit(db, given));

/** Changes a row as somebody could who has the database to themselves. */
async function tamper(text: string): Promise<void> {
  await database.pool.query(`ALTER TABLE audit_log DISABLE TRIGGER USER; ${text};
    ALTER TABLE audit_log ENABLE TRIGGER USER`);
}

describe('the audit log', () => {
  it('keeps entries as they were, latest first, each linked to the one before', async () => {
    const first = entry('ws_ann');
    const second = entry('ws_ann', {
      actor: { type: 'system' },
      target: null,
      requestId: null,
      at: after(1),
    });
    await append(first);
    await append(second);
    const { items } = await listAudit(database, 'ws_ann', 10);
    expect(items).toMatchObject([
      { ...second, sequence: 2, previousHash: items[1]?.hash },
      { ...first, sequence: 1, previousHash: '0'.repeat(64) },
    ]);
    expect(await verifyAudit(database, 'ws_ann')).toEqual({ intact: true, entries: 2 });
  });

  it('has a chain for each workspace and one for none', async () => {
    await append(entry(null, { action: 'sign-in.failed' }));
    await append(entry('ws_bob'));
    expect((await listAudit(database, null, 10)).items).toMatchObject([{ sequence: 1 }]);
    expect((await listAudit(database, 'ws_bob', 10)).items).toMatchObject([{ sequence: 1 }]);
  });

  it('stays whole when many write at once', async () => {
    const before = await verifyAudit(database, 'ws_bob');
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => append(entry('ws_bob', { at: after(i) }))),
    );
    expect(before).toEqual({ intact: true, entries: 1 });
    expect(await verifyAudit(database, 'ws_bob')).toEqual({ intact: true, entries: 21 });
  });

  it('falls with the change that it tells of', async () => {
    const before = await verifyAudit(database, 'ws_ann');
    const failing = database.transaction(async (tx) => {
      await appendAudit(tx, entry('ws_ann'));
      throw new RangeError('changed my mind');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await verifyAudit(database, 'ws_ann')).toEqual(before);
  });

  it('is listed page by page', async () => {
    const first = await listAudit(database, 'ws_bob', 15);
    const second = await listAudit(database, 'ws_bob', 15, first.nextCursor!);
    const sequences = [...first.items, ...second.items].map(({ sequence }) => sequence);
    expect(sequences).toEqual(Array.from({ length: 21 }, (_, i) => 21 - i));
    expect(second.nextCursor).toBeNull();
    await expect(listAudit(database, 'ws_bob', 5, 'x')).rejects.toThrow(InvalidCursorError);
  });

  it.each([
    ['changed', `UPDATE audit_log SET action = 'x' WHERE chain = 'ws_ann'`],
    ['removed', `DELETE FROM audit_log WHERE chain = 'ws_ann'`],
    ['emptied', 'TRUNCATE audit_log'],
  ])('is not to be %s', async (_, text) => {
    await expect(database.query({ text })).rejects.toThrow(/only ever added to/);
  });

  it('takes no action that is not words joined by dots', async () => {
    await expect(append(entry('ws_ann', { action: 'Did Something' }))).rejects.toMatchObject({
      constraint: 'audit_log_action_check',
    });
  });

  it('shows an entry that was altered past its guards', async () => {
    for (let i = 0; i < 3; i++) await append(entry('ws_cut', { at: after(i) }));
    await tamper(`UPDATE audit_log SET details = '{"name":"Other"}'
      WHERE chain = 'ws_cut' AND sequence = 2`);
    expect(await verifyAudit(database, 'ws_cut')).toEqual({ intact: false, brokenAt: 2 });
  });

  it('shows a gap, and an entry that was hashed anew', async () => {
    for (let i = 0; i < 4; i++) await append(entry('ws_gap', { at: after(i) }));
    await tamper(`UPDATE audit_log AS a SET actor_id = 'usr_bob' WHERE chain = 'ws_gap' AND sequence = 2;
      UPDATE audit_log AS a SET hash = audit_entry_hash(a) WHERE chain = 'ws_gap' AND sequence = 2`);
    expect(await verifyAudit(database, 'ws_gap')).toEqual({ intact: false, brokenAt: 3 });
    await tamper(`DELETE FROM audit_log WHERE chain = 'ws_gap' AND sequence = 1`);
    expect(await verifyAudit(database, 'ws_gap')).toEqual({ intact: false, brokenAt: 2 });
  });

  it('is whole where there is nothing', async () => {
    expect(await verifyAudit(database, 'ws_none')).toEqual({ intact: true, entries: 0 });
  });

  it('hashes alike whatever time zone a connection has', async () => {
    await database.pool
      .query(`ALTER ROLE CURRENT_USER IN DATABASE ${new URL(home.url).pathname.slice(1)}
      SET timezone = 'Pacific/Chatham'`);
    const elsewhere = home.open();
    expect(await verifyAudit(elsewhere, 'ws_bob')).toEqual({ intact: true, entries: 21 });
  });
});
