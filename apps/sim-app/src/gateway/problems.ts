import type { Problem, RefusedEvent } from '@sim/contracts';
import { EngineError } from '@sim/engine';
import {
  conflict,
  notFound,
  problemBody,
  ProblemError,
  problemOf,
  serviceUnavailable,
  tooManyRequests,
  unauthorized,
  unprocessable,
} from '@sim/service-kit';
import { storeProblem } from '../http/problems.js';

/** What conversation-service has answered that is no success: passed on as it came. */
export class ForwardedProblem extends Error {
  readonly problem: Problem;
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter: number | undefined) {
    super(problem.detail);
    this.name = 'ForwardedProblem';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

const SOON_SECONDS = 1;
const LATER_SECONDS = 30;

export const sessionNotFound = (sessionId: string) =>
  notFound(
    'session_not_found',
    `There is no session ${JSON.stringify(sessionId)} in this workspace.`,
  );

export const floods = () =>
  tooManyRequests(SOON_SECONDS, 'rate_limited', 'Too many events on this connection. Slow down.');

export const tooManyConnections = (limit: number) =>
  serviceUnavailable(
    LATER_SECONDS,
    'too_many_connections',
    `This server holds ${limit} connections, which is all it may. Try again in ${LATER_SECONDS} seconds.`,
  );

export const realTimeUpdatesOff = () =>
  serviceUnavailable(
    LATER_SECONDS,
    'real_time_updates_off',
    'Live updates are switched off. Use the REST API; GET …/sessions/:id/events follows a session.',
  );

/** As over REST, where the paths are not there then. */
export const conversationsOff = () =>
  notFound('route_not_found', 'Conversations are switched off (CONVERSATIONAL_WORKFLOWS_ENABLED).');

export const shuttingDown = () =>
  serviceUnavailable(
    SOON_SECONDS,
    'shutting_down',
    'This replica is shutting down. Connect again, and join with the lastEventId that came last.',
  );

export const tokenExpired = () =>
  unauthorized(
    'token_expired',
    'The access token has expired. Get a new one at POST /api/v1/auth/token and connect again.',
  );

export const tooSlow = () =>
  new ProblemError(
    408,
    'client_too_slow',
    'What was sent was not read. Connect again, and join with the lastEventId that came last.',
  );

export const joinLimit = (limit: number) =>
  conflict('join_limit', `A connection follows ${limit} sessions at most. Leave one first.`);

export const notJoined = (what: string) => conflict('not_joined', what);

/** Any failure as it is told: an unknown one hides its cause, which the caller logs. */
export function refusal(
  error: unknown,
  about: { readonly docsBase: string; readonly instance: string; readonly requestId: string },
): Omit<RefusedEvent, 'ok'> {
  if (error instanceof ForwardedProblem) {
    const { problem, retryAfter } = error;
    return { problem, ...(retryAfter !== undefined && { retryAfter }) };
  }
  const problem = knownProblem(error);
  const retryAfter = Number(problem.headers['Retry-After']);
  return {
    problem: problemBody(problem, about) as Problem,
    ...(retryAfter > 0 && { retryAfter }),
  };
}

function knownProblem(error: unknown): ProblemError {
  if (error instanceof EngineError && error.code === 'workflow_not_runnable') {
    return unprocessable(error.code, error.message);
  }
  return storeProblem(error) ?? problemOf(error);
}
