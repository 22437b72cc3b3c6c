import { DatabaseUnavailableError, InvalidCursorError, VersionConflictError } from '@sim/postgres';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import { describe, expect, it } from 'vitest';
import { storeProblem } from './problems.js';

const driver = (code: string) => Object.assign(new Error('the driver says no'), { code });
const query = (cause: Error) => new DrizzleQueryError('select 1', ['token-4711'], cause);

describe('errors of the stores as problems', () => {
  it.each([
    [new InvalidCursorError('x'), 400, 'invalid_cursor'],
    [new VersionConflictError('wf_1', 1, 2), 412, 'version_conflict'],
    [new DatabaseUnavailableError(), 503, 'database_unavailable'],
    [query(driver('ECONNREFUSED')), 503, 'database_unavailable'],
    [query(driver('42P01')), 503, 'database_not_migrated'],
    [query(driver('53300')), 503, 'database_busy'],
    [query(driver('23505')), 500, 'internal_error'],
  ])('%s is %i %s', (error, status, code) => {
    expect(storeProblem(error)).toMatchObject({ status, code });
  });

  it('leave others to others', () => {
    expect(storeProblem(new Error('else'))).toBeUndefined();
    expect(storeProblem('text')).toBeUndefined();
  });

  it('carry no value of a statement into the log', () => {
    for (const code of ['ECONNREFUSED', '23505']) {
      const wrapped = new Error('outer', { cause: query(driver(code)) });
      const problem = storeProblem(wrapped);
      expect(String(problem?.cause)).toBe('Error: the driver says no');
      expect(problem?.detail).not.toContain('token-4711');
    }
  });

  it('end with a chain of causes that bites its own tail', () => {
    const error = new Error('round');
    error.cause = error;
    expect(storeProblem(error)).toBeUndefined();
  });
});
