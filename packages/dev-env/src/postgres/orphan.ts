import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine, gone } from '../os/processes.js';
import { EmbeddedPostgresError } from './errors.js';
import { readPostmasterFile } from './postmaster-file.js';

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
  if ((await commandLine(file.pid)).includes(clusterDir)) {
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

function signal(pid: number, name: 'SIGINT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
