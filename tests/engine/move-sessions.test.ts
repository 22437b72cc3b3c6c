import { readFileSync } from 'node:fs';
import { migrationRefusal } from '@sim/contracts';
import { mapWorkflow, parseWorkflow, type Journey } from '@sim/domain';
import { createSessionMover, type MoveRequest, type SessionStore } from '@sim/engine';
import { createMemoryJourneys, createMemorySessions, MemoryBus } from '@sim/memory';
import { describe, expect, it } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';
import { stage, WORKSPACE } from '../support/stage.js';

const document = (...names: string[]) =>
  sketch({ start: startWith(...names.map((name) => ({ name }))), end: { type: 'response' } }, [
    'start -> end',
  ]);

function journeyOf(...names: string[]): Journey {
  const { workflow } = parseWorkflow(document(...names));
  if (!workflow) throw new TypeError('It is a workflow.');
  return mapWorkflow(workflow).journey;
}

const FROM = journeyOf('a', 'b');
const TO = journeyOf('a', 'c');

/** Sessions that asked for `a` and `b`, and a mover that takes them to `a` and `c`. */
async function moving(sessions: SessionStore = createMemorySessions(), withinMs?: number) {
  const s = await stage(document('a', 'b'), { sessions });
  const journeys = createMemoryJourneys();
  const rest = { workflowId: 'wf_test', workflowVersion: 1, issues: [] };
  const provenance = {} as never;
  await journeys.saveMapping({ ...rest, journey: FROM, provenance }, new Date());
  let ids = 0;
  const ports = {
    sessions,
    journeys,
    bus: new MemoryBus(),
    clock: () => new Date(),
    newId: <P extends string>(prefix: P) => `${prefix}_${(ids += 1)}` as const,
    log: { warn: () => undefined, error: () => undefined },
  };
  const mover = createSessionMover(ports, withinMs);
  const move = (more: Partial<MoveRequest> = {}) =>
    mover.move({
      workflowId: 'wf_test',
      workspaceId: WORKSPACE,
      to: TO,
      dryRun: false,
      limit: 50,
      ...more,
    });
  return { ...s, move, ports };
}

describe('moving sessions', () => {
  it('keeps what was answered, asks for what is new, and leaves the log whole', async () => {
    const { open, say, move, sessions, expectReplayable } = await moving();
    const id = await open();
    await say(id, 'one');
    const report = await move();
    expect(report.moved).toMatchObject([{ sessionId: id, putAnew: true }]);
    await expectReplayable(id);
    const { record } = (await sessions.load({ sessionId: id, workspaceId: null })) ?? {};
    expect(record).toMatchObject({
      journeyId: TO.id,
      journeyVersion: TO.version,
      state: { questions: [{ values: { a: 'one' }, focus: 'c' }] },
    });
  });

  it('stops when its time is up, and goes on where it stopped', async () => {
    const { open, move } = await moving(undefined, -1);
    const ids = [await open(), await open(), await open()].toSorted();
    const moved: string[] = [];
    let cursor: string | null = null;
    do {
      const report: Awaited<ReturnType<typeof move>> = await move(
        cursor === null ? {} : { cursor },
      );
      expect(report.counts.examined).toBe(1);
      moved.push(...report.moved.map(({ sessionId }) => sessionId));
      cursor = report.nextCursor;
    } while (cursor !== null);
    expect(moved).toEqual(ids);
  });

  it('pages through sessions that are named, each once', async () => {
    const { open, move } = await moving();
    const ids = [await open(), await open()].toSorted();
    const first = await move({ sessionIds: [...ids, ...ids], limit: 1, dryRun: true });
    expect(first.nextCursor).toBe(ids[0]);
    const rest = await move({ sessionIds: ids, limit: 1, dryRun: true, cursor: ids[0] ?? '' });
    expect(rest).toMatchObject({ moved: [{ sessionId: ids[1] }], nextCursor: null });
  });

  it('loses to a turn that writes at the same moment, and says so', async () => {
    const store = createMemorySessions();
    let meanwhile: () => Promise<unknown> = () => Promise.resolve();
    const slow: SessionStore = {
      ...store,
      commit: async (commit) => {
        if (commit.journey) await meanwhile();
        return store.commit(commit);
      },
    };
    const { open, say, move, expectReplayable } = await moving(slow);
    const id = await open();
    meanwhile = () => say(id, 'one');
    const lost = await move();
    expect(lost.notMoved).toMatchObject([
      { sessionId: id, from: FROM.version, code: 'session_busy' },
    ]);
    meanwhile = () => Promise.resolve();
    expect((await move()).moved).toHaveLength(1);
    await expectReplayable(id);
  });

  it('leaves a session alone that a turn holds, or one that broke off', async () => {
    const { open, move, sessions } = await moving();
    const id = await open();
    const { record } = (await sessions.load({ sessionId: id, workspaceId: null })) ?? {};
    if (!record) throw new TypeError('It was opened.');
    await sessions.commit({
      sessionId: record.sessionId,
      expectedVersion: record.version,
      owner: 'trn_gone',
      leaseUntil: new Date(0),
      state: record.state,
      currentNodeId: null,
      currentStateId: null,
      events: [],
      turns: [],
      runsStarted: [],
      runsFinished: [],
      timersStarted: [],
      timersCancelled: [],
      expiresAt: record.expiresAt,
      now: new Date(),
    });
    expect((await move()).notMoved).toMatchObject([{ code: 'session_busy' }]);
  });

  it('tells who listens, after it is written', async () => {
    const { open, move, ports } = await moving();
    const id = await open();
    const heard: string[] = [];
    await ports.bus.subscribe(`session:${id}`, (message) => heard.push(message));
    await move({ dryRun: true });
    expect(heard).toEqual([]);
    await move();
    const events = await ports.sessions.events(id, 0, 100);
    expect(heard).toEqual([JSON.stringify({ sequence: events.length })]);
  });
});

describe('the page about versions', () => {
  const page = readFileSync(new URL('../../docs/versions.md', import.meta.url), 'utf8');

  it.each(migrationRefusal.options)('says what %s means', (code) => {
    expect(page).toContain(`| \`${code}\` `);
  });
});
