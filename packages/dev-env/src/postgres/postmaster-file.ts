import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a running server says of itself in `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number | null;
  /** `starting`, `stopping`, `ready` or `standby`; null while the line is not written yet. */
  readonly status: string | null;
}

/**
 * Reads `postmaster.pid` of a cluster; null where there is none or it is cut short.
 *
 * Lines: pid, data folder, start time, port, socket folder, address, shared memory key, status.
 */
export async function readPostmasterFile(clusterDir: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => null);
  return text === null ? null : parsePostmasterFile(text);
}

/** As {@link readPostmasterFile}, from the text of the file. */
export function parsePostmasterFile(text: string): PostmasterFile | null {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const port = Number(lines[3]);
  const status = lines[7];
  return {
    pid,
    port: Number.isSafeInteger(port) && port > 0 ? port : null,
    status: status === undefined || status === '' ? null : status,
  };
}
