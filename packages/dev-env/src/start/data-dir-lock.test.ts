import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processIdentity } from '../os/processes.js';
import { lockDataDir } from './data-dir-lock.js';

describe('the lock of a data folder', () => {
  let dir: string;
  beforeEach(async () => {
    dir = join(await mkdtemp(join(tmpdir(), 'sim-lock-')), 'data');
  });
  afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }));

  it('makes the folder and leaves nothing in it after release', async () => {
    const lock = await lockDataDir(dir);
    expect(await readdir(dir)).toEqual(['lock']);
    await lock.release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('is held by one at a time, and says by whom', async () => {
    const lock = await lockDataDir(dir);
    await expect(lockDataDir(dir)).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
    await (await lockDataDir(dir)).release();
  });

  it('goes to exactly one of many that ask at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => lockDataDir(dir)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });

  it('is free when its holder was killed', async () => {
    await (await lockDataDir(dir)).release();
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const identity = await processIdentity(holder.pid ?? 0);
    await writeFile(join(dir, 'lock'), JSON.stringify({ pid: holder.pid, identity }));
    await expect(lockDataDir(dir)).rejects.toThrow(`process ${holder.pid ?? 0}`);

    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await (await lockDataDir(dir)).release();
  });

  it('is free when its number now belongs to another process, as in a restarted container', async () => {
    await (await lockDataDir(dir)).release();
    await writeFile(join(dir, 'lock'), JSON.stringify({ pid: process.pid, identity: 'earlier' }));
    await (await lockDataDir(dir)).release();
  });

  it.each(['', 'nonsense', '[]', '{"pid":"x"}'])('is free when it is damaged: %s', async (text) => {
    await (await lockDataDir(dir)).release();
    await writeFile(join(dir, 'lock'), text);
    await (await lockDataDir(dir)).release();
  });
});
