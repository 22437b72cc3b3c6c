import type { Express, RequestHandler } from 'express';
import { MemoryStore, type Options, type Store } from 'express-rate-limit';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { recordingLogger, testApp } from '../testing/app.js';
import { FallbackStore } from './fallback-store.js';
import { conversationLimiter, generalLimiter, type LimiterOptions } from './limiters.js';

const ok: RequestHandler = (_req, res) => void res.json({});
const logger = recordingLogger().logger;
const limits = (more: Partial<LimiterOptions> = {}): LimiterOptions => ({
  windowMs: 60_000,
  max: 2,
  logger,
  ...more,
});

/** Answers of successive requests from the addresses of a proxy. */
async function statuses(app: Express, addresses: readonly string[]): Promise<number[]> {
  app.set('trust proxy', 1);
  const found: number[] = [];
  for (const address of addresses) {
    const { status } = await request(app).get('/').set('X-Forwarded-For', address);
    found.push(status);
  }
  return found;
}

/** Signs in whom a header names. */
const pretendUser: RequestHandler = (req, _res, next) => {
  const userId = req.get('x-user');
  if (userId !== undefined) req.auth = { userId, workspaceId: 'ws_1', role: 'viewer' };
  next();
};

describe('generalLimiter', () => {
  it('answers 429 as a problem that says when to come back', async () => {
    const app = testApp([generalLimiter(limits({ max: 1 })), ok]);
    await request(app).get('/');
    const { body, headers } = await request(app).get('/');
    expect(body).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(body.detail).toContain(`${String(headers['retry-after'])} seconds`);
  });

  it('tells the limit and what is left in standard headers', async () => {
    const { headers } = await request(testApp([generalLimiter(limits()), ok])).get('/');
    expect(headers['ratelimit-policy']).toBe('2;w=60');
    expect(headers['ratelimit']).toMatch(/^limit=2, remaining=1, reset=\d+$/);
    expect(headers['x-ratelimit-limit']).toBeUndefined();
  });

  it('counts each address for itself', async () => {
    const app = testApp([generalLimiter(limits({ max: 1 })), ok]);
    expect(await statuses(app, ['1.1.1.1', '2.2.2.2', '1.1.1.1'])).toEqual([200, 200, 429]);
  });

  it('takes the addresses of one IPv6 network for one', async () => {
    const app = testApp([generalLimiter(limits({ max: 1 })), ok]);
    const addresses = ['2001:db8:1:2::1', '2001:db8:1:2::ffff', '2001:db8:9:2::1'];
    expect(await statuses(app, addresses)).toEqual([200, 429, 200]);
  });

  it('does not count what it shall skip', async () => {
    const skip: LimiterOptions['skip'] = (req) => req.method === 'GET';
    const app = testApp([generalLimiter(limits({ max: 1, skip })), ok]);
    expect(await statuses(app, ['1.1.1.1', '1.1.1.1', '1.1.1.1'])).toEqual([200, 200, 200]);
  });
});

describe('conversationLimiter', () => {
  it('counts each user for itself, wherever from, and strangers by address', async () => {
    const app = testApp([pretendUser, conversationLimiter(limits({ max: 1 })), ok]);
    const of = async (headers: Record<string, string>): Promise<number> =>
      (await request(app).get('/').set(headers)).status;
    expect(await of({ 'X-User': 'ann' })).toBe(200);
    expect(await of({ 'X-User': 'bob' })).toBe(200);
    expect(await of({})).toBe(200);
    expect(await of({ 'X-User': 'ann' })).toBe(429);
    expect(await of({})).toBe(429);
  });
});

/** A shared store that can be broken. */
class BreakableStore implements Store {
  readonly inner = new MemoryStore();
  broken = false;
  asked = 0;

  init(options: Options): void {
    if (this.broken) throw new RangeError('the store is away');
    this.inner.init(options);
  }
  increment(key: string) {
    this.asked++;
    if (this.broken) return Promise.reject(new RangeError('the store is away'));
    return this.inner.increment(key);
  }
  decrement(key: string) {
    return this.inner.decrement(key);
  }
  resetKey(key: string) {
    return this.inner.resetKey(key);
  }
}

describe('a limiter with a shared store', () => {
  it('shares the count of replicas', async () => {
    const inner = new MemoryStore();
    const replica = (): Store => ({
      init: (options) => inner.init(options),
      increment: (key) => inner.increment(key),
      decrement: (key) => inner.decrement(key),
      resetKey: (key) => inner.resetKey(key),
    });
    const apps = [1, 2].map(() => testApp([generalLimiter(limits({ store: replica() })), ok]));
    const answers = [];
    for (const app of [...apps, ...apps]) answers.push((await request(app).get('/')).status);
    expect(answers).toEqual([200, 200, 429, 429]);
  });

  it('counts for itself while the store fails, and still limits', async () => {
    const store = new BreakableStore();
    store.broken = true;
    const kept = recordingLogger();
    const app = testApp([generalLimiter(limits({ store, logger: kept.logger })), ok]);
    expect(await statuses(app, ['1.1.1.1', '1.1.1.1', '1.1.1.1'])).toEqual([200, 200, 429]);
    expect(kept.lines.map(({ message }) => message)).toEqual([
      'rate limits are counted per process: the shared store fails',
    ]);
  });
});

describe('FallbackStore', () => {
  function fallback() {
    const clock = { ms: 0 };
    const shared = new BreakableStore();
    const kept = recordingLogger();
    const store = new FallbackStore(shared, kept.logger, () => clock.ms);
    store.init({ windowMs: 60_000 } as Options);
    return { clock, shared, store, lines: kept.lines };
  }

  it('leaves a failing store alone for a second, then asks it again', async () => {
    const { clock, shared, store, lines } = fallback();
    shared.broken = true;
    await store.increment('key');
    await store.increment('key');
    expect(shared.asked).toBe(1);
    shared.broken = false;
    clock.ms = 1000;
    expect((await store.increment('key')).totalHits).toBe(1);
    expect(shared.asked).toBe(2);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    store.shutdown();
  });

  it('passes on resets and decrements, and reads either store', async () => {
    const { shared, store } = fallback();
    await store.increment('key');
    await store.increment('key');
    await store.decrement('key');
    expect((await store.increment('key')).totalHits).toBe(2);
    await store.resetKey('key');
    expect((await store.increment('key')).totalHits).toBe(1);
    shared.broken = true;
    await store.increment('other');
    expect((await store.get('other'))?.totalHits).toBe(1);
    store.shutdown();
  });
});
