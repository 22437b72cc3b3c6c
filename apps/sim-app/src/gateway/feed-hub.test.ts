import { initialState, type Journey } from '@sim/domain';
import type { SessionRecord, StoredEvent } from '@sim/engine';
import { MemoryBus } from '@sim/memory';
import { createLogger } from '@sim/service-kit';
import { describe, expect, it, vi } from 'vitest';
import { createFeedHub } from './feed-hub.js';

const journey = { states: [], transitions: [] } as unknown as Journey;
const logger = createLogger({ service: 'test', level: 'silent', format: 'json' });

/** A log in memory; reading it waits at the gate where there is one. */
function logOf(length: number) {
  let end = length;
  const gates: Promise<void>[] = [];
  const record = () =>
    ({
      ...{ sessionId: 'ses_1', workspaceId: 'ws_1', workflowId: 'wf_1', journeyId: 'jrn_1' },
      ...{ journeyVersion: '1', version: end, state: { ...initialState(), sequence: end } },
      ...{ createdAt: new Date(0), updatedAt: new Date(0), expiresAt: new Date(0) },
    }) as unknown as SessionRecord;
  return {
    grow: (count: number) => (end += count),
    gate: (gate: Promise<void>) => gates.push(gate),
    sessions: {
      load: ({ sessionId }: { sessionId: string }) =>
        Promise.resolve(sessionId === 'ses_1' ? { record: record(), replay: null } : null),
      events: async (_id: string, from: number, limit: number) => {
        await gates.shift();
        const count = Math.max(0, Math.min(limit, end - from));
        return Array.from({ length: count }, (_, index) => ({
          ...{ sequence: from + index, event: { type: 'paused' }, nodeId: null },
          ...{ durationMs: null, createdAt: new Date(0) },
        })) as StoredEvent[];
      },
    },
    versions: () => Promise.resolve(new Map([['ses_1', end]])),
  };
}

function hubOver(log: ReturnType<typeof logOf>, lookEveryMs = 60_000) {
  const bus = new MemoryBus();
  const told: number[] = [];
  const hub = createFeedHub({
    sessions: log.sessions,
    journeyOf: () => Promise.resolve(journey),
    bus,
    versions: log.versions,
    listenerFor: () => ({
      audience: () => 1,
      onEvents: (events) => told.push(...events.map(({ eventId }) => eventId)),
      onState: () => undefined,
      onDelta: () => undefined,
      onGone: () => undefined,
    }),
    logger,
    lookEveryMs,
  });
  return { hub, bus, told };
}

describe('the feeds of a replica', () => {
  it('tell what is written after they began, once, however often they are woken', async () => {
    const log = logOf(5);
    const { hub, bus, told } = hubOver(log);
    const [one, two] = await Promise.all([hub.hold('ses_1', 'ws_1'), hub.hold('ses_1', 'ws_1')]);
    expect(one.feed).toBe(two.feed);
    expect(one.feed.next).toBe(5);
    log.grow(3);
    for (let times = 0; times < 10; times += 1) await bus.publish('session:ses_1', 'wake');
    await vi.waitFor(() => expect(told).toEqual([5, 6, 7]));
    await one.feed.refresh();
    expect(told).toEqual([5, 6, 7]);
    await hub.close();
  });

  it('are not given to another workspace, and there is none for a session that is not there', async () => {
    const { hub } = hubOver(logOf(1));
    for (const [sessionId, workspaceId] of [
      ['ses_1', 'ws_2'],
      ['ses_2', 'ws_1'],
    ] as const) {
      await expect(hub.hold(sessionId, workspaceId)).rejects.toMatchObject({
        code: 'session_not_found',
      });
      expect(hub.find(sessionId)).toBeUndefined();
    }
    await hub.close();
  });

  it('tell nothing more once nobody holds them, though they were reading', async () => {
    const log = logOf(5);
    const { hub, told } = hubOver(log);
    const held = await hub.hold('ses_1', 'ws_1');
    let open = (): void => undefined;
    log.gate(new Promise((resolve) => (open = resolve)));
    log.grow(2);
    const reading = held.feed.refresh();
    await new Promise(setImmediate);
    held.release();
    // Joined again at once: this feed begins where the log ends.
    const again = await hub.hold('ses_1', 'ws_1');
    expect(again.feed.next).toBe(7);
    open();
    await reading;
    expect(told).toEqual([]);
    await hub.close();
  });

  it('find by looking what the bus does not tell', async () => {
    const log = logOf(5);
    const { hub, told } = hubOver(log, 10);
    await hub.hold('ses_1', 'ws_1');
    log.grow(1);
    await vi.waitFor(() => expect(told).toEqual([5]));
    await hub.close();
  });
});
