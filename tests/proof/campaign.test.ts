import { describe, expect, it } from 'vitest';
import { readArguments, type ProofOptions } from './arguments.js';
import { campaign, commandFor } from './campaign.js';
import { newTally, prove } from './prove.js';

const read = (...args: string[]) => readArguments(args, () => 0.5);

describe('the arguments of the proof', () => {
  it('are 50,000 cases of both and a seed by chance', () => {
    expect(read()).toEqual({
      cases: 50_000,
      seed: 1_073_741_824,
      subject: null,
      path: null,
      mutations: false,
    });
  });

  it('are read', () => {
    const again = read('--of', 'workflows', '--seed', '7', '--path', '3:1', '--cases', '20');
    expect(again).toMatchObject({ cases: 20, seed: 7, subject: 'workflows', path: '3:1' });
  });

  it.each([
    [['--cases', '0'], 'above 0'],
    [['--cases', 'many'], '--cases'],
    [['--seed', '1.5'], '--seed'],
    [['--seed=-1'], 'from 0'],
    [['--of', 'nothing'], 'workflows or anything'],
    [['--path', '3:1'], '--seed'],
    [['--depth', '3'], '--depth'],
    [['stray'], 'stray'],
  ])('are refused: %j', (args, reason) => {
    expect(read(...args)).toContain(reason);
  });
});

describe('a campaign', { timeout: 60_000 }, () => {
  const run = (options: Partial<ProofOptions>) => {
    const lines: string[] = [];
    const all = { cases: 20, seed: 5, subject: null, path: null, mutations: false, ...options };
    const code = campaign(all, { out: (line) => lines.push(line), clock: () => 0 });
    return { code, text: lines.join('\n') };
  };

  it('tells its seed, how many held and what they were made of', () => {
    const { code, text } = run({});
    expect(code).toBe(0);
    expect(text).toMatch(/^seed 5\n/);
    expect(text).toContain('workflows: all 20 hold');
    expect(text).toContain('anything: all 2 hold');
    expect(text).toMatch(/ %\s+a loop that ran/);
  });

  it('tries one case alone where its place is given', () => {
    expect(run({ subject: 'workflows', path: '3' }).text).toBe('seed 5\nworkflows: it holds');
  });
});

describe('a refutation', { timeout: 60_000 }, () => {
  /** A generated case that a law is against, as the tally says so. */
  const upset = () => {
    const tally = newTally();
    tally.constructs.get = () => {
      throw new RangeError('nothing can be counted');
    };
    return tally;
  };

  it('is shrunk, and found again by its seed and place', () => {
    const found = prove({ subject: 'workflows', cases: 5, seed: 9 }, upset());
    expect(found?.violations).toEqual([expect.stringContaining('nothing can be counted')]);
    expect(found && commandFor('workflows', found)).toMatch(
      /^npm run proof -- --of workflows --seed 9 --path \d+(?::\d+)*$/,
    );
    const { seed = 0, path = '' } = found ?? {};
    const again = prove({ subject: 'workflows', cases: 1, seed, path }, upset());
    expect(again?.input).toEqual(found?.input);
  });
});
