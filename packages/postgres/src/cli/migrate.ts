import { createInterface } from 'node:readline/promises';
import { connectionFromEnvironment } from './connection-from-environment.js';
import { migrateCommand, type Terminal } from './migrate-command.js';

const terminal: Terminal = {
  print: (line) => process.stdout.write(`${line}\n`),
  ask: process.stdin.isTTY ? ask : null,
};

async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}

try {
  await migrateCommand(
    process.argv.slice(2),
    () => connectionFromEnvironment(process.env),
    terminal,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
