import { chmodSync, existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { recordingLogger } from '../testing/app.js';
import { closeLogger, createLogger } from './logger.js';

const made: string[] = [];
async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sim-log-'));
  made.push(dir);
  return dir;
}
afterEach(async () => {
  await Promise.all(made.splice(0).map((dir) => rm(dir, { recursive: true, force: true })));
});

function collector() {
  const lines: string[] = [];
  return { lines, destination: { write: (line: string) => lines.push(line) } };
}

describe('createLogger', () => {
  it('writes JSON with levels as words and times in ISO 8601', () => {
    const { lines, logger } = recordingLogger();
    logger.error({ status: 500 }, 'failed');
    expect(lines).toEqual([
      {
        level: 'error',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        service: 'test',
        status: 500,
        message: 'failed',
      },
    ]);
  });

  it('keeps to its level', () => {
    const { lines, logger } = recordingLogger('info');
    logger.debug('hidden');
    logger.info('shown');
    expect(lines.map(({ message }) => message)).toEqual(['shown']);
  });

  it('redacts lines, children and the fields of errors', () => {
    const { lines, logger } = recordingLogger();
    const err = Object.assign(new RangeError('no row'), { token: 'hush', code: '23505' });
    logger.child({ apiKey: 'hush' }).warn({ password: 'hush', err }, 'odd');
    expect(JSON.stringify(lines)).not.toContain('hush');
    expect(lines[0]).toMatchObject({
      err: { type: 'RangeError', message: 'no row', code: '23505' },
    });
  });

  it('writes readable lines where the format is pretty', () => {
    const { lines, destination } = collector();
    const logger = createLogger({ service: 's', level: 'info', format: 'pretty', destination });
    logger.info({ port: 3000 }, 'listening');
    expect(lines.join('')).toMatch(/INFO.*listening[^]*port: 3000/);
  });

  it('writes to application.log too, from the first line to the last', async () => {
    const dir = await folder();
    const { lines, destination } = collector();
    const log = { service: 's', level: 'info', format: 'pretty', dir, destination } as const;
    const logger = createLogger(log);
    for (let index = 0; index < 200; index++) logger.info({ index }, 'line');
    await closeLogger(logger);
    const written = (await readFile(join(dir, 'application.log'), 'utf8')).trim().split('\n');
    expect(written.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual(
      Array.from({ length: 200 }, (_, index) => index),
    );
    expect(lines).toHaveLength(200);
  });

  it('goes on with the file of the day after a restart', async () => {
    const dir = await folder();
    for (const message of ['first', 'second']) {
      const { destination } = collector();
      const logger = createLogger({
        service: 's',
        level: 'info',
        format: 'json',
        dir,
        destination,
      });
      logger.info(message);
      await closeLogger(logger);
    }
    const text = await readFile(join(dir, 'application.log'), 'utf8');
    expect(text).toMatch(/first[^]*second/);
  });

  it('goes on without a file where the folder cannot be made, and says so once', async () => {
    const dir = await folder();
    await writeFile(join(dir, 'file'), '');
    const { lines, destination } = collector();
    const logger = createLogger({
      service: 's',
      level: 'info',
      format: 'json',
      dir: join(dir, 'file', 'below'),
      destination,
    });
    logger.info('still here');
    await closeLogger(logger);
    logger.info('and here');
    expect(lines.filter((line) => line.includes('log file cannot be written'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('here'))).toHaveLength(2);
  });

  it('leaves a plain file named application.log alone', async () => {
    const dir = await folder();
    const path = join(dir, 'application.log');
    await writeFile(path, 'kept\n');
    chmodSync(path, 0o644);
    const { destination } = collector();
    const logger = createLogger({ service: 's', level: 'info', format: 'json', dir, destination });
    logger.info('new');
    await closeLogger(logger);
    expect(await readFile(path, 'utf8')).toBe('kept\n');
    expect(existsSync(join(dir, 'current.log'))).toBe(true);
  });
});
