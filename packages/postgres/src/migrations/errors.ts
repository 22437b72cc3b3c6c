/** The migrations folder is not as it must be. */
export class MigrationFilesError extends Error {
  readonly directory: string;

  constructor(directory: string, problem: string, options?: ErrorOptions) {
    super(`The migrations in ${directory} cannot be used: ${problem}`, options);
    this.name = 'MigrationFilesError';
    this.directory = directory;
  }
}

/** A migration's SQL failed; in a transaction, nothing of it stays. */
export class MigrationFailedError extends Error {
  readonly migration: string;
  readonly direction: 'up' | 'down';

  constructor(migration: string, direction: 'up' | 'down', options: { readonly cause: unknown }) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super(`Migration ${migration} failed on its way ${direction}: ${reason}`, options);
    this.name = 'MigrationFailedError';
    this.migration = migration;
    this.direction = direction;
  }
}

/** Files of migrations that were applied have been changed since. */
export class MigrationChangedError extends Error {
  readonly migrations: readonly string[];

  constructor(migrations: readonly string[]) {
    super(
      `Migrations were changed after they were applied: ${migrations.join(', ')}. ` +
        'Restore their files and put the change into a new migration.',
    );
    this.name = 'MigrationChangedError';
    this.migrations = migrations;
  }
}

/** The database is from a newer release, with changes that this one does not work with. */
export class NewerBreakingSchemaError extends Error {
  readonly migrations: readonly string[];

  constructor(migrations: readonly string[]) {
    super(
      `The database has breaking migrations that this release does not know: ${migrations.join(', ')}. ` +
        'Run the newer release, or roll the database back with it first.',
    );
    this.name = 'NewerBreakingSchemaError';
    this.migrations = migrations;
  }
}

/** The latest migration of the database is of another release, so this one has no way down from it. */
export class UnknownMigrationError extends Error {
  readonly migration: string;

  constructor(migration: string) {
    super(`This release does not know the latest migration, ${migration}. Roll back with the release it is from.`);
    this.name = 'UnknownMigrationError';
    this.migration = migration;
  }
}

/** Another process has been migrating the database for too long. */
export class MigrationLockError extends Error {
  readonly waitedMs: number;

  constructor(waitedMs: number) {
    super(
      `Another process has been migrating this database for ${Math.round(waitedMs / 1000)} s. ` +
        'Wait for it, or look in pg_locks for who holds the advisory lock.',
    );
    this.name = 'MigrationLockError';
    this.waitedMs = waitedMs;
  }
}
