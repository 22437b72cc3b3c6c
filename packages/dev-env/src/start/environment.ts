import type { Environment } from '@sim/service-kit';
import type { Secrets } from './secrets.js';
import type { StartSettings } from './settings.js';

/** The environments that the two services would be given as separate processes. */
export interface ServiceEnvironments {
  readonly simApp: Environment;
  readonly conversationService: Environment;
}

/**
 * What each service reads when both run here.
 *
 * @param databaseUrl - of the embedded database; null leaves the person's own variables as they are.
 * @param ports - with no 0 left.
 */
export function serviceEnvironments(
  env: Environment,
  settings: StartSettings,
  secrets: Secrets,
  databaseUrl: string | null,
  ports: StartSettings['ports'],
): ServiceEnvironments {
  const shared = {
    ...env,
    ...(databaseUrl !== null && { DATABASE_URL: databaseUrl, DATABASE_SSL: 'disable' }),
    JWT_SECRET: settings.jwtSecret ?? secrets.jwtSecret,
    ...(databaseUrl === null
      ? { ENCRYPTION_KEY: settings.encryptionKey ?? secrets.encryptionKey }
      : encryptionEnvironment(env, secrets)),
    LOG_LEVEL: env['LOG_LEVEL'] ?? 'warn',
    LOG_FORMAT: env['LOG_FORMAT'] ?? 'pretty',
  };
  return {
    simApp: {
      ...shared,
      PORT: String(ports.simApp),
      METRICS_PORT: String(ports.simAppMetrics),
      CONVERSATION_SERVICE_URL: `http://127.0.0.1:${ports.conversationService}`,
    },
    conversationService: {
      ...shared,
      PORT: String(ports.conversationService),
      METRICS_PORT: String(ports.conversationServiceMetrics),
      SIM_APP_URL: `http://127.0.0.1:${ports.simApp}`,
      // The look-up sample asks the app itself, which is not public.
      API_BLOCK_ALLOWED_HOSTS: [env['API_BLOCK_ALLOWED_HOSTS'], ...ownHosts(ports.simApp)]
        .filter(Boolean)
        .join(','),
    },
  };
}

/**
 * The keys for the embedded database: the person's own or that of the data folder, which is read with in any
 * case. So a key of one's own can be set, and `npm run secrets:rotate` brings over what is there.
 */
export function encryptionEnvironment(
  env: Environment,
  { encryptionKey }: Pick<Secrets, 'encryptionKey'>,
): { readonly ENCRYPTION_KEY: string; readonly ENCRYPTION_KEYS_OLD: string } {
  return {
    ENCRYPTION_KEY: env['ENCRYPTION_KEY'] || encryptionKey,
    ENCRYPTION_KEYS_OLD: [env['ENCRYPTION_KEYS_OLD'], encryptionKey].filter(Boolean).join(','),
  };
}

function ownHosts(port: number): string[] {
  return [`localhost:${port}`, `127.0.0.1:${port}`];
}
