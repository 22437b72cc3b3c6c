import { performance } from 'node:perf_hooks';
import { readArguments, USAGE } from './arguments.js';
import { campaign } from './campaign.js';
import { writeMutations } from './write-mutations.js';

/** `npm run proof`. */
async function main(args: readonly string[]): Promise<number> {
  const options = readArguments(args, Math.random);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${USAGE}\n`);
    return 2;
  }
  const out = (line: string) => process.stdout.write(`${line}\n`);
  if (options.mutations) return writeMutations(out);
  return campaign(options, { out, clock: () => performance.now() });
}

process.exitCode = await main(process.argv.slice(2));
