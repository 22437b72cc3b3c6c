import {
  CONVERSATION_ROUTES,
  isProblemCode,
  problem,
  PROBLEM_CATALOGUE,
  PROBLEM_MEDIA_TYPE,
  problemCodesOf,
  type Problem,
  type RouteSpec,
} from '@sim/contracts';
import type * as z from 'zod';

/** The endpoints of the service, by name. */
export type Operation = keyof typeof CONVERSATION_ROUTES;

type Responses<O extends Operation> = (typeof CONVERSATION_ROUTES)[O]['responses'];
/** The JSON that an endpoint answers a success with. */
export type BodyOf<O extends Operation> = {
  [S in keyof Responses<O>]: Responses<O>[S] extends {
    readonly content: { readonly 'application/json': infer B extends z.ZodType };
  }
    ? z.output<B>
    : never;
}[keyof Responses<O>];

/** What goes into a request. */
export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is where it is text. */
  readonly body?: unknown;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
}

/** An answer that is as the contract has it. */
export interface Answer<O extends Operation = Operation> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a success. @throws UnexpectedProblemError */
  readonly body: BodyOf<O>;
  /** Of a refusal or failure. */
  readonly problem: Problem | undefined;
}

/** Calls an endpoint by its name. @throws ContractError */
export type ContractClient = <O extends Operation>(
  operation: O,
  options?: CallOptions,
) => Promise<Answer<O>>;

/** An answer is not as the contract has it. */
export class ContractError extends Error {
  constructor(operation: string, what: string, body: unknown) {
    super(`${operation}: ${what}\n${JSON.stringify(body, null, 2).slice(0, 2000)}`);
    this.name = 'ContractError';
  }
}

/** A problem came where a success was wanted. */
export class UnexpectedProblemError extends Error {
  readonly problem: Problem;
  constructor(operation: string, body: Problem) {
    super(`${operation} answered ${body.status} ${body.code}: ${body.detail}`);
    this.name = 'UnexpectedProblemError';
    this.problem = body;
  }
}

/**
 * A client over real HTTP that checks every answer against the contract: its status is one of the
 * route's, its body fits the schema, a problem's code is one that the route may answer with.
 */
export function createContractClient(baseUrl: string): ContractClient {
  return async (operation, options = {}) => {
    const route: RouteSpec = CONVERSATION_ROUTES[operation];
    const response = await fetch(urlOf(baseUrl, route, options), requestOf(route, options));
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const received: Received = {
      status: response.status,
      headers: response.headers,
      type: (response.headers.get('content-type') ?? '').split(';', 1)[0] ?? '',
      body: isJson ? (JSON.parse(text) as unknown) : text,
    };
    return answerOf(operation, text, received, checked(operation, route, received));
  };
}

interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly type: string;
  readonly body: unknown;
}

/** The address of an endpoint; parameters that are not given stay as the contract writes them. */
export function urlOf(baseUrl: string, route: RouteSpec, options: CallOptions): URL {
  const path = route.path.replace(/:(\w+)/g, (_whole, name: string) =>
    encodeURIComponent(options.params?.[name] ?? `:${name}`),
  );
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    url.searchParams.append(name, String(value));
  }
  return url;
}

function requestOf(route: RouteSpec, { headers, body, token }: CallOptions): RequestInit {
  return {
    method: route.method.toUpperCase(),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
}

function answerOf<O extends Operation>(
  operation: O,
  text: string,
  { status, headers, body }: Received,
  refusal: Problem | undefined,
): Answer<O> {
  return {
    status,
    headers,
    text,
    problem: refusal,
    get body() {
      if (refusal) throw new UnexpectedProblemError(operation, refusal);
      return body as BodyOf<O>;
    },
  };
}

function checked(operation: string, route: RouteSpec, received: Received): Problem | undefined {
  if (received.headers.get('x-request-id') === null) {
    throw new ContractError(operation, 'no X-Request-Id', [...received.headers]);
  }
  if (received.type === PROBLEM_MEDIA_TYPE) return checkProblem(operation, route, received);
  checkSuccess(operation, route, received);
  return undefined;
}

function checkProblem(operation: string, route: RouteSpec, { status, headers, body }: Received) {
  const parsed = problem.safeParse(body);
  if (!parsed.success) throw new ContractError(operation, parsed.error.message, body);
  const { code } = parsed.data;
  if (!isProblemCode(code) || !problemCodesOf(route).includes(code)) {
    throw new ContractError(operation, `may not answer with ${code}`, body);
  }
  if (status !== parsed.data.status || PROBLEM_CATALOGUE[code].status !== status) {
    throw new ContractError(operation, `${code} does not go with ${status}`, body);
  }
  if ((status === 429 || status === 503) && !(Number(headers.get('retry-after')) >= 1)) {
    throw new ContractError(operation, 'no Retry-After', body);
  }
  return parsed.data;
}

function checkSuccess(operation: string, route: RouteSpec, received: Received): void {
  const { status, headers, type, body } = received;
  const spec = route.responses[status];
  if (spec === undefined) throw new ContractError(operation, `${status} is no answer of it`, body);
  for (const name of Object.keys(spec.headers ?? {})) {
    if (!headers.has(name)) throw new ContractError(operation, `no header ${name}`, [...headers]);
  }
  const schema = spec.content?.[type];
  if (schema === undefined) throw new ContractError(operation, `a body of type ${type}`, body);
  const result = schema?.safeParse(body);
  if (result && !result.success) throw new ContractError(operation, result.error.message, body);
}
