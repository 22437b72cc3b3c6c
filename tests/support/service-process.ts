import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** One of the services, in a process of its own, as it is deployed. */
export interface ServiceProcess {
  readonly origin: string;
  /** Resolves once `/ready` says yes. */
  ready(): Promise<void>;
  /** SIGKILL: nothing is finished, nothing is said. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
  /** SIGSTOP: it stands still in the middle of whatever it does, and knows nothing of it. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** What it has logged so far. */
  log(): string;
}

/** Starts a built service with these variables and no others. */
export function startService(
  name: 'sim-app' | 'conversation-service',
  port: number,
  env: Readonly<Record<string, string>>,
): ServiceProcess {
  const main = fileURLToPath(new URL(`../../apps/${name}/dist/main.js`, import.meta.url));
  const child = fork(main, [], {
    env: { PATH: process.env['PATH'], PORT: String(port), ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const origin = `http://127.0.0.1:${port}`;
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return {
    origin,
    ready: () => untilReady(child, `${origin}/ready`),
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    log: () => log,
  };
}

const READY_WITHIN_MS = 60_000;

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const givesUpAt = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (child.exitCode !== null) throw new TypeError(`The service ended with ${child.exitCode}.`);
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    if (Date.now() > givesUpAt) throw new TypeError(`${url} never said yes.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
