import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild } from './child.mjs';
import { Failure } from './failure.mjs';
import { hashFiles } from './fingerprint.mjs';
import { ROOT, TOOLS } from './paths.mjs';
import { timed } from './progress.mjs';

const STAMP = join(ROOT, 'node_modules/.install-stamp');

/** Settings of npm that reach the registry; all others of the person are kept away from the install. */
const NETWORK_SETTINGS =
  /^npm_config_(registry|@.*|\/\/.*|(https?_)?proxy|noproxy|cafile|ca|strict_ssl|cache|store_dir|userconfig|globalconfig)$/i;

/** Installs the dependencies where they are missing or differ from the lock file. */
export async function ensureInstalled() {
  const wanted = await wantedStamp();
  if (await isInstalled(wanted)) return;
  const manager = await packageManager();
  await timed('Installing dependencies', async () => {
    const code = await install(manager);
    if (code !== 0) {
      throw new Failure(
        `The dependencies could not be installed (${manager} ended with ${code}; its messages are above).\n` +
          'Installing needs the npm registry once: check the network, a proxy (HTTPS_PROXY) or the registry\n' +
          'setting (npm config get registry), and run the command again. What was downloaded is kept.',
      );
    }
  });
  await mkdir(join(ROOT, 'node_modules'), { recursive: true });
  await writeFile(STAMP, await wantedStamp());
}

/** Binaries are of one system and processor; a folder that was copied from another is stale. */
async function wantedStamp() {
  const lock = await hashFiles(
    ['pnpm-lock.yaml', 'pnpm-workspace.yaml'].map((name) => join(ROOT, name)),
  );
  return `${lock} ${process.platform}-${process.arch}\n`;
}

async function isInstalled(wanted) {
  const present = await readFile(STAMP, 'utf8').catch(() => null);
  if (present !== wanted) return false;
  return stat(TOOLS.tsc).then(
    () => true,
    () => false,
  );
}

async function packageManager() {
  const { packageManager: name } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  return name;
}

function install(manager) {
  const args = [
    ['--yes', manager, 'install'],
    ['--frozen-lockfile', '--prefer-offline', '--prod=false', '--ignore-scripts=false'],
    // We run the pinned version already; pnpm would otherwise want to record itself in the frozen lock file.
    ['--config.pm-on-fail=ignore', '--config.confirm-modules-purge=false'],
    ['--config.node-linker=isolated'],
  ].flat();
  // npx is a batch file on Windows, which only a shell starts.
  const shell = process.platform === 'win32';
  // Its output is progress, so it goes where progress goes.
  return runChild('npx', args, {
    env: installEnvironment(process.env),
    stdio: ['ignore', 2, 2],
    shell,
  }).catch((error) => {
    throw new Failure(`npx, which comes with Node, could not be started: ${error.message}`);
  });
}

/**
 * The environment without what would change what is installed: `NODE_ENV=production` leaves out the
 * compiler, `npm_config_omit` and `npm_config_ignore_scripts` the binaries, `npm_config_global` the project.
 */
function installEnvironment(environment) {
  const kept = Object.entries(environment).filter(
    ([name]) =>
      name !== 'NODE_ENV' && (!/^(p?npm)_config_/i.test(name) || NETWORK_SETTINGS.test(name)),
  );
  return { ...Object.fromEntries(kept), npm_config_prefer_offline: 'true' };
}
