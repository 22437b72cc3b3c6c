import { readArguments, USAGE } from './arguments.js';
import { runFaults } from './run-faults.js';

/** `npm run faults`: JSON lines on the standard output, what people read beside it. */
async function main(args: readonly string[]): Promise<number> {
  const options = readArguments(args, Math.random);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${USAGE}\n`);
    return 2;
  }
  return runFaults(options, {
    say: (line) => process.stderr.write(`${line}\n`),
    json: (line) => process.stdout.write(`${line}\n`),
  });
}

process.exitCode = await main(process.argv.slice(2));
