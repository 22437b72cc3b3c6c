import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';

const main = fileURLToPath(new URL('../../packages/dev-env/dist/faults/main.js', import.meta.url));

/** The end of the run comes by itself; this is for a machine that has much else to do. */
const TIMEOUT_MS = 400_000;

interface Outcome {
  readonly code: number | null;
  readonly lines: readonly Record<string, unknown>[];
  readonly said: string;
}

/** Does what `npm run faults` does, on the processes that were built. */
async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const child = execFile(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
  let out = '';
  let said = '';
  child.stdout?.on('data', (text: string) => (out += text));
  child.stderr?.on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, lines, said };
}

/** A folder that leads to all programs of the machine but one. */
async function everyProgramBut(missing: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sim-programs-'));
  for (const path of (process.env['PATH'] ?? '').split(delimiter)) {
    const names = await readdir(path).catch(() => []);
    for (const name of names.filter((each) => each !== missing)) {
      // The first of a name counts, as it does in a path.
      await symlink(join(path, name), join(folder, name)).catch(() => undefined);
    }
  }
  return folder;
}

async function expectNothingLost(phase: string): Promise<Record<string, unknown>> {
  const args = ['--short', '--phase', phase, '--patience', '240'];
  const { code, lines, said } = await run(args);
  expect(lines, said).toEqual([expect.objectContaining({ faults: 'phase', phase })]);
  const [report = {}] = lines;
  expect(report, said).toMatchObject({
    ...{ failures: [], lostTurns: 0, effectsMissing: 0, effectsTwice: 0, unsound: 0 },
    ...{ completed: report['sessions'], effectsOnce: report['effectsNeeded'] },
  });
  expect(report['sessions']).toBeGreaterThanOrEqual(8);
  expect(report['turns']).toBeGreaterThanOrEqual(40);
  expect(report['effectsNeeded']).toBeGreaterThanOrEqual(8 * 5);
  expect(report['kills']).toBeGreaterThan(0);
  expect(code).toBe(0);
  return report;
}

describe('with replicas killed again and again, nothing is lost and nothing done twice', () => {
  it('where the stores stay', { timeout: TIMEOUT_MS }, async () => {
    const report = await expectNothingLost('replicas');
    expect(report).toMatchObject({ postgresStops: 0, redisStops: 0 });
  });

  it('where PostgreSQL is restarted besides', { timeout: TIMEOUT_MS }, async () => {
    const report = await expectNothingLost('postgres');
    expect(report['postgresStops']).toBeGreaterThan(0);
  });

  it.skipIf(inject('redisUrl') === null)(
    'where Redis is restarted besides (needs redis-server)',
    { timeout: TIMEOUT_MS },
    async () => {
      const report = await expectNothingLost('redis');
      expect(report['redisStops']).toBeGreaterThan(0);
    },
  );
});

describe('the run of faults', () => {
  it('says that Redis is left out where there is none', { timeout: TIMEOUT_MS }, async () => {
    const programs = await everyProgramBut('redis-server');
    const { code, lines, said } = await run(['--phase', 'redis'], { PATH: programs });
    await rm(programs, { recursive: true });
    expect(lines).toEqual([{ faults: 'skipped', phase: 'redis', reason: 'needs redis-server' }]);
    expect(said).toContain('redis: skipped (needs redis-server)');
    expect(code).toBe(0);
  });

  it(
    'fails, naming the sessions and what they wait for, where they come to no end',
    {
      timeout: TIMEOUT_MS,
    },
    async () => {
      const args = ['--phase', 'replicas', '--sessions', '2', '--patience', '1', '--turns', '1'];
      const { code, lines, said } = await run(args);
      expect(code).toBe(1);
      expect(lines).toEqual([expect.objectContaining({ sessions: 2, completed: 0 })]);
      expect(said).toMatch(/✗ replicas: session .* is not completed/);
      const kept = /Logs and database are in (\S+)/.exec(said)?.[1];
      expect(kept).toBeTruthy();
      await rm(kept ?? '', { recursive: true });
    },
  );

  it('refuses arguments that it does not know', async () => {
    const { code, said } = await run(['--long']);
    expect(code).toBe(2);
    expect(said).toContain('npm run faults -- [options]');
  });
});
