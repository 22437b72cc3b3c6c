import type * as z from 'zod';
import type { ProblemCode } from '../problems/catalogue.js';
import type { Role } from '../roles.js';

/** The two services. */
export type ServiceName = 'sim-app' | 'conversation-service';

/** Who may call a route: anybody, a sign-in session or API key, or a role with at least these rights. */
export type Access = 'public' | 'session' | Role;

/** What a route reads of a request. Path, query and body refuse unknown fields; headers do not. */
export interface RequestSpec {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: BodySpec;
}

/** The body of a request. */
export interface BodySpec {
  readonly schema: z.ZodType;
  /** Default true. */
  readonly required?: boolean;
  /** The largest, in bytes; 1 MB where not given. */
  readonly maxBytes?: number;
  /** Kept byte for byte: parsed by the use case, not before. */
  readonly raw?: boolean;
  /** Other media types than JSON that are read; binary ones, if any, are ZIP archives. */
  readonly mediaTypes?: readonly string[];
}

/** One answer that is a success. */
export interface ResponseSpec {
  readonly description: string;
  /** By media type; none for an answer without a body. `null` is a body that is no JSON. */
  readonly content?: Readonly<Record<string, z.ZodType | null>>;
  /** Headers that the answer carries, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One endpoint, as data: the apps, the OpenAPI document and the tests are made from it. */
export interface RouteSpec {
  readonly service: ServiceName;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In Express's form: `/api/v1/workflows/:workflowId`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly request: RequestSpec;
  readonly responses: Readonly<Record<number, ResponseSpec>>;
  /** Beside those that follow from the rest, see `problemCodesOf`. */
  readonly problems: readonly ProblemCode[];
}

/** Routes by operation id, all of one service; each keeps the types of its schemas. */
export const defineRoutes = <const R extends Readonly<Record<string, Omit<RouteSpec, 'service'>>>>(
  service: ServiceName,
  routes: R,
): DefinedRoutes<R> =>
  Object.fromEntries(
    Object.entries(routes).map(([id, route]) => [id, { service, ...route }]),
  ) as unknown as DefinedRoutes<R>;

/** Routes with the service that they are of. */
export type DefinedRoutes<R> = {
  readonly [K in keyof R]: R[K] & { readonly service: ServiceName };
};

/** A success with a JSON body. */
export const json = <S extends z.ZodType>(
  schema: S,
  description: string,
  headers?: Readonly<Record<string, string>>,
) => ({
  description,
  content: { 'application/json': schema },
  ...(headers !== undefined && { headers }),
});

/** Every problem that a route may answer with: what follows from its form, then its own. */
export function problemCodesOf(route: RouteSpec): ProblemCode[] {
  const { body, params, query, headers } = route.request;
  const isProbe = route.access === 'public' && route.method === 'get' && !params;
  return [
    ...(body ? BODY_PROBLEMS : []),
    ...(body && !body.raw ? (['invalid_body'] as const) : []),
    ...(query ? (['invalid_query'] as const) : []),
    ...(query && 'cursor' in query.shape ? (['invalid_cursor'] as const) : []),
    ...(headers ? (['invalid_headers'] as const) : []),
    ...(params ? (['invalid_url'] as const) : []),
    ...accessProblems(route.access),
    ...(asksForKeys(route) ? (['unavailable'] as const) : []),
    ...route.problems,
    'origin_not_allowed',
    'rate_limited',
    'internal_error',
    ...(isProbe ? [] : DATABASE_PROBLEMS),
  ];
}

/** conversation-service asks sim-app whose an API key is, which may be away. */
function asksForKeys({ service, access }: RouteSpec): boolean {
  return service === 'conversation-service' && access !== 'public';
}

const BODY_PROBLEMS = [
  'invalid_json',
  'too_deep',
  'incomplete_body',
  'payload_too_large',
  'unsupported_media_type',
  'unsupported_encoding',
] as const;

const DATABASE_PROBLEMS = [
  'database_unavailable',
  'database_busy',
  'database_not_migrated',
  'shutting_down',
] as const;

function accessProblems(access: Access): readonly ProblemCode[] {
  if (access === 'public') return [];
  if (access === 'session') return ['session_missing', 'api_key_invalid'];
  const known = ['token_missing', 'token_invalid', 'token_expired', 'api_key_invalid'] as const;
  return access === 'viewer' ? known : [...known, 'role_insufficient'];
}
