import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@sim/service-kit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lineProgress } from './progress.js';
import type { RunningService, Services } from './services.js';
import { startSettings } from './settings.js';
import { startSystem, type System } from './system.js';

const ANY_PORTS = { PORT: '0', CONVERSATION_SERVICE_PORT: '0', METRICS_PORT: '0' };

/** Stand-ins that use the real database and listen on the real ports. */
function standIns(events: string[]): Services {
  const listen = async (name: string, env: Environment): Promise<RunningService> => {
    const server = createServer((request, response) => {
      const imported = request.url?.includes('import') === true;
      response.end(
        JSON.stringify(
          imported
            ? { workflow: { id: 'wf_1', name: 'Sample' } }
            : { token: 'session', accessToken: 'jwt' },
        ),
      );
    });
    server.listen(Number(env['PORT']));
    await once(server, 'listening');
    events.push(`${name} up`);
    return {
      port: Number(env['PORT']),
      async close() {
        await query(env, 'SELECT 1');
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
        events.push(`${name} down`);
      },
    };
  };
  return {
    migrate: async (env) => {
      await query(env, 'CREATE TABLE IF NOT EXISTS note (body text)');
      events.push('migrated');
    },
    conversationService: (env) => listen('conversation-service', env),
    simApp: (env) => listen('sim-app', env),
  };
}

describe('starting the whole system', () => {
  let root: string;
  let dataDir: string;
  let systems: System[];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sim-system-'));
    dataDir = join(root, 'data');
    await mkdir(join(root, 'samples'));
    await writeFile(join(root, 'samples/a.json'), '{}');
    systems = [];
  });
  afterEach(async () => {
    for (const system of systems) await system.stop();
    await rm(root, { recursive: true, force: true });
  });

  async function start(
    env: Record<string, string> = {},
    args: string[] = [],
    services: Services = standIns([]),
  ) {
    const lines: string[] = [];
    const settings = startSettings(args, { DATA_DIR: dataDir, ...ANY_PORTS, ...env }, root);
    const system = await startSystem({
      settings,
      env: {},
      services,
      progress: lineProgress((line) => lines.push(line)),
      samplesDir: join(root, 'samples'),
    });
    systems.push(system);
    return { system, lines };
  }

  it('brings everything up in order, and down in the opposite order over a live database', async () => {
    const events: string[] = [];
    const { system, lines } = await start({}, [], standIns(events));
    expect(lines.map((line) => line.replace(/ \(.*/, ''))).toEqual([
      '✓ Data folder',
      '✓ PostgreSQL',
      '✓ Migrations',
      '✓ Conversation service',
      '✓ App',
      '✓ Demo',
    ]);
    await system.stop();
    expect(events).toEqual([
      'migrated',
      'conversation-service up',
      'sim-app up',
      'sim-app down',
      'conversation-service down',
    ]);
    expect(await readdir(dataDir)).not.toContain('lock');
  });

  it('tells the addresses and the demo', async () => {
    const { system } = await start();
    expect(system.facts).toMatchObject({
      simAppUrl: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      database: 'embedded',
      demo: {
        email: 'demo@example.com',
        samples: [{ id: 'wf_1', name: 'Sample', file: 'a.json' }],
      },
    });
  });

  it('keeps data and demo from start to start, until a reset', async () => {
    const first = await start();
    await first.system.stop();
    const second = await start();
    expect(second.system.facts.demo).toEqual(first.system.facts.demo);
    await second.system.stop();

    await writeFile(join(dataDir, 'mine.txt'), 'not yours');
    const third = await start({}, ['--reset']);
    expect(third.system.facts.demo?.password).not.toBe(first.system.facts.demo?.password);
    expect(await readdir(dataDir)).toContain('mine.txt');
  });

  it('refuses a second start on the same data and leaves the first one alone', async () => {
    const { system } = await start();
    await expect(start()).rejects.toThrow(/in use by another start/);
    const health = await fetch(system.facts.simAppUrl);
    expect(health.status).toBe(200);
  });

  it('starts nothing where a port is taken', async () => {
    const { system } = await start();
    const port = new URL(system.facts.simAppUrl).port;
    const other = join(root, 'other');
    await expect(start({ PORT: port, DATA_DIR: other })).rejects.toThrow(`PORT=`);
    await expect(readdir(other)).rejects.toThrow('ENOENT');
  });

  it('leaves nothing behind where a service does not start', async () => {
    const events: string[] = [];
    const services: Services = {
      ...standIns(events),
      simApp: () => Promise.reject(new RangeError('bad configuration')),
    };
    await expect(start({}, [], services)).rejects.toThrow('bad configuration');
    expect(events).toEqual(['migrated', 'conversation-service up', 'conversation-service down']);
    expect(await readdir(dataDir)).not.toContain('lock');
    expect(await readdir(join(dataDir, 'postgres/cluster'))).not.toContain('postmaster.pid');
  });

  it('neither embeds a database nor makes a demo where the person names a database', async () => {
    const own = { DATABASE_URL: 'postgresql://ann:pw@db.example/sim' };
    const services = { ...standIns([]), migrate: () => Promise.resolve() };
    const { system, lines } = await start(own, [], services);
    expect(system.facts).toMatchObject({ demo: null, database: 'own' });
    expect(lines.join()).not.toMatch(/PostgreSQL|Demo/);
    expect(await readdir(dataDir)).not.toContain('postgres');
  });
});

async function query(env: Environment, sql: string): Promise<void> {
  if (env['DATABASE_URL'] === undefined) return;
  const client = new pg.Client({ connectionString: env['DATABASE_URL'] });
  await client.connect();
  await client.query(sql);
  await client.end();
}
