/** How the system speaks and how much it asks; every field has a default. */
export interface ConversationalConfig {
  readonly communicationStyle: 'formal' | 'casual' | 'technical' | 'friendly';
  readonly verbosityLevel: 'minimal' | 'normal' | 'detailed' | 'verbose';
  readonly showProgress: boolean;
  readonly explainSteps: boolean;
  /** Side effects wait for a yes. */
  readonly askForConfirmation: boolean;
  readonly provideSuggestions: boolean;
}

/** How a session runs; null leaves it to the service. */
export interface ExecutionConfig {
  /** IANA name; dates such as "tomorrow" are told in it. */
  readonly timeZone: string | null;
  /** Expires after this long without a turn. */
  readonly sessionTimeoutMs: number | null;
  /** How much is asked on the way; `hybrid` where absent. */
  readonly executionMode?: ExecutionMode;
  /** Blocks, by id or name, before which the session pauses. */
  readonly pausePoints?: readonly string[];
  /** Fails when it has not ended this long after its start, pauses and waits included. */
  readonly timeoutMs?: number;
  /** A run that nobody talks to: a failure that no error path takes ends it instead of becoming a question. */
  readonly unattended?: true;
  /** Who does not answer is reminded after this long; 0 turns it off. */
  readonly reminderAfterMs?: number;
}

/**
 * `hybrid` goes on by itself and asks before what acts outside, as `askForConfirmation` says;
 * `step-by-step` asks before each step; `autonomous` asks for nothing but missing values, and for a yes
 * before it does again what may have been done already.
 */
export const EXECUTION_MODES = ['step-by-step', 'autonomous', 'hybrid'] as const;
export type ExecutionMode = (typeof EXECUTION_MODES)[number];
