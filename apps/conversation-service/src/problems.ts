import { EngineError, type EngineErrorCode } from '@sim/engine';
import { InvalidCursorError, MissingReferenceError, UnknownWorkflowError } from '@sim/postgres';
import {
  badRequest,
  conflict,
  notFound,
  serviceUnavailable,
  tooManyRequests,
  unauthorized,
  unprocessable,
  type ErrorMapper,
  type ProblemError,
} from '@sim/service-kit';
import { SimAppUnavailableError } from './api-keys.js';

/** How long a client that is refused for now is asked to wait, in seconds. */
const RETRY_AFTER_S = 1;
/** Sessions end by the person or by time: soon is no use. */
const SESSIONS_RETRY_AFTER_S = 30;
/** sim-app comes back within seconds of a restart. */
const SIM_APP_RETRY_AFTER_S = 5;

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

/** What the stores and sim-app refuse. Outages of the database say themselves that they pass. */
export const storeProblems: ErrorMapper = (error) => {
  if (error instanceof InvalidCursorError) {
    const { code, message } = error;
    return badRequest(code, message, { errors: [{ path: 'cursor', message }] });
  }
  if (error instanceof MissingReferenceError && error.constraint === USER_KEY) {
    return unauthorized('token_invalid', 'The account of this token is there no more.');
  }
  if (error instanceof MissingReferenceError || error instanceof UnknownWorkflowError) {
    return notFound('workflow_not_found', 'The workflow was deleted or changed meanwhile.');
  }
  if (error instanceof SimAppUnavailableError) {
    const { message, cause } = error;
    return serviceUnavailable(SIM_APP_RETRY_AFTER_S, 'unavailable', message, { cause });
  }
  return undefined;
};

/** The foreign key of a session to its person. */
const USER_KEY = 'cws_user_fkey';
