import { randomBytes } from 'node:crypto';

/** The environment of both services under load: no limit stands in the way, and little is logged. */
export function benchEnvironment(databaseUrl: string): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: databaseUrl,
    JWT_SECRET: randomBytes(32).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    METRICS_ENABLED: 'false',
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    API_RATE_LIMIT_MAX: '1000000000',
    CONVERSATION_RATE_LIMIT_MAX: '1000000000',
    MAX_CONCURRENT_SESSIONS: '1000000',
    MAX_SESSIONS_PER_USER: '1000000',
  };
}
