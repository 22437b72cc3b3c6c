import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Step {
  name: string;
  ok: boolean;
  milliseconds: number;
  passed: number;
  failed: number;
  skipped: { name: string; reason: string }[];
}

interface Report {
  summary: (steps: Step[]) => string;
  lastLine: (steps: Step[]) => string;
}

// Scripts are plain JavaScript, to run before anything is compiled.
const path = join(import.meta.dirname, '../../scripts/lib/report.mjs');
const { summary, lastLine } = (await import(path)) as Report;

const step = (name: string, more: Partial<Step> = {}): Step => ({
  name,
  ok: true,
  milliseconds: 1234,
  passed: 0,
  failed: 0,
  skipped: [],
  ...more,
});

describe('the report of npm test', () => {
  it('ends with the sum of the tests', () => {
    const steps = [
      step('lint'),
      step('unit', { passed: 40 }),
      step('int', { passed: 2, skipped: [{ name: 'a', reason: 'needs redis-server' }] }),
    ];
    expect(lastLine(steps)).toBe('42 passed, 0 failed, 1 skipped');
  });

  it('counts a step that failed without a failing test as one failure', () => {
    const steps = [
      step('lint', { ok: false }),
      step('unit', { ok: false, passed: 3, failed: 2 }),
      step('int', { ok: false, passed: 5 }),
    ];
    expect(lastLine(steps)).toBe('8 passed, 4 failed, 0 skipped');
  });

  it('lists each step with its time, and what was skipped by reason', () => {
    const skipped = [
      { name: 'a', reason: 'needs redis-server' },
      { name: 'b', reason: 'needs nginx' },
      { name: 'c', reason: 'needs redis-server' },
    ];
    expect(summary([step('lint', { ok: false }), step('int', { passed: 2, skipped })])).toBe(
      [
        '',
        '✗ lint    1.2 s',
        '✓ int     1.2 s  2 of 5 tests passed',
        '',
        'Skipped:',
        '  needs redis-server:',
        '    - a',
        '    - c',
        '  needs nginx:',
        '    - b',
        '',
      ].join('\n'),
    );
  });
});
