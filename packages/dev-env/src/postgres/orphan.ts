import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './errors.js';
import { readPostmasterFile } from './postmaster-file.js';

const run = promisify(execFile);

/**
 * Ends a server that an earlier, killed process left on these data, and removes what it leaves behind.
 *
 * A pid file whose number now belongs to another program is a leftover of a crash: the program is left
 * alone and the file removed, as PostgreSQL would otherwise take that program for a server.
 *
 * @throws EmbeddedPostgresError `already-running` where it does not end within `timeoutMs`.
 */
export async function endOrphan(clusterDir: string, timeoutMs = 20_000): Promise<void> {
  const file = await readPostmasterFile(clusterDir);
  if (file === null) return;
  if (await isServerOf(file.pid, clusterDir)) {
    signal(file.pid, 'SIGINT');
    if (!(await gone(file.pid, timeoutMs))) {
      throw new EmbeddedPostgresError(
        'already-running',
        `A PostgreSQL server (process ${file.pid}) still runs on ${clusterDir} and does not stop. Stop it with: kill -INT ${file.pid}`,
      );
    }
  }
  await rm(join(clusterDir, 'postmaster.pid'), { force: true });
}

/** True once no process has this id; false where one still has at the end of the time. */
export async function gone(pid: number, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > end) return false;
    await delay(20);
  }
  return true;
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function isServerOf(pid: number, clusterDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() =>
    commandLineFromProc(pid),
  );
  return stdout.includes(clusterDir);
}

/** Small containers have no `ps`. */
async function commandLineFromProc(pid: number): Promise<{ stdout: string }> {
  const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return { stdout: raw.replaceAll('\0', ' ') };
}

function signal(pid: number, name: 'SIGINT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
