import { connectionFromEnvironment } from './connection-from-environment.js';
import { schemaCommand } from './schema-command.js';

try {
  const check = process.argv.includes('--check');
  await schemaCommand(connectionFromEnvironment(process.env), { check });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
