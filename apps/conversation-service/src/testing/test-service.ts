import { createLogger, listen, type RunningServer } from '@sim/service-kit';
import { createConversationService } from '../app.js';
import { readConfig } from '../config.js';
import {
  contextFromConfig,
  type ConversationContext,
  type ConversationOverrides,
} from '../context.js';
import { createContractClient, type ContractClient } from './contract-client.js';

/** A replica of the service that listens on a free port, for tests. */
export interface TestService {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly context: ConversationContext;
  /** Calls endpoints by name and checks every answer against the contract. */
  readonly call: ContractClient;
  /** Lines of the log. */
  readonly log: readonly string[];
  /** As on SIGTERM: finishes what is under way. May be called again. */
  stop(): Promise<void>;
}

/** What a test changes of the usual. */
export interface TestServiceOptions {
  /** Environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly overrides?: ConversationOverrides;
  /** Whether timers fire and sessions are looked after; true where not given. */
  readonly upkeep?: boolean;
}

/** Signs the tokens of the tests. */
export const JWT_SECRET = 'a secret of the tests that is long enough';

const ENVIRONMENT = {
  JWT_SECRET,
  ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef',
  DATABASE_POOL_MIN: '0',
  DATABASE_POOL_MAX: '5',
  API_RATE_LIMIT_MAX: '1000000',
  CONVERSATION_RATE_LIMIT_MAX: '1000000',
  METRICS_ENABLED: 'false',
  // Nothing listens on the discard port.
  SIM_APP_URL: 'http://127.0.0.1:9',
  API_BLOCK_ALLOWED_HOSTS: '127.0.0.1',
};

/** Starts a replica over a database, with real HTTP. */
export async function startTestService(
  databaseUrl: string,
  { env = {}, overrides = {}, upkeep = true }: TestServiceOptions = {},
): Promise<TestService> {
  const log: string[] = [];
  const { config, secrets } = readConfig({ ...ENVIRONMENT, DATABASE_URL: databaseUrl, ...env });
  const logger = createLogger({
    service: 'conversation-service',
    level: 'info',
    format: 'json',
    destination: { write: (line) => log.push(line) },
  });
  const context = contextFromConfig(config, secrets, { logger, ...overrides });
  const service = createConversationService(context);
  const server = await listen(service.app, 0, { host: '127.0.0.1', graceMs: 5_000 });
  server.onClosing(() => service.endStreams());
  if (upkeep) service.start();
  let stopped: Promise<void> | undefined;
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    context,
    log,
    call: createContractClient(url),
    stop: () => (stopped ??= shutDown(service, server)),
  };
}

async function shutDown(
  service: ReturnType<typeof createConversationService>,
  server: RunningServer,
): Promise<void> {
  service.drain();
  await server.close();
  await service.stop();
}
