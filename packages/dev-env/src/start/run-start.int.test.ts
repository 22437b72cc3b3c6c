import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runStart } from './run-start.js';
import type { Services } from './services.js';

const ENV = { PORT: '0', CONVERSATION_SERVICE_PORT: '0', METRICS_PORT: '0', DATA_DIR: 'data' };

const idle: Services = {
  migrate: () => Promise.resolve(),
  conversationService: () => Promise.resolve({ port: 1, close: () => Promise.resolve() }),
  simApp: () => Promise.resolve({ port: 2, close: () => Promise.resolve() }),
};

describe('npm start', () => {
  let root: string;
  let signals: EventEmitter;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sim-start-'));
    await mkdir(join(root, 'samples'));
    signals = new EventEmitter();
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function start(args: string[] = [], more: { env?: object; services?: Services } = {}) {
    const written = { out: '', err: '' };
    const code = await runStart(args, {
      env: { ...ENV, ...more.env },
      folder: root,
      samplesDir: join(root, 'samples'),
      services: more.services ?? idle,
      out(text) {
        written.out += text;
        if (text.includes('Ready in')) signals.emit('SIGINT');
      },
      err: (text) => (written.err += text),
      signals,
      exit: () => undefined,
    });
    return { code, ...written };
  }

  it('says when it is ready, and stops at a signal with nothing left', async () => {
    const { code, out, err } = await start();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/✓ PostgreSQL[\s\S]*Ready in [\d.]+ m?s\.[\s\S]*✓ Stopped/);
    expect(await readdir(join(root, 'data'))).not.toContain('lock');
    expect(signals.eventNames()).toEqual([]);
  });

  it('ends at a signal that comes while it starts', async () => {
    const simApp: Services['simApp'] = () => Promise.reject(new TypeError('not reached'));
    const migrate = () => Promise.resolve(void signals.emit('SIGTERM'));
    expect(await start([], { services: { ...idle, migrate, simApp } })).toMatchObject({
      code: 0,
      err: '',
    });
    expect(await readdir(join(root, 'data'))).not.toContain('lock');
  });

  it('says what is wrong with the settings, without a stack', async () => {
    const { code, err } = await start([], { env: { PORT: 'http' } });
    expect(code).toBe(1);
    expect(err).toContain('PORT is "http"');
    expect(err).not.toContain('    at ');
  });

  it('shows the stack of a fault', async () => {
    const migrate = () => Promise.reject(new TypeError('boom'));
    const { code, err } = await start([], { services: { ...idle, migrate } });
    expect(code).toBe(1);
    expect(err).toMatch(/TypeError: boom\n {4}at /);
  });

  it('tells how it is used', async () => {
    expect(await start(['--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('Usage: npm start'),
    });
    expect(await start(['--fresh'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no option --fresh'),
    });
  });
});
