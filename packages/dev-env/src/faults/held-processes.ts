import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Processes of conversation-service that have loaded everything and wait for their port. */
export interface HeldProcesses {
  /** How many could begin at once. */
  readonly held: number;
  /** Lets one begin, as soon as there is one. */
  begin(port: number): Promise<ChildProcess>;
  /** Kills those that never began. */
  end(): Promise<void>;
}

export interface HeldOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Takes what all of them write. */
  readonly logFile: string;
  /** Kept ready. */
  readonly count: number;
}

/** Starts to hold processes: the built program as it is deployed, with these variables and no others. */
export function holdProcesses(options: HeldOptions): HeldProcesses {
  const ready: ChildProcess[] = [];
  const loading = new Set<ChildProcess>();
  const waiting: ((child: ChildProcess) => void)[] = [];
  let ended = false;

  const offer = (child: ChildProcess): void => {
    loading.delete(child);
    const next = waiting.shift();
    if (next) next(child);
    else ready.push(child);
    refill();
  };
  const refill = (): void => {
    while (!ended && ready.length + loading.size < options.count + waiting.length) {
      const child = spawn(options);
      loading.add(child);
      child.once('message', () => offer(child));
      child.once('exit', () => {
        // One that cannot even load is replaced only when it is asked for: its log says why.
        loading.delete(child);
        const index = ready.indexOf(child);
        if (index >= 0) ready.splice(index, 1);
      });
    }
  };
  refill();

  return {
    get held() {
      return ready.length;
    },
    async begin(port) {
      const child =
        ready.shift() ??
        (await new Promise<ChildProcess>((resolve) => {
          waiting.push(resolve);
          refill();
        }));
      child.send({ port });
      refill();
      return child;
    },
    async end() {
      ended = true;
      await Promise.all([...ready, ...loading].map(killed));
    },
  };
}

/** SIGKILL; resolves when it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function spawn({ env, logFile }: HeldOptions): ChildProcess {
  const main = fileURLToPath(new URL('main.js', import.meta.resolve('@sim/conversation-service')));
  const log = openSync(logFile, 'a');
  try {
    return fork(main, [], {
      env: { PATH: process.env['PATH'], ...env },
      execArgv: ['--import', new URL('./hold.js', import.meta.url).href],
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}
