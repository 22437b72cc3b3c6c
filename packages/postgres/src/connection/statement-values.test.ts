import { DrizzleQueryError } from 'drizzle-orm/errors';
import { describe, expect, it } from 'vitest';
import { toDatabaseError } from './failures.js';
import { withoutStatementValues } from './statement-values.js';

const driver = Object.assign(new TypeError('duplicate key'), { code: '23505' });
const query = new DrizzleQueryError('insert into t values ($1)', ['s3cret'], driver);

describe('withoutStatementValues', () => {
  it('gives the driver error that stands below', () => {
    expect(query.message).toContain('s3cret');
    expect(withoutStatementValues(query)).toBe(driver);
    expect(withoutStatementValues(new TypeError('outer', { cause: query }))).toBe(driver);
  });

  it('leaves other errors as they are', () => {
    const other = new TypeError('outer', { cause: driver });
    expect(withoutStatementValues(other)).toBe(other);
    expect(withoutStatementValues('text')).toBe('text');
  });

  it('is part of what every failure of the database goes through', () => {
    expect(toDatabaseError(query)).toBe(driver);
    const gone = Object.assign(new TypeError('refused'), { code: 'ECONNREFUSED' });
    const typed = toDatabaseError(new DrizzleQueryError('select', ['s3cret'], gone)) as Error;
    expect(typed).toMatchObject({ code: 'database_unavailable', cause: gone });
  });
});
