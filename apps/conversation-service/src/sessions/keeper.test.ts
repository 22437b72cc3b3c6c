import { createLogger } from '@sim/service-kit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startKeeper, type Keeper } from './keeper.js';

const logger = createLogger({ service: 'test', level: 'silent', format: 'json' });

describe('the keeper', () => {
  let keeper: Keeper | undefined;
  afterEach(async () => {
    await keeper?.stop();
  });

  const keep = (upkeep: {
    abandoned?: () => Promise<string[]>;
    tend?: (id: string) => Promise<void>;
    everyMs?: number;
  }) => {
    const tended: string[] = [];
    keeper = startKeeper(
      {
        upkeep: {
          abandoned: upkeep.abandoned ?? (() => Promise.resolve([])),
        },
        engine: {
          tend: (id) => {
            tended.push(id);
            return upkeep.tend?.(id) ?? Promise.resolve();
          },
        },
        logger,
      },
      upkeep.everyMs ?? 5,
    );
    return tended;
  };

  it('tends to sessions whose turn broke off', async () => {
    let left = ['ses_1', 'ses_2'];
    const tended = keep({
      abandoned: () => {
        const found = left;
        left = [];
        return Promise.resolve(found);
      },
    });
    await vi.waitFor(() => expect(tended).toEqual(['ses_1', 'ses_2']));
  });

  it('looks at once, not only when an interval is over', async () => {
    const tended = keep({ abandoned: () => Promise.resolve(['ses_1']), everyMs: 3_600_000 });
    await vi.waitFor(() => expect(tended).toEqual(['ses_1']));
  });

  it('goes on after a failure', async () => {
    let calls = 0;
    const tended = keep({
      abandoned: () => {
        calls += 1;
        return calls === 1 ? Promise.reject(new TypeError('away')) : Promise.resolve(['ses_1']);
      },
    });
    await vi.waitFor(() => expect(tended).toContain('ses_1'));
  });

  it('looks after the others where one cannot be', async () => {
    const tended = keep({
      abandoned: () => Promise.resolve(['ses_broken', 'ses_1', 'ses_2']),
      tend: (id) =>
        id === 'ses_broken' ? Promise.reject(new TypeError('no journey')) : Promise.resolve(),
    });
    await vi.waitFor(() => expect(tended).toEqual(expect.arrayContaining(['ses_1', 'ses_2'])));
  });

  it('does not wait for one that takes long before it turns to the next', async () => {
    let finish: () => void = () => undefined;
    const tended = keep({
      abandoned: () => Promise.resolve(['ses_slow', 'ses_1', 'ses_2']),
      tend: (id) =>
        id === 'ses_slow'
          ? new Promise((resolve) => {
              finish = resolve;
            })
          : Promise.resolve(),
    });
    await vi.waitFor(() => expect(tended).toEqual(['ses_slow', 'ses_1', 'ses_2']));
    finish();
  });

  it('does nothing once it is stopped', async () => {
    const tended = keep({ abandoned: () => Promise.resolve(['ses_1']) });
    await vi.waitFor(() => expect(tended.length).toBeGreaterThan(0));
    await keeper?.stop();
    const before = tended.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(tended.length).toBe(before);
  });
});
