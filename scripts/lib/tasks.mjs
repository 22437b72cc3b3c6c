import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { runNode } from './child.mjs';
import { Failure } from './failure.mjs';
import { ensureInstalled } from './install.mjs';
import { CALLED_FROM, ROOT, TOOLS } from './paths.mjs';
import { CHECKS, runSteps, TESTS } from './verify.mjs';

/** What `npm start`, `npm test` and the other scripts do, by name. */
export const TASKS = {
  start: program('packages/dev-env/dist/start/main.js'),
  chat: program('packages/dev-env/dist/chat/main.js', CALLED_FROM),
  map: program('packages/dev-env/dist/map/main.js', CALLED_FROM),
  bench: program('packages/dev-env/dist/bench/main.js'),
  faults: program('packages/dev-env/dist/faults/main.js'),
  async proof(args) {
    await ensureInstalled();
    await ensureBuilt();
    // The tests are no part of the build: what the proof is made of is compiled when it is wanted.
    const code = await runNode(TOOLS.tsc, ['-b', 'tests'], { stdio: ['ignore', 2, 2] });
    if (code !== 0) throw new Failure('The tests do not compile; the errors are above.', code);
    return runNode(join(ROOT, 'tests/dist/proof/main.js'), args);
  },
  migrate: onDatabase('packages/postgres/dist/cli/migrate.js', 'kept'),
  session: onDatabase('packages/postgres/dist/cli/session.js', 'shared'),
  'rotate-secrets': onDatabase('apps/sim-app/dist/rotate-secrets.js', 'shared'),
  schema: onDatabase('packages/postgres/dist/cli/schema.js', 'temporary'),
  async build() {
    await ensureInstalled();
    await ensureBuilt({ force: true });
    return 0;
  },
  async check() {
    await ensureInstalled();
    return runSteps(CHECKS);
  },
  async test() {
    await ensureInstalled();
    return runSteps([...CHECKS, ...TESTS]);
  },
};

/** A task that runs a built program. */
function program(path, cwd = ROOT) {
  return async (args) => {
    const script = await prepared(path);
    return runNode(script, args, { cwd });
  };
}

/** A task that needs a database: the one the environment names, else an embedded one. */
function onDatabase(path, data) {
  return async (args) => {
    const script = await prepared(path);
    if (process.env.DATABASE_URL || process.env.DATABASE_HOST) return runNode(script, args);
    const within = join(ROOT, 'packages/dev-env/dist/with-database/main.js');
    return runNode(within, [data, script, ...args]);
  };
}

async function prepared(path) {
  await ensureInstalled();
  await ensureBuilt();
  const script = join(ROOT, path);
  const there = await stat(script).catch(() => null);
  if (there === null) throw new Failure(`The build has no ${path}.`);
  return script;
}
