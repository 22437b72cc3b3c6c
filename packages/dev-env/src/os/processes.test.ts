import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { platform } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine, gone, isAlive, processIdentity } from './processes.js';

describe('a process', () => {
  let child: ChildProcess;
  let pid: number;
  beforeEach(async () => {
    child = spawn(process.execPath, [
      '-e',
      'console.log(1); setInterval(() => {}, 1000)',
      'marker',
    ]);
    pid = child.pid ?? 0;
    await once(child.stdout ?? child, 'data');
  });
  afterEach(() => child.kill('SIGKILL'));

  it('is alive until it ends', async () => {
    expect(isAlive(pid)).toBe(true);
    expect(await gone(pid, 50)).toBe(false);
    child.kill();
    expect(await gone(pid, 10_000)).toBe(true);
    expect(isAlive(pid)).toBe(false);
  });

  it('has an identity that stays, and that no other process has', async () => {
    const identity = await processIdentity(pid);
    expect(await processIdentity(pid)).toBe(identity);
    expect(await processIdentity(process.pid)).not.toBe(identity);
    child.kill();
    await once(child, 'exit');
    expect(await processIdentity(pid)).toBeNull();
  });

  it('tells its command line', async () => {
    expect(await commandLine(pid)).toContain('marker');
    expect(await commandLine(2 ** 22 + 1)).toBe('');
  });

  it.skipIf(platform() !== 'linux')(
    'counts as ended when only its parent has not noticed (needs Linux)',
    async () => {
      // The shell becomes a program that never asks how its child ended.
      const parent = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 60']);
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      expect(await gone(Number(line.toString()), 10_000)).toBe(true);
      parent.kill('SIGKILL');
    },
  );
});
