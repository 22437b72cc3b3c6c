import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secretsOf } from './secrets.js';

describe('the secrets of a data folder', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sim-secrets-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('are made once', async () => {
    const first = await secretsOf(dir);
    expect(first.jwtSecret.length).toBeGreaterThanOrEqual(32);
    expect(first.encryptionKey).toMatch(/^[0-9a-f]{64}$/);
    expect(first.demoPassword).toMatch(/^([a-z2-9]{4}-){2}[a-z2-9]{4}$/);
    expect(await secretsOf(dir)).toEqual(first);
  });

  it('differ from folder to folder', async () => {
    const other = await mkdtemp(join(tmpdir(), 'sim-secrets-'));
    const [a, b] = [await secretsOf(dir), await secretsOf(other)];
    await rm(other, { recursive: true });
    expect(new Set([...Object.values(a), ...Object.values(b)]).size).toBe(6);
  });

  it('are readable by their owner alone', async () => {
    await secretsOf(dir);
    expect((await stat(join(dir, 'secrets.json'))).mode & 0o777).toBe(0o600);
  });

  it.each(['', '{', '{}', '{"jwtSecret":1,"encryptionKey":"a","demoPassword":"b"}'])(
    'are not replaced where the file is damaged: %s',
    async (text) => {
      await writeFile(join(dir, 'secrets.json'), text);
      await expect(secretsOf(dir)).rejects.toThrow(/secrets\.json is damaged.*--reset/);
    },
  );
});
