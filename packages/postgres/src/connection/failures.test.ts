import { describe, expect, it } from 'vitest';
import { DatabaseBusyError, DatabaseNotMigratedError, DatabaseUnavailableError } from './errors.js';
import { failureCode, toDatabaseError, violatedConstraint } from './failures.js';

const coded = (code: string) => Object.assign(new Error('from the driver'), { code });

describe('a failure of the driver', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', '57P01', '57P03', '08006', '25006', '3D000'])(
    'with %s means that the database is away',
    (code) => {
      const error = toDatabaseError(coded(code));
      expect(error).toBeInstanceOf(DatabaseUnavailableError);
      expect(error).toMatchObject({ code: 'database_unavailable', retryAfterSeconds: 5 });
    },
  );

  it.each(['42P01', '3F000', '42703', '42883'])('with %s means a missing migration', (code) => {
    const error = toDatabaseError(coded(code));
    expect(error).toBeInstanceOf(DatabaseNotMigratedError);
    expect(error).toMatchObject({ code: 'database_not_migrated' });
  });

  it.each([
    ['53300', 'too-many-connections'],
    ['57014', 'statement-timeout'],
  ])('with %s means a busy database', (code, reason) => {
    const error = toDatabaseError(coded(code));
    expect(error).toBeInstanceOf(DatabaseBusyError);
    expect(error).toMatchObject({ code: 'database_busy', reason });
  });

  it('without a code is told by its words', () => {
    expect(toDatabaseError(new Error('timeout exceeded when trying to connect'))).toMatchObject({
      reason: 'pool-exhausted',
    });
    expect(toDatabaseError(new Error('Connection terminated unexpectedly'))).toBeInstanceOf(
      DatabaseUnavailableError,
    );
  });

  it('is found behind wrappers and among the addresses of a host', () => {
    const wrapped = new Error('query failed', { cause: coded('42P01') });
    expect(toDatabaseError(wrapped)).toBeInstanceOf(DatabaseNotMigratedError);
    const several = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]);
    expect(toDatabaseError(several)).toBeInstanceOf(DatabaseUnavailableError);
  });

  it('keeps the first error as its cause', () => {
    const cause = coded('ECONNREFUSED');
    expect(toDatabaseError(cause)).toMatchObject({ cause });
  });

  it('is not typed twice', () => {
    const typed = new DatabaseBusyError('pool-exhausted');
    expect(toDatabaseError(typed)).toBe(typed);
  });

  it('of any other kind passes unchanged, even where its causes go round in a circle', () => {
    const circular = new Error('odd');
    circular.cause = circular;
    const violation = coded('23505');
    expect(toDatabaseError(circular)).toBe(circular);
    expect(toDatabaseError(violation)).toBe(violation);
    expect(toDatabaseError('text')).toBe('text');
  });
});

describe('the facts of a failure', () => {
  it('are found behind wrappers', () => {
    const cause = Object.assign(coded('23505'), { constraint: 'uq_name' });
    const wrapped = new Error('query failed', { cause });
    expect(failureCode(wrapped)).toBe('23505');
    expect(violatedConstraint(wrapped)).toBe('uq_name');
  });

  it('are null where there are none', () => {
    expect(failureCode(new Error('plain'))).toBeNull();
    expect(violatedConstraint(undefined)).toBeNull();
  });
});
