import { resolve } from 'node:path';
import {
  flag,
  parseConfig,
  port,
  secretText,
  settings,
  text,
  type Environment,
} from '@sim/service-kit';
import { StartError } from './errors.js';

/** What `npm start` reads of the environment and its arguments. */
export interface StartSettings {
  /** Absolute. */
  readonly dataDir: string;
  /** Deletes the data first. */
  readonly reset: boolean;
  /** Each with the variable that sets it; 0 stands for any free port. */
  readonly ports: {
    readonly simApp: number;
    readonly conversationService: number;
    readonly simAppMetrics: number;
    readonly conversationServiceMetrics: number;
  };
  readonly metricsEnabled: boolean;
  /** A database of the person's own is named, so none is embedded. */
  readonly ownDatabase: boolean;
  readonly ownRedis: boolean;
  /** Taken from the environment where they are set there. */
  readonly jwtSecret: string | null;
  readonly encryptionKey: string | null;
}

export const START_USAGE = `Usage: npm start [-- --reset]

  --reset   deletes the data of the embedded database and starts afresh

Settings (environment): PORT, CONVERSATION_SERVICE_PORT, METRICS_PORT, METRICS_ENABLED, DATA_DIR,
DATABASE_URL, REDIS_URL`;

/**
 * Settings of a start.
 *
 * @param folder - relative data folders are below it.
 * @throws ConfigError for variables, StartError for arguments
 */
export function startSettings(
  args: readonly string[],
  env: Environment,
  folder: string,
): StartSettings {
  const unknown = args.find((arg) => arg !== '--reset');
  if (unknown !== undefined) {
    throw new StartError(`There is no option ${unknown}.\n\n${START_USAGE}`);
  }
  const reset = args.includes('--reset');
  const { start } = parseConfig({ start: startVariables() }, env);
  if (reset && start.ownDatabase) {
    throw new StartError(
      '--reset deletes the embedded database only, and DATABASE_URL names another one. ' +
        'Unset it, or empty that database yourself: npm run db:rollback, npm run db:migrate.',
    );
  }
  return { ...start, dataDir: resolve(folder, start.dataDir), reset };
}

function startVariables() {
  return settings(
    {
      PORT: port().default(3000),
      CONVERSATION_SERVICE_PORT: port().default(3001),
      METRICS_PORT: port().default(9090),
      METRICS_ENABLED: flag().default(true),
      DATA_DIR: text('a folder').default('.data'),
      DATABASE_URL: secretText('a URL like postgresql://user:password@host:5432/name').optional(),
      DATABASE_HOST: text('a host name').optional(),
      REDIS_URL: secretText('a URL like redis://host:6379').optional(),
      REDIS_CLUSTER_MODE: flag().default(false),
      JWT_SECRET: secretText('at least 32 characters', 32).optional(),
      ENCRYPTION_KEY: secretText('32 bytes').optional(),
    },
    (v, refuse) => {
      const second = v.METRICS_PORT === 0 ? 0 : v.METRICS_PORT + 1;
      if (second > 65_535) refuse('METRICS_PORT', 'must leave room for the port after it');
      if (v.PORT !== 0 && v.PORT === v.CONVERSATION_SERVICE_PORT) {
        refuse('CONVERSATION_SERVICE_PORT', `must differ from PORT (${v.PORT})`);
      }
      for (const [name, value] of [
        ['PORT', v.PORT],
        ['CONVERSATION_SERVICE_PORT', v.CONVERSATION_SERVICE_PORT],
      ] as const) {
        const clash = value !== 0 && (value === v.METRICS_PORT || value === second);
        if (clash && v.METRICS_ENABLED) {
          refuse(name, `must differ from METRICS_PORT (${v.METRICS_PORT}) and the port after it`);
        }
      }
      return {
        dataDir: v.DATA_DIR,
        ports: {
          simApp: v.PORT,
          conversationService: v.CONVERSATION_SERVICE_PORT,
          simAppMetrics: v.METRICS_PORT,
          conversationServiceMetrics: second,
        },
        metricsEnabled: v.METRICS_ENABLED,
        ownDatabase: v.DATABASE_URL !== undefined || v.DATABASE_HOST !== undefined,
        ownRedis: v.REDIS_URL !== undefined || v.REDIS_CLUSTER_MODE,
        jwtSecret: v.JWT_SECRET ?? null,
        encryptionKey: v.ENCRYPTION_KEY ?? null,
      };
    },
  );
}
