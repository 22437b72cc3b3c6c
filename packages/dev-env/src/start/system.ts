import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '@sim/service-kit';
import { freePort } from '../net/ports.js';
import { startEmbeddedPostgres, stopLeftoverPostgres } from '../postgres/embedded-postgres.js';
import type { BannerFacts } from './banner.js';
import { lockDataDir } from './data-dir-lock.js';
import { serviceEnvironments } from './environment.js';
import { createLifecycle, type Lifecycle } from './lifecycle.js';
import { checkPorts, wantedPorts } from './port-check.js';
import type { Progress } from './progress.js';
import { secretsOf } from './secrets.js';
import { DEMO_EMAIL, seedDemo } from './seed.js';
import type { Services } from './services.js';
import type { StartSettings } from './settings.js';

/** The whole system, running. */
export interface System {
  readonly facts: Omit<BannerFacts, 'readyAfter'>;
  /** Stops everything in the opposite order; leaves no process and no lock. */
  stop(): Promise<void>;
}

export interface SystemOptions {
  readonly settings: StartSettings;
  readonly env: Environment;
  readonly services: Services;
  readonly progress: Progress;
  /** The samples that the demo user gets. */
  readonly samplesDir: string;
  /** Aborted where the start itself shall end; what was started by then is stopped. */
  readonly signal?: AbortSignal;
}

/**
 * Starts everything in one process: database, migrations, both services, demo.
 *
 * @throws StartError, EmbeddedPostgresError or what a service throws; nothing is left running then
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const lifecycle = createLifecycle(options.progress);
  try {
    return { facts: await startAll(options, lifecycle), stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function startAll(options: SystemOptions, lifecycle: Lifecycle): Promise<System['facts']> {
  const { settings, services, signal } = options;
  const { dataDir, ownDatabase } = settings;
  await checkPorts(wantedPorts(settings));
  await lifecycle.step('Data folder', async (onStop) => {
    const lock = await lockDataDir(dataDir);
    onStop(() => lock.release());
    if (settings.reset) await emptyDataDir(dataDir);
  });
  const secrets = await secretsOf(dataDir);
  const databaseUrl = ownDatabase
    ? null
    : await lifecycle.step('PostgreSQL', async (onStop) => {
        const database = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
        onStop(() => database.stop());
        return database.url;
      });
  const ports = await withoutZeros(settings.ports);
  const envs = serviceEnvironments(options.env, settings, secrets, databaseUrl, ports);

  signal?.throwIfAborted();
  await lifecycle.step('Migrations', () => services.migrate(envs.simApp));
  for (const [name, start] of [
    ['Conversation service', () => services.conversationService(envs.conversationService)],
    ['App', () => services.simApp(envs.simApp)],
  ] as const) {
    signal?.throwIfAborted();
    await lifecycle.step(name, async (onStop) => {
      const service = await start();
      onStop(() => service.close());
    });
  }
  const simAppUrl = `http://localhost:${ports.simApp}`;
  const demo = ownDatabase
    ? null
    : await lifecycle.step('Demo', () => makeDemo(ports.simApp, options, secrets.demoPassword));
  return {
    simAppUrl,
    conversationServiceUrl: `http://localhost:${ports.conversationService}`,
    metricsUrl: settings.metricsEnabled ? `http://localhost:${ports.simAppMetrics}` : null,
    dataDir,
    database: ownDatabase ? 'own' : 'embedded',
    demo,
  };
}

async function makeDemo(port: number, options: SystemOptions, password: string) {
  const origin = `http://127.0.0.1:${port}`;
  const samples = await seedDemo({
    send: (path, init) => fetch(`${origin}${path}`, withOrigin(init, origin)),
    dataDir: options.settings.dataDir,
    samplesDir: options.samplesDir,
    password,
  });
  return { email: DEMO_EMAIL, password, samples };
}

/** Node's `fetch` marks its requests as a browser does, so that sign-in wants to know where they come from. */
function withOrigin(init: RequestInit, origin: string): RequestInit {
  const headers = new Headers(init.headers);
  headers.set('Origin', origin);
  return { ...init, headers };
}

/** Deletes what starts have made, and nothing that a person may have put beside it. */
async function emptyDataDir(dataDir: string): Promise<void> {
  await stopLeftoverPostgres(join(dataDir, 'postgres'));
  await mkdir(dataDir, { recursive: true });
  const ours = ['postgres', 'secrets.json', 'seeded.json'];
  for (const name of await readdir(dataDir)) {
    if (ours.includes(name)) await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

async function withoutZeros(ports: StartSettings['ports']): Promise<StartSettings['ports']> {
  const entries = await Promise.all(
    Object.entries(ports).map(async ([name, port]: [string, number]) => [
      name,
      port === 0 ? await freePort() : port,
    ]),
  );
  return Object.fromEntries(entries) as StartSettings['ports'];
}
