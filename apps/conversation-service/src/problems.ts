import { EngineError, type EngineErrorCode } from '@sim/engine';
import {
  conflict,
  notFound,
  ProblemError,
  serviceUnavailable,
  tooManyRequests,
  unprocessable,
  type ErrorMapper,
} from '@sim/service-kit';

/** How long a client that is refused for now is asked to wait, in seconds. */
const RETRY_AFTER_S = 1;
/** Sessions end by the person or by time: soon is no use. */
const SESSIONS_RETRY_AFTER_S = 30;

const PROBLEMS: Readonly<Record<EngineErrorCode, (error: EngineError) => ProblemError>> = {
  session_not_found: ({ code, message }) => notFound(code, message),
  workflow_not_found: ({ code, message }) => notFound(code, message),
  workflow_not_runnable: ({ code, message }) => unprocessable(code, message),
  session_busy: ({ code, message }) => conflict(code, message),
  idempotency_key_reused: ({ code, message }) => unprocessable(code, message),
  too_many_sessions: ({ code, message }) => tooManyRequests(SESSIONS_RETRY_AFTER_S, code, message),
  shutting_down: ({ code, message }) => serviceUnavailable(RETRY_AFTER_S, code, message),
};

/** The engine's refusals as problems of the same code. */
export const engineProblems: ErrorMapper = (error) =>
  error instanceof EngineError ? PROBLEMS[error.code](error) : undefined;
