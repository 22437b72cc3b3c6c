import { expect, it } from 'vitest';
import { ISSUE_CATALOGUE } from './issue-catalogue.js';

it.each(Object.entries(ISSUE_CATALOGUE))('%s has all that its page needs', (code, entry) => {
  expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
  expect(entry.title).toMatch(/^[A-Z].*[^.]$/);
  expect(entry.cause).toMatch(/^[A-Z].*\.$/);
  expect(entry.fix).toMatch(/^[A-Z].*\.$/);
});
