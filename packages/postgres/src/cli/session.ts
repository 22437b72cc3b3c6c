import { createDatabase } from '../connection/database.js';
import { connectionFromEnvironment } from './connection-from-environment.js';
import { sessionCommand } from './session-command.js';

// Whoever reads may have seen enough: `… | head`.
process.stdout.on('error', () => process.exit());

try {
  process.exitCode = await sessionCommand(
    process.argv.slice(2),
    () =>
      createDatabase({
        ...connectionFromEnvironment(process.env),
        applicationName: 'sim-session',
        pool: { max: 1 },
      }),
    // Not waited for: who reads slowly must not keep the snapshot open.
    (line) => process.stdout.write(`${line}\n`),
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
