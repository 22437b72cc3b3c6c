import type { Environment } from '@sim/service-kit';

/** A service that runs in this process. */
export interface RunningService {
  readonly port: number;
  /** Accepts no more, ends what is under way, lets go of everything. */
  close(): Promise<void>;
}

/** What a start composes; the services and the migrations themselves come from their own packages. */
export interface Services {
  /** Brings the database of this environment up to date. */
  migrate(env: Environment): Promise<void>;
  conversationService(env: Environment): Promise<RunningService>;
  simApp(env: Environment): Promise<RunningService>;
}
