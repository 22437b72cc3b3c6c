import type { JsonObject } from '@sim/domain';
import {
  seedPerson,
  seedWorkflow,
  startTestService,
  verifySessions,
  type Person,
  type TestService,
} from '@sim/conversation-service/testing';
import { MemoryBus } from '@sim/memory';
import type { Database } from '@sim/postgres';
import { createTestDatabase } from '@sim/postgres/testing';
import { inject } from 'vitest';
import { startSimApp, type RunningSimApp, type SimAppOptions } from './sim-app.js';

/** Both services on a database of their own, as they are where they share a process. */
export interface GatewayHome {
  readonly databaseUrl: string;
  readonly database: Database;
  /** What the services tell each other by. */
  readonly bus: MemoryBus;
  readonly ada: Person;
  readonly service: TestService;
  readonly app: RunningSimApp;
  /** Another replica of sim-app. */
  addApp(options?: SimAppOptions): Promise<RunningSimApp>;
  seed(document: JsonObject, person?: Person): Promise<string>;
  /** Stops everything, and verifies all sessions. */
  stop(): Promise<void>;
}

/** Sets up the home of a suite. */
export async function openGatewayHome(
  options: SimAppOptions = {},
  settings: Parameters<typeof startTestService>[1] = {},
): Promise<GatewayHome> {
  const home = await createTestDatabase(inject('postgresUrl'));
  const database = home.open();
  const bus = new MemoryBus();
  // With a Redis of their own they have a bus of their own.
  const busFor = (env: Readonly<Record<string, string>> = {}) =>
    env['REDIS_URL'] === undefined ? { bus } : {};
  const service = await startTestService(home.url, {
    ...settings,
    overrides: { ...busFor(settings.env), ...settings.overrides },
  });
  const apps: RunningSimApp[] = [];
  const addApp = async (more: SimAppOptions = {}) => {
    const app = await startSimApp(home.url, {
      ...more,
      env: { CONVERSATION_SERVICE_URL: service.url, ...more.env },
      overrides: { ...busFor(more.env), ...more.overrides },
    });
    apps.push(app);
    return app;
  };
  const app = await addApp(options);
  const ada = await seedPerson(database, 'Ada');
  return {
    databaseUrl: home.url,
    database,
    bus,
    ada,
    service,
    app,
    addApp,
    seed: (document, person = ada) => seedWorkflow(database, person, document),
    async stop() {
      await Promise.all(apps.map((one) => one.stop()));
      await service.stop();
      await verifySessions(database);
      await home.drop();
    },
  };
}
