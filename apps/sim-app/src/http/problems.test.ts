import { InvalidCursorError, VersionConflictError } from '@sim/postgres';
import { problemHandler, requestLogging, createLogger } from '@sim/service-kit';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { storeProblem, storeProblemHandler } from './problems.js';

const driver = (code: string) => Object.assign(new TypeError('the driver says no'), { code });
const query = (cause: Error) => new DrizzleQueryError('select 1', ['token-4711'], cause);

/** An app whose only route fails with this error, and what it logs. */
function failing(error: unknown) {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'test',
    level: 'debug',
    format: 'json',
    destination: { write: (line) => lines.push(line) },
  });
  const app = express();
  app.use(requestLogging(logger));
  app.get('/', () => {
    throw error;
  });
  app.use(storeProblemHandler(), problemHandler({ docsBase: '/docs/errors' }));
  return { app, log: () => lines.join('') };
}

describe('errors of the stores as problems', () => {
  it.each([
    [new InvalidCursorError('x'), 400, 'invalid_cursor'],
    [new VersionConflictError('wf_1', 1, 2), 412, 'version_conflict'],
    [query(driver('ECONNREFUSED')), 503, 'database_unavailable'],
    [query(driver('42P01')), 503, 'database_not_migrated'],
    [query(driver('53300')), 503, 'database_busy'],
    [query(driver('23505')), 500, 'internal_error'],
  ])('%s is %i %s', async (error, status, code) => {
    const { app } = failing(error);
    const response = await request(app).get('/');
    expect([response.status, (response.body as { code: string }).code]).toEqual([status, code]);
  });

  it('leave others to others', () => {
    expect(storeProblem(new TypeError('else'))).toBeUndefined();
    expect(storeProblem('text')).toBeUndefined();
  });

  it.each(['ECONNREFUSED', '23505'])(
    'carry no value of a statement into the log (%s)',
    async (code) => {
      const { app, log } = failing(new TypeError('outer', { cause: query(driver(code)) }));
      await request(app).get('/');
      expect(log()).toContain('the driver says no');
      expect(log()).not.toContain('token-4711');
    },
  );
});
