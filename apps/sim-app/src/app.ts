import { createServer, type Server } from 'node:http';
import { openApiDocument } from '@sim/contracts';
import { rateLimitStore } from '@sim/redis';
import {
  apiDocs,
  bearerAuth,
  cors,
  generalLimiter,
  notFoundHandler,
  problemHandler,
  requestLogging,
  securityHeaders,
} from '@sim/service-kit';
import express, { Router, type Express } from 'express';
import { auditRoutes } from './audit/routes.js';
import type { SimAppContext } from './context.js';
import { flagRoutes } from './flags/routes.js';
import { forwardConversations, type Forwarding } from './forwarding/forward.js';
import { createGateway, type GatewayLimits } from './gateway/gateway.js';
import { createSimAppHealth } from './health/health.js';
import { homeRoutes } from './home/routes.js';
import type { EndpointHost } from './http/endpoint.js';
import { storeProblemHandler } from './http/problems.js';
import type { TokenPorts } from './identity/create-token.js';
import { identityRoutes } from './identity/routes.js';
import { knowledgeRoutes } from './knowledge/routes.js';
import { secretRoutes } from './secrets/routes.js';
import { builtInTools } from './tools/built-in.js';
import { toolRoutes } from './tools/routes.js';
import { webhookRoutes } from './webhooks/routes.js';
import { runRoute } from './workflows/run-route.js';
import { workflowRoutes } from './workflows/routes.js';
import { createWorkspaceFor, personalName } from './workspaces/create-workspace.js';
import { workspaceRoutes } from './workspaces/routes.js';

/** The service, composed and not yet listening. */
export interface SimApp {
  readonly app: Express;
  /** Serves the app and, at `/socket.io/`, live connections. */
  readonly server: Server;
  /** Makes `/ready` say no, before the server closes. */
  drain(): void;
  /** Ends what stays open, once commands under way are done; the clients come back elsewhere. */
  endStreams(): Promise<void>;
  /** Lets go of everything. */
  stop(): Promise<void>;
}

/** Composes the service over a context. `limits` are those of live connections. */
export function createSimApp(context: SimAppContext, limits?: Partial<GatewayLimits>): SimApp {
  const { config, logger, docsBase } = context;
  const health = createSimAppHealth(context);
  const app = express();
  app.disable('x-powered-by');
  // The endpoints send ETags of their own, which mean a version.
  app.set('etag', false);
  app.set('trust proxy', config.http.trustProxy);
  app.use(requestLogging(logger), context.metrics.middleware, securityHeaders());
  app.use(cors({ origins: config.cors.origins, embedded: context.embedded }));
  app.use(health.router);
  app.use(homeRoutes(context.version, context.samples, docsBase));
  app.use(apiDocs(openApiDocument('sim-app', context.version)));
  // Before any limit and any parser: the service behind it has its own.
  const conversations = forwardConversations({ target: config.conversation.serviceUrl, docsBase });
  if (config.conversation.enabled) app.use(conversations.handler);
  app.use('/api/', generalLimiter({ ...config.rateLimits.api, logger, ...limitStore(context) }));
  app.use(apiRoutes(context, conversations));
  app.use(notFoundHandler());
  app.use(storeProblemHandler(), problemHandler({ docsBase }));
  const server = createServer(app);
  const gateway = createGateway(context, app, limits);
  gateway.attach(server);
  return {
    app,
    server,
    drain: () => health.drain(),
    async endStreams() {
      conversations.endStreams();
      await gateway.drain();
    },
    async stop() {
      await gateway.close();
      await context.close();
    },
  };
}

function limitStore({ redis }: SimAppContext) {
  return redis === null ? {} : { store: rateLimitStore(redis, 'api') };
}

function apiRoutes(context: SimAppContext, conversations: Forwarding): Router {
  const { secrets, signIn, audit, workspaces, members, apiKeys, workflows, clock } = context;
  const resolveApiKey = context.apiKeyAccess.resolve;
  const tools = builtInTools({ withModel: context.config.model !== null });
  const host: EndpointHost = {
    router: Router(),
    authenticate: bearerAuth({ secret: secrets.jwt, apiKeyResolver: resolveApiKey }),
  };
  identityRoutes(host, { signIn, audit, resolveApiKey, tokens: tokenPorts(context) });
  workspaceRoutes(host, { workspaces, members, apiKeys, audit, clock });
  const knownTypes = new Set(tools.map(({ id }) => id));
  const { toolStore } = context;
  workflowRoutes(host, { workflows, toolStore, audit, clock, knownTypes });
  runRoute(host, { workflows, audit, conversations });
  secretRoutes(host, { secrets: context.secretStore, audit, clock });
  knowledgeRoutes(host, { knowledge: context.knowledge, audit, clock });
  auditRoutes(host, context.database);
  toolRoutes(host, { ...context, builtIn: tools });
  webhookRoutes(host, context);
  flagRoutes(host, context.flags);
  return host.router;
}

function tokenPorts({ config, secrets, workspaces, clock }: SimAppContext): TokenPorts {
  return {
    secret: secrets.jwt,
    expiresInSeconds: config.identity.accessTokenSeconds,
    membershipOf: (userId, workspaceId) => workspaces.membershipOf(userId, workspaceId),
    createPersonalWorkspace: ({ userId, name }) =>
      createWorkspaceFor(workspaces, userId, personalName(name), clock()),
  };
}
