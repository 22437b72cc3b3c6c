import { parseArgs } from 'node:util';
import type { ConnectionOptions } from '../connection/options.js';
import { migrateDown, migrateUp, migrationStatus } from '../migrations/migrate.js';
import {
  refuseChanged,
  refuseNewerBreakingIn,
  type MigrationStatus,
} from '../migrations/status.js';

/** What the command reaches of the world. */
export interface Terminal {
  readonly print: (line: string) => void;
  /** Asks a question and resolves to the answer; null where nobody is there to be asked. */
  readonly ask: ((question: string) => Promise<string>) | null;
}

/** The command line cannot be followed. */
export class UsageError extends Error {
  constructor(problem: string) {
    super(`${problem}\n\n${USAGE}`);
    this.name = 'UsageError';
  }
}

/** Nobody confirmed a change to a production database. */
export class NotConfirmedError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'NotConfirmedError';
  }
}

const USAGE = `Usage: migrate up|down|status [--production] [--yes]
  up            apply every pending migration
  down          revert the latest one
  status        list all migrations
  --production  ask first whether there is a fresh backup
  --yes         take that for answered`;

const COMMANDS = ['up', 'down', 'status'] as const;

/**
 * Runs `migrate up|down|status` with the arguments after the program's name. `connect` is called once
 * they are understood.
 * @throws UsageError, NotConfirmedError, and what {@link migrateUp} throws
 */
export async function migrateCommand(
  args: readonly string[],
  connect: () => ConnectionOptions,
  terminal: Terminal,
): Promise<void> {
  const { command, production, yes } = parse(args);
  const connection = connect();
  const onStep = (name: string, direction: 'up' | 'down') =>
    terminal.print(`${direction}  ${name}`);
  const options = { ...connection, onStep };
  if (command === 'status') {
    report(await migrationStatus(options), terminal);
    return;
  }
  if (production && !yes) await confirm(command, connection, terminal);
  if (command === 'up') {
    const applied = await migrateUp(options);
    terminal.print(applied.length === 0 ? 'Nothing to do.' : `Applied ${applied.length}.`);
  } else {
    const reverted = await migrateDown(options);
    terminal.print(reverted === null ? 'Nothing to revert.' : `Reverted ${reverted}.`);
  }
}

function parse(args: readonly string[]) {
  const parsed = parseOrRefuse(args);
  const [word, ...rest] = parsed.positionals;
  const command = COMMANDS.find((known) => known === word);
  if (command === undefined) {
    throw new UsageError(word === undefined ? 'Say what to do.' : `There is no command ${word}.`);
  }
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is not understood.`);
  const { production = false, yes = false } = parsed.values;
  return { command, production, yes };
}

function parseOrRefuse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { production: { type: 'boolean' }, yes: { type: 'boolean' } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function confirm(
  command: 'up' | 'down',
  connection: ConnectionOptions,
  terminal: Terminal,
): Promise<void> {
  const { host, pathname } = new URL(connection.url);
  const place = `${pathname.slice(1)} on ${host}`;
  if (terminal.ask === null) {
    throw new NotConfirmedError(
      `Nobody is at a terminal to confirm the change to ${place}. Make a backup, then say --yes.`,
    );
  }
  const what = command === 'up' ? 'Migrate' : 'Revert the latest migration of';
  const answer = await terminal.ask(
    `${what} ${place}? Type "yes" if there is a fresh backup that restores: `,
  );
  if (answer.trim().toLowerCase() !== 'yes') throw new NotConfirmedError('Nothing was changed.');
}

/** Prints the list; then fails where the database is not one that this release may migrate. */
function report(statuses: readonly MigrationStatus[], { print }: Terminal): void {
  for (const { name, state, breaking, appliedAt } of statuses) {
    const when = appliedAt === null ? '' : `  ${appliedAt.toISOString()}`;
    print(`${state.padEnd(9)}${name}${breaking ? '  (breaking)' : ''}${when}`);
  }
  const pending = statuses.filter(({ state }) => state === 'pending').length;
  print(pending === 0 ? 'The database is up to date.' : `${pending} pending: npm run db:migrate`);
  refuseNewerBreakingIn(statuses);
  refuseChanged(statuses);
}
