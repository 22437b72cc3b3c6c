import {
  DatabaseBusyError,
  DatabaseNotMigratedError,
  DatabaseUnavailableError,
  InvalidCursorError,
  toDatabaseError,
  VersionConflictError,
} from '@sim/postgres';
import { badRequest, preconditionFailed, ProblemError, serviceUnavailable } from '@sim/service-kit';
import type { ErrorRequestHandler } from 'express';
import { hasValues, withoutValues } from './statement-values.js';

/** The stores' errors as problems; the driver's own, as the identity library lets them through, too. */
export function storeProblem(error: unknown): ProblemError | undefined {
  if (error instanceof InvalidCursorError) {
    return badRequest(error.code, error.message, {
      errors: [{ path: 'cursor', message: error.message }],
    });
  }
  if (error instanceof VersionConflictError) {
    return preconditionFailed(error.code, error.message);
  }
  const failure = toDatabaseError(error);
  if (
    failure instanceof DatabaseUnavailableError ||
    failure instanceof DatabaseBusyError ||
    failure instanceof DatabaseNotMigratedError
  ) {
    const { retryAfterSeconds, code, message } = failure;
    return serviceUnavailable(retryAfterSeconds, code, message, { cause: withoutValues(error) });
  }
  if (hasValues(error)) {
    return new ProblemError(500, 'internal_error', INTERNAL, { cause: withoutValues(error) });
  }
  return undefined;
}

const INTERNAL = 'Something failed on our side. Report the requestId if it happens again.';

/**
 * Makes problems of the stores' errors before the last handler sees them: it logs what it is given,
 * and the error as it was has values of statements in its message.
 */
export function storeProblemHandler(): ErrorRequestHandler {
  return (error: unknown, _req, _res, next) => {
    next(storeProblem(error) ?? error);
  };
}
