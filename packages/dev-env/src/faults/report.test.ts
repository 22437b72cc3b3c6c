import { describe, expect, it } from 'vitest';
import type { PhaseReport } from './phase.js';
import { faultLines, jsonLine, table } from './report.js';

const REPORT: PhaseReport = {
  ...{ phase: 'replicas', sessions: 200, completed: 199, turns: 1_234, lostTurns: 1 },
  ...{ effectsNeeded: 900, effectsOnce: 897, effectsMissing: 2, effectsTwice: 1, repeats: 44 },
  ...{ unsound: 0, kills: 61, postgresStops: 0, redisStops: 0, requests: 3_000 },
  ...{ again: { ECONNREFUSED: 20, '409 session_busy': 3 }, repairs: ['ses_1: what now?'] },
  ...{ seconds: 70.1, faults: ['lost: a turn', 'doubled: an effect'] },
};

describe('the report', () => {
  it('is a JSON object a phase, with the seed and what is wrong', () => {
    const options = { seed: 7 } as Parameters<typeof jsonLine>[1];
    expect(JSON.parse(jsonLine(REPORT, options))).toMatchObject({
      ...{ faults: 'phase', phase: 'replicas', seed: 7, turns: 1_234, kills: 61 },
      failures: ['lost: a turn', 'doubled: an effect'],
    });
  });

  it('is a table with a column for each phase', () => {
    const lines = table([REPORT, { ...REPORT, phase: 'redis', redisStops: 9 }]).split('\n');
    expect(lines[0]).toMatch(/^phase +replicas +redis$/);
    expect(lines).toContainEqual(expect.stringMatching(/^turns acknowledged +1234 +1234$/));
    expect(lines).toContainEqual(expect.stringMatching(/^Redis restarted +0 +9$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}sent again +23 +23$/));
    expect(lines).toContainEqual(expect.stringMatching(/^repairs answered +1 +1$/));
  });

  it('tells what is wrong line by line, and not endlessly', () => {
    expect(faultLines(REPORT)).toEqual([
      '✗ replicas: lost: a turn',
      '✗ replicas: doubled: an effect',
    ]);
    const many = faultLines({ ...REPORT, faults: Array<string>(50).fill('lost') });
    expect(many).toHaveLength(21);
    expect(many.at(-1)).toBe('✗ replicas: and 30 more');
    expect(faultLines({ ...REPORT, faults: [] })).toEqual([]);
  });
});
