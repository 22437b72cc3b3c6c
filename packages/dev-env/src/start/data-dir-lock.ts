import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processIdentity } from '../os/processes.js';
import { StartError } from './errors.js';

const FILE = 'lock';
const ATTEMPTS = 5;

/** A held lock. */
export interface DataDirLock {
  release(): Promise<void>;
}

/**
 * Takes a data folder for this process alone, making it where it is missing. A lock whose process has
 * ended, in whatever way, counts as free.
 *
 * @throws StartError naming the process that holds it
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, FILE);
  const mine = JSON.stringify({
    pid: process.pid,
    identity: await processIdentity(process.pid),
  });
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (await create(path, mine)) return { release: () => release(path, mine) };
    const holder = await holderOf(path);
    if (holder !== null) {
      throw new StartError(
        `The data in ${dataDir} are in use by another start (process ${holder}). ` +
          `Stop it with Ctrl-C or: kill ${holder} – or start beside it with another DATA_DIR and other ports.`,
      );
    }
    await discard(path);
  }
  throw new StartError(`The lock ${path} keeps changing. Try again.`);
}

/** The file appears with its content or not at all, so that nobody reads half a lock. */
async function create(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, content, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Moves a lock aside whose holder has ended. Another start may have put its own there since: what was
 * moved is looked at again, and put back where its holder lives.
 */
async function discard(path: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (moved && (await holderOf(aside)) !== null) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/** The process that holds the lock and still runs. */
async function holderOf(path: string): Promise<number | null> {
  const { pid, identity } = parse(await readFile(path, 'utf8').catch(() => ''));
  if (pid === null) return null;
  return (await processIdentity(pid)) === identity ? pid : null;
}

function parse(text: string): { pid: number | null; identity: string | null } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return { pid: null, identity: null };
    const pid = 'pid' in value && Number.isSafeInteger(value.pid) ? Number(value.pid) : null;
    const identity = 'identity' in value ? String(value.identity) : null;
    return { pid, identity };
  } catch {
    return { pid: null, identity: null };
  }
}

async function release(path: string, mine: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => null);
  if (current === mine) await rm(path, { force: true });
}
