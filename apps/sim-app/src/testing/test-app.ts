import { createLogger } from '@sim/service-kit';
import supertest from 'supertest';
import { createSimApp, type SimApp } from '../app.js';
import { readConfig } from '../config.js';
import { contextFromConfig, type SimAppContext, type SimAppOverrides } from '../context.js';
import { createContractClient, type ContractClient } from './contract-client.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of the PostgreSQL that the test run starts. */
    postgresUrl: string;
  }
}

/** sim-app over a database of a test, not listening. */
export interface TestApp {
  readonly sim: SimApp;
  readonly context: SimAppContext;
  /** Calls endpoints by name and checks every answer against the contract. */
  readonly call: ContractClient;
  /** Plain requests. */
  readonly http: supertest.Agent;
  /** Lines of the log. */
  readonly log: string[];
  /** Signs somebody up, with a token for their own workspace. */
  person(name: string): Promise<Person>;
  stop(): Promise<void>;
}

/** Somebody who has signed up. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  /** Of the sign-in. */
  readonly session: string;
  /** For the person's own workspace, as its owner. */
  readonly token: string;
  readonly workspaceId: string;
}

/** Long enough, and the same for everybody. */
const PASSWORD = 'correct horse battery';

/** What every test's configuration has. */
export const TEST_ENVIRONMENT = {
  JWT_SECRET: 'a secret of the tests that is long enough',
  ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef',
  API_RATE_LIMIT_MAX: '100000',
  METRICS_ENABLED: 'false',
  // Nothing listens on the discard port.
  CONVERSATION_SERVICE_URL: 'http://127.0.0.1:9',
};

/** Composes sim-app over a database. */
export function startTestApp(
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
  overrides: SimAppOverrides = {},
): TestApp {
  const log: string[] = [];
  const { config, secrets } = readConfig({
    ...TEST_ENVIRONMENT,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_MIN: '0',
    DATABASE_POOL_MAX: '5',
    ...env,
  });
  const logger = createLogger({
    service: 'sim-app',
    level: 'info',
    format: 'json',
    destination: { write: (line) => log.push(line) },
  });
  const context = contextFromConfig(config, secrets, { logger, ...overrides });
  const sim = createSimApp(context);
  const http = supertest(sim.app) as unknown as supertest.Agent;
  const call = createContractClient(http);
  return {
    sim,
    context,
    call,
    http,
    log,
    person: (name) => signUp(call, name),
    stop: () => sim.stop(),
  };
}

let people = 0;

async function signUp(call: ContractClient, name: string): Promise<Person> {
  people += 1;
  const email = `${name.toLowerCase()}-${String(people)}@example.com`;
  const signedUp = await call('signUp', { body: { email, password: PASSWORD, name } });
  const { token: session, user } = signedUp.body as { token: string; user: { id: string } };
  const exchanged = await call('createToken', { token: session });
  const { accessToken, workspaceId } = exchanged.body as {
    accessToken: string;
    workspaceId: string;
  };
  const account = { userId: user.id, email, password: PASSWORD };
  return { ...account, session, token: accessToken, workspaceId };
}
