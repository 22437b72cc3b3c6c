import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTestService,
  UnsoundSessionsError,
  verifySessions,
  type Dialogue,
  type Person,
  type TestService,
} from '@sim/conversation-service/testing';
import { readSessionHistory, verifySession, type Database } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { runSessionTool } from '../support/session-tool.js';
import { sketch, startWith } from '../support/sketch.js';

let home: TestDatabase;
let database: Database;
let service: TestService;
let ada: Person;
let shop: Server;
let workflowId: string;
/** Has ordered, and waits for an hour. */
let session: Dialogue;
beforeAll(async () => {
  shop = createServer((_req, res) => {
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"id": 7}');
  });
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  home = await createTestDatabase(inject('postgresUrl'));
  database = home.open();
  service = await startTestService(home.url, { upkeep: false });
  ada = await seedPerson(database, 'Ada');
  const { port } = shop.address() as AddressInfo;
  const document = sketch(
    {
      start: startWith({ name: 'order' }),
      call: {
        type: 'api',
        name: 'Place the order',
        params: { url: `http://127.0.0.1:${port}/<start.order>`, method: 'POST' },
      },
      wait: { type: 'wait', name: 'Let it rest', params: { timeValue: '1', timeUnit: 'hours' } },
      end: { type: 'response', params: { data: '{"done": true}' } },
    },
    ['start -> call', 'call -> wait', 'wait -> end'],
  );
  workflowId = await seedWorkflow(database, ada, document);
});
afterAll(async () => {
  await service.stop();
  await home.drop();
  shop.closeAllConnections();
  shop.close();
});
beforeEach(async () => {
  session = await openDialogue(service.call, ada, workflowId);
  await session.says('SECRET-ORDER');
  await session.does('confirm');
});

const change = (text: string, ...more: unknown[]) =>
  database.query({ text, values: [session.sessionId, ...more] });

/** The checks that are not ok, with what they say. */
async function faults(): Promise<string[]> {
  const checks = await readSessionHistory(database, session.sessionId, (history) =>
    verifySession(history),
  );
  return (checks ?? [])
    .filter(({ outcome }) => outcome !== 'ok')
    .map(({ name, details }) => `${name}: ${details.join(' ')}`);
}

describe('npm run session', () => {
  it('shows what happened, what ran under which key, and what is open', async () => {
    const { code, out } = await runSessionTool(home.url, session.sessionId, '--verify');
    expect(code).toBe(0);
    expect(out).toContain(`Session ${session.sessionId}`);
    expect(out).toMatch(/status +running at st_wait/);
    expect(out).toMatch(/lease +none/);
    expect(out).toMatch(/#0 +session-created/);
    expect(out).toMatch(/node-started: "Place the order", run_\d+, attempt 1/);
    expect(out).toMatch(/node-completed: "Place the order", run_\d+, \d+ ms, acted outside/);
    expect(out).toMatch(/api "Place the order", attempt 1: succeeded in \d+ ms, key \S+/);
    expect(out).toMatch(
      /tmr_\d+: waits until \S+, "Let it rest", job for \S+, tried 0 of 25 times/,
    );
    expect(out.match(/^ {2}ok /gm)).toHaveLength(6);
  });

  it('tells what people said only where it is asked to', async () => {
    const { out } = await runSessionTool(home.url, session.sessionId);
    expect(out).toMatch(/turn {3}user: a text of 12/);
    expect(out).not.toContain('SECRET-ORDER');
    const json = await runSessionTool(home.url, session.sessionId, '--json', '--verify');
    expect(json.out).not.toContain('SECRET-ORDER');
    const open = await runSessionTool(home.url, session.sessionId, '--texts');
    expect(open.out).toMatch(/user-said: "SECRET-ORDER", provide-value/);
  });

  it('prints one JSON object a line', async () => {
    const { out } = await runSessionTool(home.url, session.sessionId, '--json', '--verify');
    const things = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string });
    const kinds = new Set(things.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['check', 'event', 'run', 'session', 'timer', 'turn']);
    expect(things[0]).toMatchObject({
      kind: 'session',
      sessionId: session.sessionId,
      executionStatus: 'running',
    });
  });

  it('shows a question that is open', async () => {
    const asking = await openDialogue(service.call, ada, workflowId);
    const { out } = await runSessionTool(home.url, asking.sessionId);
    expect(out).toMatch(/Open\n +\S+: asks for order, "start"/);
  });

  it.each([
    [['ses_nobody'], /There is no session "ses_nobody" in test_/],
    [[], /Say which session[^]*Usage: session ID/],
    [['ses_a', 'ses_b'], /ses_b is not understood/],
    [['ses_a', '--loud'], /--loud/],
  ])('cannot read %j, and says why', async (args, why) => {
    const { code, out, err } = await runSessionTool(home.url, ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(why);
  });

  it('ends with 1 where something differs', async () => {
    await change('DELETE FROM workflow_execution_events WHERE session_id = $1 AND sequence = 2');
    const { code, out } = await runSessionTool(home.url, session.sessionId, '--verify');
    expect(code).toBe(1);
    expect(out).toMatch(/differs {2}The events are numbered from 0 without gaps\n +#2 is missing/);
  });
});

describe('the verification tells', () => {
  it('nothing of a session that is as it was written', async () => {
    expect(await faults()).toEqual([]);
  });

  it('an event that was removed from the end', async () => {
    await change(`DELETE FROM workflow_execution_events WHERE session_id = $1 AND sequence =
      (SELECT max(sequence) FROM workflow_execution_events WHERE session_id = $1)`);
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^The events are numbered.*The log ends with #\d+; .* applied \d+ events/,
      ),
      expect.stringMatching(
        /^The events rebuild.*sequence: rebuilt a number|sequence: rebuilt \d+/,
      ),
    ]);
  });

  it('the oldest events, where it was not retention that took them', async () => {
    await change('DELETE FROM workflow_execution_events WHERE session_id = $1 AND sequence < 3');
    expect(await faults()).toContainEqual(expect.stringMatching(/#0 to #2 are missing\./));
  });

  it('a state that was changed, by its place and not by its words', async () => {
    await change(`UPDATE conversational_workflow_sessions
      SET state = jsonb_set(state, '{scopes,root,outputs,st_start,order}', '"PRIVATE"')
      WHERE session_id = $1`);
    expect(await faults()).toEqual([
      'The events rebuild the stored state: scopes.root.outputs.st_start.order: ' +
        'rebuilt a text of 12, stored a text of 7',
    ]);
  });

  it('a state that is none', async () => {
    await change(`UPDATE conversational_workflow_sessions SET state = '[7]' WHERE session_id = $1`);
    expect(await faults()).toContainEqual(expect.stringContaining('but a list of 1'));
    const { code, out } = await runSessionTool(home.url, session.sessionId, '--verify');
    expect(code).toBe(1);
    expect(out).toContain('The stored state is damaged: a list of 1');
  });

  it('an event whose data make no sense, and shows the others', async () => {
    await change(`UPDATE workflow_execution_events SET data = '{"scopeId": "nowhere"}'
      WHERE session_id = $1 AND event_type IN ('node-completed', 'node-started')`);
    expect(await faults()).toContainEqual(
      expect.stringMatching(/Event #\d+ \(node-completed\) cannot be applied: .*nowhere/),
    );
    const { out } = await runSessionTool(home.url, session.sessionId);
    expect(out).toContain('node-started: incomplete: its data are damaged');
    expect(out).toMatch(/timer-set: tmr_/);
  });

  it('columns that say something else', async () => {
    await change(`UPDATE conversational_workflow_sessions
      SET execution_status = 'failed', current_node_id = 'end', current_state_id = NULL
      WHERE session_id = $1`);
    expect(await faults()).toEqual([
      'The columns follow from the state: execution_status is failed, the state says running. ' +
        'current_state_id is null, the state says st_wait. current_node_id is end, the state says wait.',
    ]);
  });

  it('a run that the journal keeps open', async () => {
    await change(`UPDATE conversational_block_runs SET status = 'started', finished_at = NULL
      WHERE session_id = $1`);
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^The runs under way.*run_\d+ is open in the journal, and the session has/,
      ),
    ]);
  });

  it('a run under another key than it was begun with', async () => {
    await change(`UPDATE conversational_block_runs SET idempotency_key = 'other'
      WHERE session_id = $1`);
    expect(await faults()).toEqual([expect.stringMatching(/another block, attempt or key/)]);
  });

  it('a run that no event knows', async () => {
    await change(`UPDATE conversational_block_runs SET run_id = 'run_999' WHERE session_id = $1`);
    const [fault] = await faults();
    expect(fault).toMatch(/run_999 is in the journal, and no event starts it/);
    expect(fault).toMatch(/run_999 succeeded in the journal, and no event ends it/);
  });

  it('a timer without its job, and a job without its timer', async () => {
    const { rows } = await database.query<{ key: string }>({
      text: 'SELECT key FROM graphile_worker.jobs WHERE starts_with(key, $1)',
      values: [`timer:${session.sessionId}:`],
    });
    const key = rows[0]?.key ?? '';
    await database.query({ text: 'SELECT graphile_worker.remove_job($1)', values: [key] });
    expect(await faults()).toEqual([
      expect.stringMatching(/tmr_\d+ is set for .* no job fires it/),
    ]);
    await database.query({
      text: "SELECT graphile_worker.add_job('session-timer', '{}', job_key => $1)",
      values: [`timer:${session.sessionId}:tmr_99`],
    });
    expect(await faults()).toEqual([expect.stringContaining('to fire tmr_99, which is not set')]);
  });

  it('at the end of a suite which sessions are unsound', async () => {
    await change(`UPDATE conversational_workflow_sessions
      SET state = jsonb_set(state, '{counter}', '99') WHERE session_id = $1`);
    const verified = verifySessions(database);
    await expect(verified).rejects.toThrow(UnsoundSessionsError);
    await expect(verified).rejects.toThrow(`${session.sessionId}: The events rebuild`);
    await expect(verified).rejects.toThrow(/counter: rebuilt \d+, stored 99/);
  });
});
