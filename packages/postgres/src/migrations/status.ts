import { MigrationChangedError, NewerBreakingSchemaError } from './errors.js';
import { readMigrations, type Migration } from './files.js';
import { readLedger, type AppliedMigration, type Queryable } from './ledger.js';

/** One migration as files and database have it. */
export interface MigrationStatus {
  readonly name: string;
  /** `changed`: the file is another than the one applied. `unknown`: applied by another release. */
  readonly state: 'applied' | 'pending' | 'changed' | 'unknown';
  readonly breaking: boolean;
  readonly appliedAt: Date | null;
}

/** Sets the files beside what is applied, by name. */
export function compare(
  files: readonly Migration[],
  applied: readonly AppliedMigration[],
): MigrationStatus[] {
  const rows = new Map(applied.map((row) => [row.name, row]));
  const known = files.map((file): MigrationStatus => {
    const row = rows.get(file.name);
    rows.delete(file.name);
    const state = row === undefined ? 'pending' : row.checksum === file.checksum ? 'applied' : 'changed';
    return { name: file.name, state, breaking: file.breaking, appliedAt: row?.appliedAt ?? null };
  });
  const unknown = [...rows.values()].map(
    ({ name, breaking, appliedAt }): MigrationStatus => ({ name, state: 'unknown', breaking, appliedAt }),
  );
  return [...known, ...unknown].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws NewerBreakingSchemaError */
export function refuseNewerBreakingIn(statuses: readonly MigrationStatus[]): void {
  const newer = statuses.filter(({ state, breaking }) => state === 'unknown' && breaking);
  if (newer.length > 0) throw new NewerBreakingSchemaError(newer.map(({ name }) => name));
}

/** @throws MigrationChangedError */
export function refuseChanged(statuses: readonly MigrationStatus[]): void {
  const changed = statuses.filter(({ state }) => state === 'changed');
  if (changed.length > 0) throw new MigrationChangedError(changed.map(({ name }) => name));
}

/**
 * Refuses a database that a newer release has changed in a way this one does not work with. For the
 * start of a service; a database without migrations passes.
 * @throws NewerBreakingSchemaError
 */
export async function refuseNewerBreaking(
  database: Queryable,
  directory?: string,
): Promise<void> {
  refuseNewerBreakingIn(compare(await readMigrations(directory), await readLedger(database)));
}

/**
 * True where every migration of this release is applied and the job queue's tables are there; false too
 * where a newer release has changed the database in a way that this one does not work with.
 */
export async function isMigrated(database: Queryable, directory?: string): Promise<boolean> {
  const needed = await neededNames(directory);
  const ledger = await readLedger(database);
  if (ledger.some(({ name, breaking }) => breaking && !needed.includes(name))) return false;
  const applied = new Set(ledger.map(({ name }) => name));
  if (!needed.every((name) => applied.has(name))) return false;
  const { rows } = await database.query(
    "SELECT to_regclass('graphile_worker._private_jobs') IS NOT NULL AS here",
  );
  return (rows as { here: boolean }[])[0]?.here === true;
}

const namesByDirectory = new Map<string, Promise<string[]>>();

/** Files do not change while a release runs: probes ask every few seconds. */
function neededNames(directory = ''): Promise<string[]> {
  const known = namesByDirectory.get(directory);
  if (known !== undefined) return known;
  const names = readMigrations(directory === '' ? undefined : directory).then((files) =>
    files.map(({ name }) => name),
  );
  namesByDirectory.set(directory, names);
  return names;
}
