import {
  InvalidCursorError,
  KnowledgeBaseExistsError,
  toDatabaseError,
  ToolExistsError,
  VersionConflictError,
} from '@sim/postgres';
import { badRequest, conflict, preconditionFailed, type ProblemError } from '@sim/service-kit';
import type { ErrorRequestHandler } from 'express';

/** The stores' refusals as problems of the same code. */
export function storeProblem(error: unknown): ProblemError | undefined {
  if (error instanceof InvalidCursorError) {
    return badRequest(error.code, error.message, {
      errors: [{ path: 'cursor', message: error.message }],
    });
  }
  if (error instanceof ToolExistsError || error instanceof KnowledgeBaseExistsError) {
    return conflict(error.code, error.message);
  }
  if (error instanceof VersionConflictError) {
    return preconditionFailed(error.code, error.message);
  }
  return undefined;
}

/**
 * Stands before the last handler, which logs what it is given: the driver's own errors, as the identity
 * library lets them through, have values of statements in their messages.
 */
export function storeProblemHandler(): ErrorRequestHandler {
  return (error: unknown, _req, _res, next) => {
    next(storeProblem(error) ?? toDatabaseError(error));
  };
}
