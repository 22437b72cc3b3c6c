import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import * as z from 'zod';
import {
  badRequest,
  notFound,
  ProblemError,
  serviceUnavailable,
  unsupportedMediaType,
} from './problem-error.js';
import { invalidInput } from './validate.js';

/** Turns an error of the domain or of a driver into a problem, or leaves it to the next mapper. */
export type ErrorMapper = (error: unknown, req: Request) => ProblemError | undefined;

/** Options of {@link problemHandler}. */
export interface ProblemHandlerOptions {
  /** Where the pages of the codes are; `type` is `<docsBase>/<code>`. */
  readonly docsBase: string;
  /** Asked in order, before the built-in rules. */
  readonly mappers?: readonly ErrorMapper[];
}

/** The body of an `application/problem+json` answer (RFC 9457, with members of ours). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/**
 * The last middleware of an app: every error becomes a problem. A 5xx shows nothing of its cause,
 * which is logged with the request's id.
 */
export function problemHandler(options: ProblemHandlerOptions): ErrorRequestHandler {
  const mappers = [...(options.mappers ?? []), mapKnown];
  // Express tells an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (error: unknown, req, res, _next) => {
    const problem = toProblem(error, req, mappers);
    if (problem.status >= 500) logCause(error, problem, req);
    if (res.headersSent) {
      // Half an answer is out: cutting the connection is the only way to say that it is not whole.
      res.destroy();
      return;
    }
    sendProblem(req, res, problem, options.docsBase);
  };
}

/** Writes a problem as the answer; for places outside of Express's chain, such as a proxy's hook. */
export function sendProblem(
  req: Request,
  res: Response,
  problem: ProblemError,
  docsBase: string,
): void {
  for (const [name, value] of Object.entries(problem.headers)) res.setHeader(name, value);
  res.removeHeader('ETag');
  const instance = req.originalUrl.split('?', 1)[0] ?? '';
  const body = problemBody(problem, { docsBase, instance, requestId: req.id });
  res
    .status(problem.status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(body));
}

/** A problem as JSON; for answers that are no HTTP, such as a socket's. */
export function problemBody(
  problem: ProblemError,
  about: { readonly docsBase: string; readonly instance: string; readonly requestId: string },
): ProblemBody {
  return {
    ...problem.members,
    type: `${about.docsBase.replace(/\/$/, '')}/${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    instance: about.instance,
    requestId: about.requestId,
    ...(problem.errors !== undefined && { errors: problem.errors }),
  };
}

/**
 * What an error of a use case is answered with: itself where it is a problem, else what passes by itself
 * as such, else an internal error that hides its cause.
 */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return (error instanceof Error ? mapPassing(error) : undefined) ?? internalError(error);
}

/** Answers what no route took: 404 `route_not_found`. */
export function notFoundHandler(): RequestHandler {
  return (req, _res, next) => {
    next(
      notFound(
        'route_not_found',
        `There is no ${req.method} ${req.path.slice(0, 200)}. The API is listed at /api/docs.`,
      ),
    );
  };
}

function toProblem(error: unknown, req: Request, mappers: readonly ErrorMapper[]): ProblemError {
  if (error instanceof ProblemError) return error;
  for (const map of mappers) {
    const problem = map(error, req);
    if (problem !== undefined) return problem;
  }
  return internalError(error);
}

function internalError(cause: unknown): ProblemError {
  return new ProblemError(
    500,
    'internal_error',
    'Something failed on our side. Report the requestId if it happens again.',
    { cause },
  );
}

function logCause(error: unknown, problem: ProblemError, req: Request): void {
  const err = error instanceof ProblemError ? (error.cause ?? error) : error;
  // An overload or an outage that is answered as such is expected; anything else is a fault.
  const level = problem.status === 503 ? 'warn' : 'error';
  req.log[level]({ err, code: problem.code, status: problem.status }, 'request failed');
}

/** Errors of body-parser, the router and zod. */
function mapKnown(error: unknown): ProblemError | undefined {
  if (error instanceof z.ZodError) return invalidInput(error);
  if (!(error instanceof Error)) return undefined;
  const passing = mapPassing(error);
  if (passing) return passing;
  const { type, status, limit } = error as { type?: unknown; status?: unknown; limit?: unknown };
  if (typeof type === 'string') return mapBodyError(type, limit, error);
  if (error instanceof URIError && status === 400) {
    return badRequest('invalid_url', 'The path is not properly percent-encoded.');
  }
  return undefined;
}

/**
 * A failure that passes by itself says so: it carries its code and `retryAfterSeconds`, as those of a
 * store that is away, busy or not migrated do.
 */
function mapPassing(error: Error): ProblemError | undefined {
  const { code, retryAfterSeconds } = error as { code?: unknown; retryAfterSeconds?: unknown };
  return typeof code === 'string' && typeof retryAfterSeconds === 'number'
    ? serviceUnavailable(retryAfterSeconds, code, error.message, { cause: error })
    : undefined;
}

function mapBodyError(type: string, limit: unknown, error: Error): ProblemError | undefined {
  switch (type) {
    case 'entity.parse.failed':
      return badRequest('invalid_json', `The body is not JSON: ${error.message}.`);
    case 'entity.too.large':
      return new ProblemError(413, 'payload_too_large', tooLargeDetail(limit));
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return unsupportedMediaType('unsupported_encoding', `The body's ${error.message}.`);
    case 'request.aborted':
    case 'request.size.invalid':
      return badRequest('incomplete_body', 'The body ended before its announced length.');
    default:
      return undefined;
  }
}

const tooLargeDetail = (limit: unknown): string =>
  typeof limit === 'number'
    ? `The body is larger than the ${limit} bytes that are allowed here.`
    : 'The body is larger than allowed here.';
