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
    expired?: () => Promise<string[]>;
    abandoned?: () => Promise<string[]>;
  }) => {
    const tended: string[] = [];
    keeper = startKeeper(
      {
        upkeep: {
          expired: upkeep.expired ?? (() => Promise.resolve([])),
          abandoned: upkeep.abandoned ?? (() => Promise.resolve([])),
        },
        engine: {
          tend: (id) => {
            tended.push(id);
            return Promise.resolve();
          },
        },
        logger,
        clock: () => new Date(),
      },
      5,
    );
    return tended;
  };

  it('tends to sessions whose time is over', async () => {
    let left = ['ses_1', 'ses_2'];
    const tended = keep({
      expired: () => {
        const found = left;
        left = [];
        return Promise.resolve(found);
      },
    });
    await vi.waitFor(() => expect(tended).toEqual(['ses_1', 'ses_2']));
  });

  it('goes on after a failure', async () => {
    let calls = 0;
    const tended = keep({
      expired: () => {
        calls += 1;
        return calls === 1 ? Promise.reject(new TypeError('away')) : Promise.resolve(['ses_1']);
      },
    });
    await vi.waitFor(() => expect(tended).toContain('ses_1'));
  });

  it('does nothing once it is stopped', async () => {
    const tended = keep({ expired: () => Promise.resolve(['ses_1']) });
    await vi.waitFor(() => expect(tended.length).toBeGreaterThan(0));
    await keeper?.stop();
    const before = tended.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(tended.length).toBe(before);
  });
});
