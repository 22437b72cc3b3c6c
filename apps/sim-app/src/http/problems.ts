import {
  DatabaseBusyError,
  DatabaseNotMigratedError,
  DatabaseUnavailableError,
  InvalidCursorError,
  toDatabaseError,
  VersionConflictError,
} from '@sim/postgres';
import {
  badRequest,
  preconditionFailed,
  serviceUnavailable,
  type ErrorMapper,
} from '@sim/service-kit';

/** The stores' errors as problems; the driver's own, as the identity library lets them through, too. */
export const storeProblems: ErrorMapper = (error) => {
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
    return serviceUnavailable(retryAfterSeconds, code, message, { cause: error });
  }
  return undefined;
};
