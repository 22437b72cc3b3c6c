import { createLogger } from '@sim/service-kit';
import type { DueDelivery, Job } from '@sim/postgres';
import { describe, expect, it } from 'vitest';
import { createResumeLinks } from '../resume/resume-links.js';
import { deliver, UndeliveredError, type DeliveryPorts } from './deliver.js';
import { removeOld } from './remove-old.js';
import { expireSessions, sessionTasks } from './session-jobs.js';

const logger = createLogger({ service: 'test', level: 'silent', format: 'json' });
const NOON = new Date('2026-03-01T12:00:00.000Z');
const clock = () => NOON;
const links = createResumeLinks({ secret: 's'.repeat(40), publicUrl: 'https://sim.example.com' });
const job = (payload: Job['payload'], more: Partial<Job> = {}): Job => ({
  payload,
  attempt: 1,
  isLastAttempt: false,
  ...more,
});

describe('a delivery', () => {
  const DUE: DueDelivery = {
    id: 'msg_1',
    event: 'waiting-for-input',
    sessionId: 'ses_a',
    payload: { timestamp: 'then', data: { a: 1 }, formQuestionId: 'qst_3' },
    createdAt: NOON,
    url: 'https://example.com/',
    secret: 'whsec_x',
  };
  const stage = (status: number | null, due: DueDelivery | null = DUE) => {
    const noted: unknown[] = [];
    const sent: unknown[] = [];
    const note =
      (what: string) =>
      (_id: string, ...more: unknown[]) => {
        noted.push([what, ...more]);
        return Promise.resolve();
      };
    const ports: DeliveryPorts = {
      deliveries: {
        due: () => Promise.resolve(due),
        delivered: note('delivered'),
        delayed: note('delayed'),
        givenUp: note('given up'),
      },
      sender: {
        send: ({ content }) => {
          sent.push(content);
          const ok = status === 204;
          return Promise.resolve({ ok, status, error: ok ? null : 'refused' });
        },
      },
      links,
      linkTtlMs: 60_000,
      clock,
    };
    return { ports, noted, sent };
  };
  const outcome = (responseStatus: number | null, error: string | null, attempt = 1) => ({
    attempt,
    responseStatus,
    error,
    at: NOON,
  });

  it('tells what happened, with a link to a form that is the same at each attempt', async () => {
    const { ports, noted, sent } = stage(204);
    await deliver(ports, job({ deliveryId: 'msg_1' }));
    await deliver({ ...ports, clock: () => new Date() }, job({ deliveryId: 'msg_1' }));
    expect(noted[0]).toEqual(['delivered', outcome(204, null)]);
    expect(sent[0]).toEqual(sent[1]);
    const { data } = sent[0] as { data: { a: number; resumeUrl: string } };
    expect(data.a).toBe(1);
    expect(links.read(data.resumeUrl.split('/').at(-1)!)).toEqual({
      sessionId: 'ses_a',
      questionId: 'qst_3',
      until: new Date(NOON.getTime() + 60_000),
    });
  });

  it('has no link where nothing is to be filled in', async () => {
    const payload = { ...DUE.payload, formQuestionId: null };
    const { ports, sent } = stage(204, { ...DUE, payload });
    await deliver(ports, job({ deliveryId: 'msg_1' }));
    expect(sent).toEqual([{ type: 'waiting-for-input', timestamp: 'then', data: { a: 1 } }]);
  });

  it('that is refused is tried again, until it is given up', async () => {
    const { ports, noted } = stage(500);
    await expect(deliver(ports, job({ deliveryId: 'msg_1' }))).rejects.toThrow(UndeliveredError);
    await deliver(ports, job({ deliveryId: 'msg_1' }, { attempt: 12, isLastAttempt: true }));
    expect(noted).toEqual([
      ['delayed', outcome(500, 'refused')],
      ['given up', { ...outcome(500, 'refused', 12), gone: false }, 10],
    ]);
  });

  it('to a receiver that is gone is given up at once', async () => {
    const { ports, noted } = stage(410);
    await deliver(ports, job({ deliveryId: 'msg_1' }));
    expect(noted).toEqual([['given up', { ...outcome(410, 'refused'), gone: true }, 10]]);
  });

  it('that is over, or none, sends nothing', async () => {
    const { ports, sent } = stage(204, null);
    await deliver(ports, job({ deliveryId: 'msg_1' }));
    await deliver(ports, job({}));
    expect(sent).toEqual([]);
  });
});

describe('jobs about sessions', () => {
  it('drop what names no session', async () => {
    const called: unknown[] = [];
    const note = (...args: unknown[]) => {
      called.push(args);
      return Promise.resolve();
    };
    const tasks = sessionTasks({ fireTimer: note, remind: note }, logger);
    for (const handle of Object.values(tasks)) await handle(job({ sessionId: 7 }));
    expect(called).toEqual([]);
    await tasks['session-timer']!(job({ sessionId: 'ses_a', timerId: 'tmr_1' }));
    await tasks['session-reminder']!(job({ sessionId: 'ses_a', sequence: 4 }));
    expect(called).toEqual([
      ['ses_a', 'tmr_1'],
      ['ses_a', 4],
    ]);
  });
});

describe('the end of sessions whose time is over', () => {
  const sweep = async (all: string[], ends: (id: string) => boolean) => {
    let left = all;
    const tended: string[] = [];
    await expireSessions({
      upkeep: { expired: (_now, limit) => Promise.resolve(left.slice(0, limit)) },
      engine: {
        tend: (id) => {
          tended.push(id);
          if (!ends(id)) return Promise.reject(new TypeError('no journey'));
          left = left.filter((other) => other !== id);
          return Promise.resolve();
        },
      },
      logger,
      clock,
    });
    return tended;
  };
  const many = (count: number) => Array.from({ length: count }, (_, n) => `ses_${n}`);

  it('comes to all of them, however many', async () => {
    expect(await sweep(many(345), () => true)).toHaveLength(345);
  });

  it('comes to its own end where some cannot be ended', async () => {
    const tended = await sweep(many(250), (id) => id !== 'ses_7');
    expect(tended.filter((id) => id === 'ses_7')).toHaveLength(1);
    expect(new Set(tended).size).toBe(250);
    expect(await sweep(many(150), () => false)).toHaveLength(100);
  });
});

describe('the removal of what is old', () => {
  it('counts days back from now, and leaves what has no limit', async () => {
    const asked: unknown[] = [];
    const retention = {
      run: (...args: unknown[]) => {
        asked.push(args);
        return Promise.resolve({ turns: 1, events: 0, sessions: 0, deliveries: 0 });
      },
    };
    const days = { turns: 1, events: null, sessions: 30, deliveries: 2 };
    await removeOld({ retention, logger, clock }, days);
    expect(asked).toEqual([
      [
        {
          turns: new Date('2026-02-28T12:00:00.000Z'),
          events: null,
          sessions: new Date('2026-01-30T12:00:00.000Z'),
          deliveries: new Date('2026-02-27T12:00:00.000Z'),
        },
        { now: NOON },
      ],
    ]);
  });
});
