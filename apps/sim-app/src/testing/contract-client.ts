import {
  isProblemCode,
  problem,
  PROBLEM_CATALOGUE,
  problemCodesOf,
  PROBLEM_MEDIA_TYPE,
  ROUTES,
  type OperationId,
  type RouteSpec,
} from '@sim/contracts';
import type supertest from 'supertest';

/** What goes into a request. */
export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is where it is text or bytes; as `application/json` unless a header says else. */
  readonly body?: unknown;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  readonly apiKey?: string;
}

/** Calls an endpoint by its name. */
export type ContractClient = (
  operation: OperationId,
  options?: CallOptions,
) => Promise<supertest.Response>;

/** An answer is not as the contract has it. */
export class ContractError extends Error {
  constructor(operation: string, what: string, body: unknown) {
    super(`${operation}: ${what}\n${JSON.stringify(body, null, 2).slice(0, 2000)}`);
    this.name = 'ContractError';
  }
}

/**
 * A client that checks every answer against the contract: its status is one of the route's, its body
 * fits the schema, a problem's code is one that the route may answer with.
 */
export function createContractClient(http: supertest.Agent): ContractClient {
  return async (operation, options = {}) => {
    const route: RouteSpec = ROUTES[operation];
    const path = route.path.replace(/:(\w+)/g, (_whole, name: string) =>
      encodeURIComponent(options.params?.[name] ?? `:${name}`),
    );
    let request = http[route.method](path).query({ ...options.query });
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      request = request.set(name, value);
    }
    if (options.token !== undefined)
      request = request.set('Authorization', `Bearer ${options.token}`);
    if (options.apiKey !== undefined) request = request.set('X-API-Key', options.apiKey);
    if (options.body !== undefined) {
      const { body, headers } = options;
      if (headers?.['Content-Type'] === undefined) {
        request = request.set('Content-Type', 'application/json');
      }
      const isReady = typeof body === 'string' || Buffer.isBuffer(body);
      request = request.send(isReady ? body : JSON.stringify(body));
    }
    const response = await request;
    checkAnswer(operation, route, response);
    return response;
  };
}

function checkAnswer(operation: string, route: RouteSpec, response: supertest.Response): void {
  const isProblem = response.type === PROBLEM_MEDIA_TYPE;
  if (isProblem) checkProblem(operation, route, response);
  else checkSuccess(operation, route, response);
  if (response.get('X-Request-Id') === undefined) {
    throw new ContractError(operation, 'no X-Request-Id', response.headers);
  }
}

function checkProblem(operation: string, route: RouteSpec, response: supertest.Response): void {
  const body = response.body as unknown;
  const parsed = problem.safeParse(body);
  if (!parsed.success) throw new ContractError(operation, parsed.error.message, body);
  const { code, status } = parsed.data;
  if (!isProblemCode(code) || !problemCodesOf(route).includes(code)) {
    throw new ContractError(operation, `may not answer with ${code}`, body);
  }
  if (status !== response.status || PROBLEM_CATALOGUE[code].status !== status) {
    throw new ContractError(operation, `${code} does not go with ${response.status}`, body);
  }
}

function checkSuccess(operation: string, route: RouteSpec, response: supertest.Response): void {
  const spec = route.responses[response.status];
  const body = response.body as unknown;
  if (spec === undefined) {
    throw new ContractError(operation, `${response.status} is not an answer of it`, body);
  }
  for (const name of Object.keys(spec.headers ?? {})) {
    if (response.get(name) === undefined) {
      throw new ContractError(operation, `the header ${name} is missing`, response.headers);
    }
  }
  if (spec.content === undefined) {
    if (response.text) throw new ContractError(operation, 'a body where there is none', body);
    return;
  }
  const schema = spec.content[response.type];
  if (schema === undefined) {
    throw new ContractError(operation, `a body of the type ${response.type}`, body);
  }
  const result = schema?.safeParse(body);
  if (result && !result.success) throw new ContractError(operation, result.error.message, body);
}
