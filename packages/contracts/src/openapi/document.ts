import { createDocument, type oas31, type ZodOpenApiObject } from 'zod-openapi';
import { PROBLEM_CATALOGUE, type ProblemCode } from '../problems/catalogue.js';
import { problem, PROBLEM_MEDIA_TYPE } from '../problems/problem.js';
import { routesOf } from '../routes/index.js';
import { problemCodesOf, type Access, type ResponseSpec, type RouteSpec } from '../routes/route.js';
import type { ServiceName } from '../routes/route.js';

type Paths = NonNullable<ZodOpenApiObject['paths']>;
type Operation = NonNullable<Paths[string]['get']>;
type Responses = NonNullable<Operation['responses']>;

const ABOUT: Readonly<Record<ServiceName, { title: string; description: string }>> = {
  'sim-app': {
    title: 'Sim Journeys: sim-app',
    description:
      'Identity, workspaces, workflows and secrets. Sign up at POST /api/v1/auth/sign-up/email, get a ' +
      'token at POST /api/v1/auth/token, and send it as Authorization: Bearer. Live updates come by ' +
      'socket.io at /socket.io/, described in docs/sockets.md.',
  },
  'conversation-service': {
    title: 'Sim Journeys: conversation-service',
    description:
      'Maps workflows to journeys and holds the conversation. Tokens come from sim-app, ' +
      'POST /api/v1/auth/token.',
  },
};

const TAGS: Readonly<Record<string, string>> = {
  identity: 'Sign-up, sign-in and access tokens',
  workspaces: 'Workspaces, members, roles and API keys',
  workflows: 'Imported workflows and their versions',
  secrets: 'Values of {{ENV}} markers: written, never read',
  tools: 'What runs blocks: built in, or configured by a workspace',
  platform: 'What this installation can do',
  operations: 'Probes',
  journeys: 'Workflows as state machines that talk',
  sessions: 'Conversations',
  runs: 'Runs of workflows without a conversation',
  language: 'Understanding of utterances',
};

/** The OpenAPI 3.1 document of a service, made of the routes that it is built from. */
export function openApiDocument(service: ServiceName, version: string): oas31.OpenAPIObject {
  const routes = routesOf(service);
  const tags = [...new Set(routes.map(([, route]) => route.tag))];
  return createDocument({
    openapi: '3.1.0',
    info: { ...ABOUT[service], version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name, description: TAGS[name] ?? name })),
    paths: pathsOf(routes),
    components: { securitySchemes: SECURITY_SCHEMES },
  });
}

const SECURITY_SCHEMES = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'From POST /api/v1/auth/token',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  session: {
    type: 'http',
    scheme: 'bearer',
    description: 'The token that sign-up and sign-in answer with',
  },
} as const;

function securityOf(access: Access): Record<string, string[]>[] {
  if (access === 'public') return [];
  return [{ [access === 'session' ? 'session' : 'accessToken']: [] }, { apiKey: [] }];
}

function pathsOf(routes: readonly (readonly [string, RouteSpec])[]): Paths {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [id, route] of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(id, route) };
  }
  return paths;
}

function operation(id: string, route: RouteSpec): Operation {
  const { params, query, headers, body } = route.request;
  const role = ['public', 'session'].includes(route.access)
    ? ''
    : `Needs the role ${route.access} or one above it.`;
  return {
    operationId: id,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, role].filter(Boolean).join('\n\n'),
    security: securityOf(route.access),
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      ...(headers && { header: headers }),
    },
    ...(body && {
      requestBody: {
        required: body.required ?? true,
        content: {
          'application/json': { schema: body.schema },
          ...Object.fromEntries((body.mediaTypes ?? []).map((type) => [type, textOrBinary(type)])),
        },
      },
    }),
    responses: { ...successes(route), ...problems(route) },
  };
}

/** Binary content has no schema in OpenAPI 3.1. */
const textOrBinary = (type: string) =>
  type === 'application/zip' ? {} : { schema: { type: 'string' } as const };

function successes(route: RouteSpec): Responses {
  const entries = Object.entries(route.responses).map(([status, response]) => [
    status,
    {
      description: response.description,
      ...(response.content && { content: contentOf(response.content) }),
      ...(response.headers && { headers: headersOf(response.headers) }),
    },
  ]);
  return Object.fromEntries(entries) as Responses;
}

function contentOf(content: NonNullable<ResponseSpec['content']>) {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [
      type,
      { schema: schema ?? ({ type: 'string' } as const) },
    ]),
  );
}

function headersOf(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } as const },
    ]),
  );
}

/** One response per status, with an example per code. A probe's own 503 keeps its shape beside it. */
function problems(route: RouteSpec): Responses {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(problemCodesOf(route))) {
    const { status } = PROBLEM_CATALOGUE[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const entries = [...byStatus].map(([status, codes]) => {
    const own = route.responses[status];
    return [
      String(status),
      {
        description: own?.description ?? codes.map((c) => PROBLEM_CATALOGUE[c].title).join(' · '),
        content: {
          ...(own?.content && contentOf(own.content)),
          [PROBLEM_MEDIA_TYPE]: {
            schema: problem,
            examples: Object.fromEntries(codes.map((code) => [code, example(code, route)])),
          },
        },
        ...headersOfStatus(status),
      },
    ];
  });
  return Object.fromEntries(entries) as Responses;
}

function headersOfStatus(status: number) {
  if (status === 429 || status === 503) {
    return { headers: headersOf({ 'Retry-After': 'Seconds to wait' }) };
  }
  return status === 401 ? { headers: headersOf({ 'WWW-Authenticate': 'What is accepted' }) } : {};
}

function example(code: ProblemCode, route: RouteSpec) {
  const { status, title, cause } = PROBLEM_CATALOGUE[code];
  const instance = route.path.replace(/:\w+/g, '…');
  const value = { type: `…/${code}`, title, status, detail: cause, code, instance };
  return { summary: title, value: { ...value, requestId: '6f1c2a5e-4f0b-4a57-9a57-0d6f5b3c1e11' } };
}
