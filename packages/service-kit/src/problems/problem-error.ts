/** One thing that is wrong with a request, with its place. */
export interface FieldError {
  /** The place, such as `slots[0].name`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** What a problem may carry beside its code and detail. */
export interface ProblemExtras {
  /** Response headers that belong to the problem, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldError[];
  /** Extension members of the body (RFC 9457, 3.2), by name. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Why; logged, never sent. */
  readonly cause?: unknown;
}

/** Titles by status; the title says what kind of problem it is and is the same each time. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Sign-in needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Request timed out',
  409: 'Conflict',
  410: 'Gone',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Cannot be processed',
  428: 'Precondition needed',
  429: 'Too many requests',
  500: 'Internal error',
  502: 'Bad gateway',
  503: 'Unavailable',
  504: 'Gateway timed out',
};

/**
 * An answer that is no success: RFC 9457 `application/problem+json`. `code` is stable snake_case;
 * its page explains it. `detail` is for people and names what to do.
 */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldError[] | undefined;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, extras: ProblemExtras = {}) {
    super(detail, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'ProblemError';
    this.status = status;
    this.code = code;
    this.title = TITLES[status] ?? (status >= 500 ? 'Server error' : 'Request failed');
    this.detail = detail;
    this.headers = extras.headers ?? {};
    this.errors = extras.errors;
    this.members = extras.members ?? {};
  }
}

type ProblemMaker = (code: string, detail: string, extras?: ProblemExtras) => ProblemError;

const ofStatus =
  (status: number): ProblemMaker =>
  (code, detail, extras) =>
    new ProblemError(status, code, detail, extras);

/** 400: the request itself is malformed. */
export const badRequest = ofStatus(400);
/** 401: nobody is signed in; `WWW-Authenticate` goes along. */
export const unauthorized: ProblemMaker = (code, detail, extras) =>
  new ProblemError(401, code, detail, {
    ...extras,
    headers: { 'WWW-Authenticate': 'Bearer realm="sim"', ...extras?.headers },
  });
/** 403: somebody is signed in who may not do this. */
export const forbidden = ofStatus(403);
/** 404: there is no such thing, or it belongs to another workspace. */
export const notFound = ofStatus(404);
/** 409: the state of the thing does not allow it. */
export const conflict = ofStatus(409);
/** 412: `If-Match` names another version than the present one. */
export const preconditionFailed = ofStatus(412);
/** 413: the body is larger than allowed. */
export const payloadTooLarge = ofStatus(413);
/** 415: the body is of a kind that is not read here. */
export const unsupportedMediaType = ofStatus(415);
/** 422: well-formed, but its content makes no sense. */
export const unprocessable = ofStatus(422);
/** 428: a write without `If-Match` where one is needed. */
export const preconditionRequired = ofStatus(428);

const withRetryAfter = (seconds: number, extras: ProblemExtras = {}): ProblemExtras => ({
  ...extras,
  headers: { 'Retry-After': String(Math.max(1, Math.ceil(seconds))), ...extras.headers },
});

/** 429 with `Retry-After`, in seconds. */
export const tooManyRequests = (
  retryAfterSeconds: number,
  code = 'rate_limited',
  detail = 'Too many requests. Try again later.',
  extras?: ProblemExtras,
): ProblemError => new ProblemError(429, code, detail, withRetryAfter(retryAfterSeconds, extras));

/** 503 with `Retry-After`, in seconds. */
export const serviceUnavailable = (
  retryAfterSeconds: number,
  code = 'unavailable',
  detail = 'The service cannot answer right now. Try again later.',
  extras?: ProblemExtras,
): ProblemError => new ProblemError(503, code, detail, withRetryAfter(retryAfterSeconds, extras));
