import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.js';
import type { ServerUser } from './os-user.js';
import { readPostmasterFile } from './postmaster-file.js';

/**
 * Becomes the server, after leaving behind a watcher that holds the other end of a pipe to us: when we
 * die, even by SIGKILL, the pipe ends and the watcher stops the server. A line in the pipe sends the
 * watcher away. The double fork keeps it from being a child of the server.
 */
const WATCHED = `( ( read -r _ <&3 || kill -INT $$ 2>/dev/null ) & ) ; exec 3<&- ; exec "$@"`;

/** PostgreSQL's names of the ways to stop it at once. */
export type StopMode = 'fast' | 'immediate';

/** A PostgreSQL server that lives as long as this process. */
export interface ServerProcess {
  readonly pid: number;
  /**
   * Ends connections and the server; resolves once it has gone. `immediate` leaves everything as it lies,
   * as a crash does, and the next start recovers from the log.
   */
  stop(how?: StopMode): Promise<void>;
}

/**
 * Starts a server and waits until it accepts connections.
 *
 * @throws EmbeddedPostgresError `start-failed` with the end of the log.
 */
export async function launchServer(options: {
  readonly program: string;
  readonly args: readonly string[];
  readonly clusterDir: string;
  readonly logFile: string;
  readonly user: ServerUser;
  readonly timeoutMs: number;
}): Promise<ServerProcess> {
  const child = spawnWatched(options);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let failure: string | null = null;
  child.once('exit', (code, signal) => (failure = `it ended (${signal ?? `code ${code ?? '?'}`})`));
  child.once('error', (error) => (failure = error.message));

  const end = Date.now() + options.timeoutMs;
  while (!(await isReady(options.clusterDir, child.pid))) {
    if (Date.now() > end) failure ??= `it was not ready within ${options.timeoutMs} ms`;
    if (failure !== null) {
      child.kill('SIGQUIT');
      throw await startFailure(failure, options.logFile);
    }
    await Promise.race([delay(20), exited]);
  }
  return handle(child, exited);
}

function spawnWatched(options: {
  readonly program: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly user: ServerUser;
}): ChildProcess {
  const {
    file,
    args,
    options: identity,
  } = options.user.command('sh', ['-c', WATCHED, 'sh', options.program, ...options.args]);
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    return spawn(file, args, {
      ...identity,
      cwd: '/',
      // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop the apps first.
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
    });
  } finally {
    closeSync(log);
  }
}

async function isReady(clusterDir: string, pid: number | undefined): Promise<boolean> {
  const file = await readPostmasterFile(clusterDir);
  return file !== null && file.pid === pid && file.status === 'ready';
}

function handle(child: ChildProcess, exited: Promise<void>): ServerProcess {
  const pipe = child.stdio[3] as Writable | null | undefined;
  // The server may be gone before the watcher is told; that is no failure.
  pipe?.on('error', () => undefined);
  // The server must not keep a process alive that has nothing else to do.
  child.unref();
  return {
    pid: child.pid ?? 0,
    async stop(how = 'fast') {
      if (child.exitCode === null && child.signalCode === null) {
        child.ref();
        child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
        await exited;
      }
      pipe?.end('\n');
    },
  };
}

async function startFailure(why: string, logFile: string): Promise<EmbeddedPostgresError> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const tail = log.trimEnd().split('\n').slice(-8).join('\n');
  return new EmbeddedPostgresError(
    'start-failed',
    `PostgreSQL did not start: ${why}. The end of ${logFile}:\n${tail}`,
    { logFile },
  );
}
