/** Why the engine cannot take a command. Services turn each into a problem of the same code. */
export type EngineErrorCode =
  | 'session_not_found'
  | 'workflow_not_found'
  | 'workflow_not_runnable'
  | 'session_busy'
  | 'idempotency_key_reused'
  | 'too_many_sessions'
  | 'shutting_down';

/** An expected refusal, with what to do in its message. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  /** Facts about the refusal, such as the issues of a workflow that cannot run. */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(
    code: EngineErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
    this.details = details;
  }
}

/** A store's word that another turn with this idempotency key was written first. */
export class IdempotencyClash extends Error {
  constructor() {
    super('Another turn with this idempotency key was written first.');
    this.name = 'IdempotencyClash';
  }
}
