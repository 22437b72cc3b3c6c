import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadRequest } from './load.js';

/** A server of the benchmark, in a process of its own. */
export interface BenchServer {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts the reference server, which tells its port itself. */
export async function startFloor(databaseUrl: string): Promise<BenchServer> {
  const child = start(fileURLToPath(new URL('./floor-server.js', import.meta.url)), {
    DATABASE_URL: databaseUrl,
  });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return { origin: `http://127.0.0.1:${message.port}`, stop: () => stop(child) };
}

/** Requests to the reference server. */
export function floorRequests(): () => LoadRequest {
  let count = 0;
  return () => {
    count += 1;
    const body = JSON.stringify({ text: `value ${count}` });
    const headers = { 'content-type': 'application/json' };
    return { path: `/sessions/${count % 10_000}/turns`, headers, body };
  };
}

/** Starts one of the services and waits until it says that it is ready. */
export async function startService(
  name: 'sim-app' | 'conversation-service',
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<BenchServer> {
  return startProbed(name, port, env, []);
}

/** A service that tells what memory it uses. */
export interface MeasuredServer extends BenchServer {
  /** After everything unused was collected; all in bytes. */
  memory(): Promise<NodeJS.MemoryUsage>;
}

/** As {@link startService}, able to tell its memory. */
export function startMeasuredService(
  name: 'sim-app' | 'conversation-service',
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<MeasuredServer> {
  const probe = new URL('./memory-probe.js', import.meta.url).href;
  return startProbed(name, port, env, ['--expose-gc', '--import', probe]);
}

async function startProbed(
  name: 'sim-app' | 'conversation-service',
  port: number,
  env: Readonly<Record<string, string>>,
  execArgv: readonly string[],
): Promise<MeasuredServer> {
  const main = fileURLToPath(new URL('main.js', import.meta.resolve(`@sim/${name}`)));
  const child = start(main, { ...env, PORT: String(port) }, execArgv);
  const origin = `http://127.0.0.1:${port}`;
  await ready(child, `${origin}/ready`);
  return {
    origin,
    stop: () => stop(child),
    async memory() {
      const told = once(child, 'message');
      child.send('memory');
      const [usage] = (await told) as [NodeJS.MemoryUsage];
      return usage;
    },
  };
}

function start(
  file: string,
  env: Readonly<Record<string, string>>,
  execArgv: readonly string[] = [],
): ChildProcess {
  return fork(file, [], {
    env: { PATH: process.env['PATH'], ...env },
    execArgv: [...execArgv],
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
}

const READY_WITHIN_MS = 30_000;
const ASK_AGAIN_MS = 50;

async function ready(child: ChildProcess, url: string): Promise<void> {
  const givesUpAt = performance.now() + READY_WITHIN_MS;
  for (;;) {
    if (child.exitCode !== null) throw new ServerNotReadyError(`it ended with ${child.exitCode}`);
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    if (performance.now() > givesUpAt) throw new ServerNotReadyError('it took too long');
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

/** A server of the benchmark did not come up. */
class ServerNotReadyError extends Error {
  constructor(reason: string) {
    super(`A server of the benchmark did not come up: ${reason}.`);
    this.name = 'ServerNotReadyError';
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
