import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Whether a process runs. One that has ended but whose parent never asked how does not: in a container
 * whose first process adopts orphans without looking after them, such remains stay for ever.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return statOf(pid)?.state !== 'Z';
}

/** True once this process has ended; false where it still runs at the end of the time. */
export async function gone(pid: number, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > end) return false;
    await delay(20);
  }
  return true;
}

/**
 * Tells a process from a later one with the same number: when it began. Null where there is no such
 * process, `unknown` where the system does not say.
 */
export async function processIdentity(pid: number): Promise<string | null> {
  if (!isAlive(pid)) return null;
  const started = statOf(pid)?.started;
  if (started !== undefined) return `${bootId()} ${started}`;
  const listed = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null);
  return listed === null ? 'unknown' : listed.stdout.trim();
}

/** The command line of a process; empty where there is none or the system does not say. */
export async function commandLine(pid: number): Promise<string> {
  const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  if (raw !== null) return raw.replaceAll('\0', ' ').trim();
  // Systems without /proc have ps; small containers have /proc but no ps.
  const listed = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => null);
  return listed?.stdout.trim() ?? '';
}

/** From /proc, which Linux alone has. */
function statOf(pid: number): { readonly state: string; readonly started: string } | null {
  const text = textOf(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name, second and in brackets, may hold spaces; state is the 3rd field, the start the 22nd.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}

function bootId(): string {
  return textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
