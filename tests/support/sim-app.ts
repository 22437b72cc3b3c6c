import {
  contextFromConfig,
  createSimApp,
  readConfig,
  type GatewayLimits,
  type SimAppContext,
  type SimAppOverrides,
} from '@sim/sim-app';
import { createLogger, listen } from '@sim/service-kit';

/** sim-app as it listens, for tests over both services. */
export interface RunningSimApp {
  /** A request with a JSON body; the answer's status and body. */
  call(
    method: string,
    path: string,
    token: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  readonly origin: string;
  readonly context: SimAppContext;
  /** Lines of the log. */
  readonly log: readonly string[];
  /** As on SIGTERM. May be called again. */
  stop(): Promise<void>;
}

/** What a test changes of the usual. */
export interface SimAppOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly overrides?: SimAppOverrides;
  readonly limits?: Partial<GatewayLimits>;
}

/** Starts sim-app over the database of a test, with the keys that conversation-service has in tests. */
export async function startSimApp(
  databaseUrl: string,
  { env = {}, overrides = {}, limits }: SimAppOptions = {},
): Promise<RunningSimApp> {
  const { config, secrets } = readConfig({
    JWT_SECRET: 'a secret of the tests that is long enough',
    ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_MIN: '0',
    DATABASE_POOL_MAX: '5',
    API_RATE_LIMIT_MAX: '1000000',
    METRICS_ENABLED: 'false',
    CONVERSATION_SERVICE_URL: 'http://127.0.0.1:9',
    API_BLOCK_ALLOWED_HOSTS: '127.0.0.1',
    ...env,
  });
  const log: string[] = [];
  const logger = createLogger({
    service: 'sim-app',
    level: 'trace',
    format: 'json',
    destination: { write: (line) => log.push(line) },
  });
  const context = contextFromConfig(config, secrets, { logger, ...overrides });
  const sim = createSimApp(context, limits);
  const server = await listen(sim.server, 0, { host: '127.0.0.1', graceMs: 5_000 });
  server.onClosing(() => sim.endStreams());
  const origin = `http://127.0.0.1:${server.port}`;
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    sim.drain();
    await server.close();
    await sim.stop();
  };
  return {
    async call(method, path, token, body) {
      const response = await fetch(`${origin}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      return { status: response.status, body: parsed };
    },
    origin,
    context,
    log,
    stop: () => (stopped ??= stop()),
  };
}
