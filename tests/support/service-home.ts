import {
  seedPerson,
  startTestService,
  verifySessions,
  type Person,
  type TestService,
} from '@sim/conversation-service/testing';
import type { Database } from '@sim/postgres';
import { createTestDatabase } from '@sim/postgres/testing';
import { inject } from 'vitest';

/** A conversation service on a database of its own, and Ada, who has a workspace there. */
export interface ServiceHome {
  readonly url: string;
  readonly database: Database;
  readonly ada: Person;
  /** The service that runs now. */
  readonly service: TestService;
  /** Stops the service, and starts another on the same database. */
  readonly restart: () => Promise<void>;
  /** Stops the service, and verifies all its sessions. */
  readonly stop: () => Promise<void>;
}

/** Sets up the home of a suite, with the settings that its service is to have. */
export async function openServiceHome(
  settings?: Parameters<typeof startTestService>[1],
): Promise<ServiceHome> {
  const home = await createTestDatabase(inject('postgresUrl'));
  const database = home.open();
  let service = await startTestService(home.url, settings);
  return {
    url: home.url,
    database,
    ada: await seedPerson(database, 'Ada'),
    get service() {
      return service;
    },
    restart: async () => {
      await service.stop();
      service = await startTestService(home.url, settings);
    },
    stop: async () => {
      await service.stop();
      await verifySessions(database);
      await home.drop();
    },
  };
}
