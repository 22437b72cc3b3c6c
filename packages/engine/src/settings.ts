import type {
  BlockExecutor,
  Clock,
  EventBus,
  JourneyStore,
  LanguageUnderstanding,
  SecretStore,
  SessionStore,
} from './ports.js';
import type { ToolFinder } from './tools.js';

/** Limits and patience, all in milliseconds unless said otherwise. */
export interface EngineSettings {
  /** How long a lease lasts without a heartbeat; another replica takes over after it. */
  readonly leaseMs: number;
  /** After this a turn is answered while its blocks go on. */
  readonly replyWithinMs: number;
  /** How long a turn waits for the one before it on the same session. */
  readonly waitForTurnMs: number;
  /** After this a command is handed to the turn at work, which answers the one before it early. */
  readonly handOverAfterMs: number;
  readonly blockTimeoutMs: number;
  /** Characters of JSON that a block may put out. */
  readonly maxOutputLength: number;
  /** A session without a turn for this long expires. */
  readonly sessionTimeoutMs: number;
  readonly maxConcurrentSessions: number;
  readonly maxSessionsPerUser: number;
  /** Who does not answer is reminded after this long, and again after twice as long; 0 for never. */
  readonly reminderAfterMs: number;
  /** Reminders until the person's next word. */
  readonly maxReminders: number;
  /** IANA name; dates such as "tomorrow" are told in it. */
  readonly timeZone: string;
}

export const DEFAULT_ENGINE_SETTINGS: EngineSettings = {
  leaseMs: 6_000,
  replyWithinMs: 10_000,
  waitForTurnMs: 5_000,
  handOverAfterMs: 1_000,
  blockTimeoutMs: 60_000,
  maxOutputLength: 1_000_000,
  sessionTimeoutMs: 1_800_000,
  maxConcurrentSessions: 1_000,
  maxSessionsPerUser: 100,
  reminderAfterMs: 0,
  maxReminders: 3,
  timeZone: 'UTC',
};

/** Everything that the engine needs from outside. */
export interface EnginePorts {
  readonly sessions: SessionStore;
  readonly journeys: JourneyStore;
  readonly secrets: SecretStore;
  readonly bus: EventBus;
  readonly understanding: LanguageUnderstanding;
  readonly executors: ReadonlyMap<string, BlockExecutor>;
  /** Tools that workspaces configure; none where absent. */
  readonly tools?: ToolFinder;
  readonly clock: Clock;
  /** A new id with this prefix, never given before on any replica. */
  readonly newId: <P extends string>(prefix: P) => `${P}_${string}`;
  /** SHA-256 of a text, hexadecimal. */
  readonly hash: (text: string) => string;
  readonly log: EngineLog;
  readonly settings: EngineSettings;
}

/** Where the engine reports what nobody waits for. */
export interface EngineLog {
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
