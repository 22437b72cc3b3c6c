import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { NOON, recordOf, seedWorkflow } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createSessionStore } from './session-store.js';
import { sessionVersions } from './session-versions.js';

let home: TestDatabase;
let database: Database;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  await seedWorkflow(database, 'ann');
  const store = createSessionStore(database, () => NOON);
  for (const id of ['one', 'two', 'three']) await store.create(recordOf('ann', id), [], []);
});
afterAll(() => home.drop());

it('gives the versions of the sessions that there are', async () => {
  await database.query({
    text: 'UPDATE conversational_workflow_sessions SET version = version + 5 WHERE session_id = $1',
    values: ['ses_two'],
  });
  const found = await sessionVersions(database, ['ses_one', 'ses_two', 'ses_nowhere']);
  const first = found.get('ses_one') ?? NaN;
  expect([...found]).toEqual([
    ['ses_one', first],
    ['ses_two', first + 5],
  ]);
  expect(await sessionVersions(database, [])).toEqual(new Map());
});

it('looks any number up', async () => {
  const many = Array.from({ length: 2500 }, (_, index) => `ses_${index}`);
  const found = await sessionVersions(database, [...many, 'ses_three']);
  expect([...found.keys()]).toEqual(['ses_three']);
});
