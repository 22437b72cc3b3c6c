import type { Issue } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { countLine, issueLines } from './issue-lines.js';

const issue = (severity: Issue['severity'], more: Partial<Issue> = {}): Issue => ({
  code: 'some_code',
  severity,
  message: 'Something is wrong.',
  hint: 'Mend it.',
  ...more,
});

describe('findings', () => {
  it('come worst first, with place and hint', () => {
    const lines = issueLines([
      issue('info'),
      issue('error', { blockId: 'b1' }),
      issue('warning', { path: 'state.edges' }),
    ]);
    expect(lines).toEqual([
      '✗ error some_code (block b1)',
      '  Something is wrong.',
      '  → Mend it.',
      '! warning some_code (state.edges)',
      '  Something is wrong.',
      '  → Mend it.',
      '· info some_code',
      '  Something is wrong.',
      '  → Mend it.',
    ]);
  });

  it.each([
    [[], 'no issues'],
    [[issue('error')], '1 error'],
    [[issue('error'), issue('error'), issue('info'), issue('info')], '2 errors, 2 info'],
    [[issue('warning', { edgeId: 'e' })], '1 warning'],
  ])('are counted', (issues, text) => {
    expect(countLine(issues)).toBe(text);
  });
});
