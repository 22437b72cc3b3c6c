import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryJson } from './damage.js';
import { documentOf, functions } from './hand-written.js';
import { driveAnything } from './hostile-drive.js';

describe('damaged workflows', { timeout: 60_000 }, () => {
  const drawn = fc.sample(arbitraryJson(), { seed: 20_260_314, numRuns: 100 });

  it('are for the most part workflows all the same, and some are none', () => {
    const ran = drawn.filter((input) => driveAnything(input).ran).length;
    expect(ran).toBeGreaterThan(50);
    expect(ran).toBeLessThan(100);
  });

  it('differ from one another', () => {
    expect(new Set(drawn.map((input) => JSON.stringify(input))).size).toBeGreaterThan(70);
  });
});

describe('a drive', () => {
  it('finds nothing wrong with a workflow that is whole', () => {
    const document = documentOf(functions({ a: 'return 1', b: 'return 2' }), ['start>a>b']);
    expect(driveAnything(document)).toEqual({ problems: [], ran: true });
  });

  it('takes what is no workflow for refused', () => {
    for (const input of [null, 7, 'x', [], {}]) {
      expect(driveAnything(input)).toEqual({ problems: [], ran: false });
    }
  });
});
