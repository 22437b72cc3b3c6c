import { PROBLEM_CATALOGUE, type ProblemCode } from '@sim/contracts';
import { ProblemError, serviceUnavailable } from '@sim/service-kit';

/** The library's codes that have a problem of ours. */
const CODES: Readonly<Record<string, ProblemCode>> = {
  INVALID_EMAIL_OR_PASSWORD: 'credentials_invalid',
  INVALID_PASSWORD: 'credentials_invalid',
  USER_NOT_FOUND: 'credentials_invalid',
  CREDENTIAL_ACCOUNT_NOT_FOUND: 'credentials_invalid',
  USER_ALREADY_EXISTS: 'email_taken',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'email_taken',
  INVALID_ORIGIN: 'auth_forbidden',
  MISSING_OR_NULL_ORIGIN: 'auth_forbidden',
  CROSS_SITE_NAVIGATION_LOGIN_BLOCKED: 'auth_forbidden',
};

const DETAILS: Readonly<Partial<Record<ProblemCode, string>>> = {
  credentials_invalid: 'The e-mail or the password is wrong.',
  email_taken: 'There is an account with this e-mail already. Sign in instead.',
  auth_forbidden:
    'A request with cookies needs an Origin header of a trusted site. Without cookies, send Authorization: Bearer.',
};

/** Two sign-ups with one e-mail at once: the second fails while it writes. */
const RACES: ReadonlySet<string> = new Set(['FAILED_TO_CREATE_USER', 'FAILED_TO_CREATE_SESSION']);
const RETRY_AFTER_SECONDS = 1;

/** What the identity library answers a request that it refuses. */
export interface Refusal {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
}

/** A refusal of the identity library as a problem of ours. */
export function signInProblem({ status, code: theirs = '', message }: Refusal): ProblemError {
  const cause = { status, code: theirs, message };
  if (RACES.has(theirs) || status >= 500) {
    return serviceUnavailable(
      RETRY_AFTER_SECONDS,
      'unavailable',
      'The sign-in could not be written. Try again.',
      { cause },
    );
  }
  const code = CODES[theirs] ?? (status === 403 ? 'auth_forbidden' : 'auth_refused');
  const detail = DETAILS[code] ?? message ?? 'The request was refused.';
  return new ProblemError(PROBLEM_CATALOGUE[code].status, code, detail, { cause });
}
