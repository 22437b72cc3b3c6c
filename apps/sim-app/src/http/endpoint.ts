import type { ProblemCode, RouteSpec } from '@sim/contracts';
import {
  jsonBody,
  notFound,
  principalOf,
  requireRole,
  validate,
  type Principal,
} from '@sim/service-kit';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type * as z from 'zod';
import { wantedType } from './media-type.js';

/** What a use case is given of a request: parsed, of the types that the contract says. */
export interface Call<R extends RouteSpec> {
  readonly params: Part<R, 'params'>;
  readonly query: Part<R, 'query'>;
  readonly headers: Part<R, 'headers'>;
  readonly body: BodyOf<R>;
  /** Who asks; only on routes that need a role. */
  readonly principal: R['access'] extends 'public' | 'session' ? undefined : Principal;
  readonly req: Request;
}

type Part<R extends RouteSpec, P extends 'params' | 'query' | 'headers'> =
  R['request'] extends Readonly<Record<P, infer S extends z.ZodType>> ? z.output<S> : undefined;

type BodyOf<R extends RouteSpec> = R['request'] extends { readonly body: infer B }
  ? B extends { readonly raw: true }
    ? Buffer
    : B extends { readonly schema: infer S extends z.ZodType }
      ? z.output<S>
      : undefined
  : undefined;

/** What a use case answers with. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON; none where left out. */
  readonly body?: unknown;
  /** Sent as they are, instead of a JSON body. */
  readonly bytes?: Uint8Array;
  /** A list where the header comes several times, as `Set-Cookie` does. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** What all endpoints need: who asks is found out in one place. */
export interface EndpointHost {
  readonly router: Router;
  readonly authenticate: RequestHandler;
}

/**
 * Serves a route of the contract: who asks, their role, then path, query, headers and body are
 * checked, in this order, before the use case sees anything.
 */
export function endpoint<R extends RouteSpec>(
  { router, authenticate }: EndpointHost,
  route: R,
  useCase: (call: Call<R>) => Promise<Answer>,
): void {
  const isOpen = route.access === 'public' || route.access === 'session';
  const guards = isOpen ? [] : [authenticate, requireRole(asRole(route.access))];
  router[route.method](route.path, ...guards, ...bodyReader(route), async (req, res) => {
    send(req, res, await useCase(read(route, req)));
  });
}

function asRole(access: RouteSpec['access']): Principal['role'] {
  return access === 'public' || access === 'session' ? 'owner' : access;
}

function read(route: RouteSpec, req: Request): Call<RouteSpec> {
  const { params, query, headers, body } = route.request;
  const isOpen = route.access === 'public' || route.access === 'session';
  return {
    params: params && readParams(params, req),
    query: query && validate(query)(req.query, 'query'),
    headers: headers && validate(headers)(req.headers, 'headers'),
    body: body && readBody(body, req),
    principal: isOpen ? undefined : principalOf(req),
    req,
  } as Call<RouteSpec>;
}

/** An id of another form than ours is the id of nothing. */
const MISSING: Readonly<Record<string, ProblemCode>> = {
  workspaceId: 'workspace_not_found',
  userId: 'member_not_found',
  apiKeyId: 'api_key_not_found',
  workflowId: 'workflow_not_found',
  toolId: 'tool_not_found',
  knowledgeBaseId: 'knowledge_base_not_found',
  documentId: 'document_not_found',
  webhookId: 'webhook_not_found',
};

function readParams(schema: z.ZodType, req: Request): unknown {
  const result = schema.safeParse(req.params);
  if (result.success) return result.data;
  const bad = String(result.error.issues[0]?.path[0] ?? '');
  const code = MISSING[bad];
  if (code === undefined) return validate(schema)(req.params, 'params');
  throw notFound(code, `There is no such ${spoken(bad)}.`);
}

/** `knowledgeBaseId` as people say it: knowledge base. */
const spoken = (param: string) =>
  param.replace(/Id$/, '').replace(/[A-Z]/g, (a) => ` ${a.toLowerCase()}`);

type BodySpec = NonNullable<RouteSpec['request']['body']>;

function bodyReader(route: RouteSpec): RequestHandler[] {
  const { body } = route.request;
  if (!body) return [];
  const limit = body.maxBytes ?? '1mb';
  if (!body.raw) return [jsonBody({ limit })];
  return [wantedType(), express.raw({ limit, type: () => true })];
}

function readBody(spec: BodySpec, req: Request): unknown {
  const given: unknown = req.body;
  if (spec.raw) return Buffer.isBuffer(given) ? given : Buffer.alloc(0);
  if (given === undefined && spec.required === false) return spec.schema.parse({});
  return validate(spec.schema)(given ?? {}, 'body');
}

function send(req: Request, res: Response, answer: Answer): void {
  res.status(answer.status).set({ 'Cache-Control': 'no-store', ...answer.headers });
  if (answer.bytes !== undefined) res.send(Buffer.from(answer.bytes));
  else if (answer.body !== undefined) res.json(answer.body);
  else res.end();
  req.log.trace({ status: answer.status }, 'answered');
}
