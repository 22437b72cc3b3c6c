// The one entry of every npm script: node scripts/run.mjs <task> [arguments]
//
// This file must be readable by any Node with ES modules, however old, so that the message about the
// version is what a person sees; everything newer is loaded after it.
import { versionProblem } from './lib/node-version.mjs';

const problem = versionProblem(process.versions.node);
if (problem === null) {
  const { main } = await import('./lib/main.mjs');
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error(problem);
  process.exitCode = 1;
}
