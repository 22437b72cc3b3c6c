import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../net/ports.js';

/** A real Redis of the machine, with nothing on disk. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it by SIGTERM where not said otherwise; resolves once it has gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** `redis-server` ended before it took a connection. */
export class RedisStartError extends Error {
  constructor(port: number, code: number | null) {
    super(`redis-server on port ${port} ended with ${code ?? 'a signal'}.`);
    this.name = 'RedisStartError';
  }
}

/**
 * Starts `redis-server` on a port of the loopback interface, a free one where left out; null where the
 * machine has none.
 * @throws RedisStartError
 */
export async function startRedisServer(wanted?: number): Promise<RedisServer | null> {
  const program = await onPath('redis-server');
  if (program === null) return null;
  const port = wanted ?? (await freePort());
  const child = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore', cwd: '/' },
  );
  const exited = once(child, 'exit');
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new RedisStartError(port, child.exitCode);
    await delay(20);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
    },
  };
}

async function onPath(name: string): Promise<string | null> {
  for (const dir of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(dir, name);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return null;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
