import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const SCRIPTS = join(import.meta.dirname, '../../scripts');

/**
 * A repository of one package, with stand-ins for what the runner calls: `npx` writes what it was asked,
 * the compiler copies sources to `dist`. Both fail when told so.
 */
describe('the runner of the npm scripts', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sim-runner-'));
    await cp(SCRIPTS, join(root, 'scripts'), { recursive: true });
    await put('package.json', JSON.stringify({ packageManager: 'pnpm@1.2.3' }));
    await put('pnpm-lock.yaml', 'lock: 1');
    await put(
      'tsconfig.json',
      JSON.stringify({ references: [{ path: 'packages/dev-env' }, { path: 'tests' }] }),
    );
    await put(
      'packages/dev-env/src/map/main.ts',
      `console.log('map', process.argv.slice(2).join(' '));`,
    );
    await put('packages/dev-env/src/start/main.ts', 'process.exit(7);');
    await put('bin/npx', NPX);
    await chmod(join(root, 'bin/npx'), 0o755);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function put(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }

  async function task(args: string[], env: Record<string, string> = {}) {
    const PATH = [join(root, 'bin'), process.env['PATH']].join(delimiter);
    const result = run(process.execPath, [join(root, 'scripts/run.mjs'), ...args], {
      cwd: root,
      env: { ...withoutNpm(), INIT_CWD: root, PATH, ...env },
    });
    return result.then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
  }

  const log = async (name: string) =>
    (await readFile(join(root, name), 'utf8').catch(() => '')).split('\n').filter(Boolean);

  it('installs, builds and runs, with nothing but the task on stdout', async () => {
    const { code, stdout, stderr } = await task(['map', 'a.json', '--format', 'json']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'map a.json --format json\n' });
    expect(stderr).toContain('✓ Installing dependencies');
    expect(stderr).toContain('✓ Building 1 of 1 projects');
    expect(await log('npx.log')).toEqual([
      expect.stringContaining('--yes pnpm@1.2.3 install --frozen-lockfile'),
    ]);
    expect(await log('tsc.log')).toEqual(['-b packages/dev-env']);
  });

  it('does neither again where nothing changed', async () => {
    await task(['map']);
    const { stderr } = await task(['map']);
    expect(stderr).toBe('');
    expect(await log('npx.log')).toHaveLength(1);
    expect(await log('tsc.log')).toHaveLength(1);
  });

  it('installs again when the lock file changed', async () => {
    await task(['map']);
    await put('pnpm-lock.yaml', 'lock: 2');
    await task(['map']);
    expect(await log('npx.log')).toHaveLength(2);
  });

  it('builds again when a source changed, whatever its time says', async () => {
    await task(['map']);
    await put('packages/dev-env/src/map/main.ts', `console.log('newer');`);
    await utimes(join(root, 'packages/dev-env/src/map/main.ts'), 0, 0);
    expect((await task(['map'])).stdout).toBe('newer\n');
  });

  it('builds again when the output was deleted', async () => {
    await task(['map']);
    await rm(join(root, 'packages/dev-env/dist'), { recursive: true });
    expect((await task(['map'])).stdout).toBe('map \n');
  });

  it('takes away output whose source is gone', async () => {
    await put('packages/dev-env/src/map/old.ts', 'export {};');
    await task(['map']);
    await rm(join(root, 'packages/dev-env/src/map/old.ts'));
    await task(['map']);
    const old = readFile(join(root, 'packages/dev-env/dist/map/old.js'));
    await expect(old).rejects.toThrow('ENOENT');
  });

  it('keeps settings of npm away from the install, but not the way to the registry', async () => {
    await task(['map'], {
      NODE_ENV: 'production',
      npm_config_omit: 'dev',
      npm_config_ignore_scripts: 'true',
      npm_config_registry: 'https://registry.example/',
      npm_config_https_proxy: 'http://proxy.example/',
    });
    const [line = ''] = await log('npx-env.log');
    expect(JSON.parse(line)).toEqual({
      npm_config_registry: 'https://registry.example/',
      npm_config_https_proxy: 'http://proxy.example/',
      npm_config_prefer_offline: 'true',
    });
  });

  it('says what to do where the install fails, and tries again the next time', async () => {
    const { code, stderr } = await task(['map'], { FAIL_NPX: '1' });
    expect(code).toBe(1);
    expect(stderr).toContain('✗ The dependencies could not be installed');
    expect(stderr).toContain('check the network');
    expect((await task(['map'])).code).toBe(0);
  });

  it('does not run what did not compile, and compiles again the next time', async () => {
    const failed = await task(['map'], { FAIL_TSC: '1' });
    expect(failed).toMatchObject({ code: 2, stdout: '' });
    expect(failed.stderr).toContain('✗ The sources do not compile');
    expect((await task(['map'])).stdout).toBe('map \n');
  });

  it('passes the exit code of the task on', async () => {
    expect((await task(['start'])).code).toBe(7);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'stops the task when npm and its shell are ended by %s, which nobody passes on',
    async (signal) => {
      await put('packages/dev-env/src/start/main.ts', SERVING);
      await task(['map']);
      // As npm does it: a shell in between, which does not pass signals on.
      const shell = spawn('sh', ['-c', `"${process.execPath}" scripts/run.mjs start; true`], {
        cwd: root,
        env: { ...process.env, npm_lifecycle_event: 'start' },
      });
      await once(shell.stdout, 'data');
      shell.kill(signal);
      const stopped = await once(shell.stdout, 'data');
      expect(String(stopped[0])).toBe('stopped by SIGTERM\n');
    },
  );

  it('lists the tasks where it does not know one', async () => {
    const { code, stderr } = await task(['strat']);
    expect(code).toBe(2);
    expect(stderr).toContain('Tasks: start, chat, map, bench');
  });
});

/** A server that says when it runs and when it ends. */
const SERVING = `
const timer = setInterval(() => {}, 1000);
process.on('SIGTERM', () => { clearInterval(timer); console.log('stopped by SIGTERM'); });
console.log('runs');
`;

/** Records how it is called, and installs the stand-in of the compiler. */
/** The tests run under npm themselves, whose settings are not those of the runner under test. */
function withoutNpm(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name));
  return Object.fromEntries(entries);
}

const NPX = `#!/usr/bin/env node
const fs = require('node:fs');
fs.appendFileSync('npx.log', process.argv.slice(2).join(' ') + '\\n');
const kept = Object.entries(process.env).filter(([n]) => /^npm_config_(?!cache|userconfig|globalconfig)|^NODE_ENV$/i.test(n));
fs.appendFileSync('npx-env.log', JSON.stringify(Object.fromEntries(kept)) + '\\n');
if (process.env.FAIL_NPX) process.exit(1);
fs.mkdirSync('node_modules/typescript/bin', { recursive: true });
fs.writeFileSync('node_modules/typescript/bin/tsc', \`
const fs = require('node:fs');
fs.appendFileSync('tsc.log', process.argv.slice(2).join(' ') + '\\\\n');
if (process.env.FAIL_TSC) process.exit(2);
const from = 'packages/dev-env/src', to = 'packages/dev-env/dist';
for (const entry of fs.readdirSync(from, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const folder = entry.parentPath.replace(from, to);
  fs.mkdirSync(folder, { recursive: true });
  fs.copyFileSync(entry.parentPath + '/' + entry.name, folder + '/' + entry.name.replace('.ts', '.js'));
}
fs.writeFileSync(to + '/.tsbuildinfo', '');
\`);
`;
