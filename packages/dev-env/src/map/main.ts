import { runMap } from './run-map.js';

// A reader that closes early, such as `head`, is no error.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await runMap(process.argv.slice(2), process.cwd(), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
