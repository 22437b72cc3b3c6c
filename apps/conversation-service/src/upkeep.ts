import { createWebhookSender } from '@sim/blocks';
import type { Engine } from '@sim/engine';
import {
  createDeliveryStore,
  createJobWorker,
  createRetention,
  createSessionUpkeep,
  WEBHOOK_TASK,
  type Cipher,
  type Database,
  type JobWorker,
} from '@sim/postgres';
import type { Logger } from '@sim/service-kit';
import type { ConversationConfig } from './config.js';
import { deliver } from './jobs/deliver.js';
import { removeOld } from './jobs/remove-old.js';
import { expireSessions, sessionTasks } from './jobs/session-jobs.js';
import type { ResumeLinks } from './resume/resume-links.js';
import { startKeeper, type Keeper } from './sessions/keeper.js';

/** What goes on without being asked for. */
export interface Upkeep {
  /** Begins; not before the service listens. */
  start(): void;
  stop(): Promise<void>;
}

interface UpkeepPorts {
  readonly config: ConversationConfig;
  readonly database: Database;
  readonly cipher: Cipher;
  readonly engine: Engine;
  readonly links: ResumeLinks;
  readonly logger: Logger;
  readonly clock: () => Date;
}

const RETENTION_EVERY_MS = 3_600_000;
/** Deliveries at once: receivers are slow, and each waits on the network alone. */
const DELIVERIES_AT_ONCE = 5;

/**
 * The keeper and the jobs, which other replicas have too. Deliveries have a worker of their own: receivers
 * that do not answer must not hold up timers.
 */
export function createUpkeep(ports: UpkeepPorts): Upkeep {
  const { database, config, logger } = ports;
  const { neighbours } = config;
  const sender = createWebhookSender({ allowPrivateHosts: neighbours.allowedPrivateHosts });
  const deliveries = createDeliveryStore(database, ports.cipher);
  const upkeep = createSessionUpkeep(database);
  const retention = createRetention(database);
  let workers: readonly JobWorker[] = [];
  let keeper: Keeper | null = null;
  const startWorkers = () => [
    createJobWorker(database, {
      tasks: sessionTasks(ports.engine, logger),
      recurring: [
        {
          task: 'session-expiry',
          everyMs: config.upkeep.expiryIntervalMs,
          run: () => expireSessions({ ...ports, upkeep }),
        },
      ],
      logger,
    }),
    createJobWorker(database, {
      tasks: {
        [WEBHOOK_TASK]: (job) =>
          deliver({ ...ports, deliveries, sender, linkTtlMs: config.links.resumeTtlMs }, job),
      },
      recurring: [
        {
          task: 'retention',
          everyMs: RETENTION_EVERY_MS,
          run: () => removeOld({ ...ports, retention }, config.retention),
        },
      ],
      concurrency: DELIVERIES_AT_ONCE,
      logger,
    }),
  ];
  return {
    start() {
      if (keeper !== null) return;
      keeper = startKeeper({ ...ports, upkeep });
      workers = startWorkers();
    },
    async stop() {
      await Promise.all([...workers.map((worker) => worker.stop()), keeper?.stop()]);
      await sender.close();
    },
  };
}
