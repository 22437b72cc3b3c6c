import { CONVERSATION_BASE_PATH, openApiDocument } from '@sim/contracts';
import {
  apiDocs,
  bearerAuth,
  conversationLimiter,
  cors,
  createEventStreams,
  generalLimiter,
  notFoundHandler,
  problemHandler,
  requestLogging,
  securityHeaders,
} from '@sim/service-kit';
import { rateLimitStore } from '@sim/redis';
import express, { type Express, type RequestHandler } from 'express';
import { resolveApiKey } from './api-keys.js';
import type { ConversationContext } from './context.js';
import { migrationRoutes } from './journeys/migrate-sessions.js';
import { journeyRoutes } from './journeys/routes.js';
import { languageRoutes } from './language/routes.js';
import { createServiceHealth } from './platform/health.js';
import { engineProblems, storeProblems } from './problems.js';
import { resumeRoutes } from './resume/routes.js';
import { runRoutes } from './runs/routes.js';
import { sessionRoutes } from './sessions/routes.js';

/** The service, composed and not yet listening. */
export interface ConversationService {
  readonly app: Express;
  /** Begins to fire timers and to look after sessions. */
  start(): void;
  /** Makes `/ready` say no, before the server closes. */
  drain(): void;
  /** Ends the open event streams; their clients come back elsewhere. */
  endStreams(): void;
  /** Finishes the turns under way and lets go of everything. */
  stop(): Promise<void>;
}

/** Composes the service over a context. */
export function createConversationService(context: ConversationContext): ConversationService {
  const { config, secrets, logger } = context;
  const streams = createEventStreams();
  const health = createServiceHealth(context);
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.http.trustProxy);
  app.use(requestLogging(logger), context.metrics.middleware, securityHeaders());
  app.use(cors({ origins: config.cors.origins, embedded: context.embedded }));
  app.use(health.router);
  app.use(CONVERSATION_BASE_PATH, health.router);
  const docs = apiDocs(openApiDocument('conversation-service', context.version));
  // Below the base path as well, where sim-app and a proxy lead to this service.
  app.use(docs);
  app.use(CONVERSATION_BASE_PATH, docs);
  app.use(
    '/api/',
    generalLimiter({ ...config.rateLimits.api, logger, ...storeOf(context, 'api') }),
  );
  app.use(resumeRoutes(context, linkLimiter(context)));
  app.use(
    CONVERSATION_BASE_PATH,
    bearerAuth({ secret: secrets.jwt, apiKeyResolver: resolveApiKey(context) }),
  );
  const limitCommands = conversationLimiter({
    ...config.rateLimits.conversation,
    logger,
    ...storeOf(context, 'conversation'),
  });
  app.use(journeyRoutes(context.journeyService));
  app.use(migrationRoutes(context.migration));
  app.use(sessionRoutes(context, streams, limitCommands));
  app.use(runRoutes(context, streams, limitCommands));
  app.use(languageRoutes(context));
  app.use(notFoundHandler());
  app.use(problemHandler({ docsBase: context.docsBase, mappers: [engineProblems, storeProblems] }));
  return {
    app,
    start: () => context.startUpkeep(),
    drain: () => health.drain(),
    endStreams: () => streams.closeAll(),
    stop: () => context.close(),
  };
}

/** Nobody is signed in there, so it counts by address; as many as there may be commands. */
function linkLimiter(context: ConversationContext): RequestHandler {
  const { config, logger } = context;
  return generalLimiter({
    ...config.rateLimits.conversation,
    logger,
    ...storeOf(context, 'resume'),
  });
}

function storeOf({ redis }: ConversationContext, limiter: string) {
  return redis ? { store: rateLimitStore(redis, limiter) } : {};
}
