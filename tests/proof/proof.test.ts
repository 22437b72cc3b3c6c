import { describe, expect, it } from 'vitest';
import { commandFor } from './campaign.js';
import { newTally, prove, SEEDS, type Subject } from './prove.js';

/** Another at each run; `PROOF_SEED` gives one again, whose failures `npm run proof` replays. */
const SEED = Number(process.env.PROOF_SEED ?? Math.floor(Math.random() * SEEDS));

const CASES: Readonly<Record<Subject, number>> = { workflows: 2_000, anything: 300 };

/** Of a hundred runs at most so many may end in a way that the design leaves open. */
const MOST_AMBIGUOUS = 15;

describe(`the proof (PROOF_SEED=${SEED})`, { timeout: 600_000 }, () => {
  it.each(['workflows', 'anything'] as const)('holds for %s', (subject) => {
    const tally = newTally();
    const found = prove({ subject, cases: CASES[subject], seed: SEED }, tally);
    if (found) {
      const shown = JSON.stringify(found.input);
      expect.fail(`${found.violations.join('\n')}\n${commandFor(subject, found)}\n${shown}`);
    }
    expect(tally.cases).toBe(CASES[subject]);
    expect((tally.ambiguous / tally.cases) * 100).toBeLessThan(MOST_AMBIGUOUS);
    console.log(`${subject}: ${tally.cases} cases hold, seed ${SEED}`);
  });
});
