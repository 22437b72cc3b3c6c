import { describe, expect, it } from 'vitest';
import { MigrationChangedError, NewerBreakingSchemaError } from './errors.js';
import type { Migration } from './files.js';
import { compare, refuseChanged, refuseNewerBreakingIn } from './status.js';

const script = { sql: 'SELECT 1', transaction: true };
const file = (name: string, checksum = 'x'): Migration => ({
  name,
  checksum,
  breaking: false,
  up: script,
  down: script,
});
const applied = (name: string, breaking = false) => ({
  name,
  checksum: 'x',
  breaking,
  appliedAt: new Date(0),
});

describe('files beside what is applied', () => {
  it('tell each migration’s state, by name', () => {
    const statuses = compare(
      [file('0001_a'), file('0002_b', 'y'), file('0004_d')],
      [applied('0001_a'), applied('0002_b'), applied('0003_c')],
    );
    expect(statuses.map(({ name, state }) => [name, state])).toEqual([
      ['0001_a', 'applied'],
      ['0002_b', 'changed'],
      ['0003_c', 'unknown'],
      ['0004_d', 'pending'],
    ]);
  });

  it('are refused where a file was changed', () => {
    const statuses = compare([file('0001_a', 'y')], [applied('0001_a')]);
    expect(() => refuseChanged(statuses)).toThrow(MigrationChangedError);
    expect(() => refuseChanged(statuses)).toThrow(/0001_a/);
  });

  it('are refused where the database is from a newer breaking release', () => {
    const statuses = compare([], [applied('0009_z', true)]);
    expect(() => refuseNewerBreakingIn(statuses)).toThrow(NewerBreakingSchemaError);
  });

  it('pass where the newer release breaks nothing', () => {
    const statuses = compare([file('0001_a')], [applied('0001_a'), applied('0009_z')]);
    expect(() => {
      refuseChanged(statuses);
      refuseNewerBreakingIn(statuses);
    }).not.toThrow();
  });
});
