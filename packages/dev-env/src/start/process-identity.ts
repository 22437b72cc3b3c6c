import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Tells a process from a later one with the same number: when it began. Null where there is no such
 * process, `unknown` where the system does not say.
 */
export async function processIdentity(pid: number): Promise<string | null> {
  if (!exists(pid)) return null;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The name, second and in brackets, may hold spaces; the start is the 22nd field.
  const started = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  if (started !== undefined) return `${await bootId()} ${started}`;
  const listed = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null);
  return listed === null ? 'unknown' : listed.stdout.trim();
}

async function bootId(): Promise<string> {
  const id = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return id.trim();
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
