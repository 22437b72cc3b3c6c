import { describe, expect, it } from 'vitest';
import { ESCAPES } from './escapes.js';
import { securityPage } from './page.js';
import { ADDRESSES, ANSWERS, MISSHAPEN, NAMES } from './targets.js';

const page = securityPage();
const lines = page.split('\n').filter((line) => line.startsWith('| '));

describe('the page of what is tried', () => {
  it('has a line for each attempt, and no broken one', () => {
    const attempts = [...ESCAPES, ...ADDRESSES, ...NAMES, ...MISSHAPEN, ...ANSWERS];
    const heads = 2 * (page.match(/^\| --- /gm) ?? []).length;
    expect(lines).toHaveLength(attempts.length + heads);
    for (const { what } of attempts) expect(page).toContain(`| ${what} |`);
    for (const line of lines) expect(line).toMatch(/ \|$/);
  });

  it('tells how many there are', () => {
    const requests = ADDRESSES.length + NAMES.length + MISSHAPEN.length + ANSWERS.length;
    expect(page).toContain(
      `${ESCAPES.length} against the sandbox and ${requests} against the network`,
    );
  });

  it('names each attempt once in its list', () => {
    for (const list of [ESCAPES, ADDRESSES, NAMES, MISSHAPEN, ANSWERS]) {
      const names = list.map(({ what }) => what);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
