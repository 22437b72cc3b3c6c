import type { Server as HttpServer } from 'node:http';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { SOCKET_PATH } from '@sim/contracts';
import { socketAdapterClients } from '@sim/redis';
import type { Express } from 'express';
import { Server } from 'socket.io';
import type { SimAppContext } from '../context.js';
import { DEFAULT_BACKLOG, hangUp, type BacklogLimit } from './backlog.js';
import { answerEvents, dismiss, type ConnectionPorts, type Handlers } from './connection.js';
import { createConversationClient } from './conversation-client.js';
import { createDoor } from './door.js';
import { DEFAULT_EVENT_RATE, type EventRate } from './event-rate.js';
import { createFeedHub } from './feed-hub.js';
import { createFollowers } from './followers.js';
import { createHandlers, type HandlerPorts } from './handlers.js';
import { createJourneyReader } from './journey-reader.js';
import { createOutbox, type Outbox } from './outbox.js';
import { originRules } from './origin.js';
import { conversationsOff, realTimeUpdatesOff, shuttingDown, tokenExpired } from './problems.js';
import { createSocketMetrics } from './socket-metrics.js';
import { workspaceRoom, type GatewayServer, type GatewaySocket } from './types.js';

/** The live connections of browsers. */
export interface Gateway {
  /** Serves socket.io on this server, beside what else it serves. */
  attach(server: HttpServer): void;
  /** Takes nothing new, lets commands under way finish, and asks the clients to connect elsewhere. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** What tests make smaller. */
export interface GatewayLimits {
  readonly backlog: BacklogLimit;
  readonly eventRate: EventRate;
  readonly maxJoined: number;
  /** Between two looks at sessions of which the bus says nothing, and at the flags; in milliseconds. */
  readonly lookEveryMs: number;
  /** How long commands under way may take at the end, in milliseconds. */
  readonly graceMs: number;
}

const DEFAULT_LIMITS: GatewayLimits = {
  backlog: DEFAULT_BACKLOG,
  eventRate: DEFAULT_EVENT_RATE,
  maxJoined: 100,
  lookEveryMs: 2000,
  graceMs: 5000,
};

/** As large as a body of the REST API. */
const MAX_PAYLOAD_BYTES = 1_000_000;
/** Who has not said within this time who they are is not awaited any longer. */
const MAX_HANDSHAKE_MS = 15_000;
/** A timer holds no more. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Composes the gateway; nothing listens before it is attached. */
export function createGateway(
  context: SimAppContext,
  app: Express,
  limits: Partial<GatewayLimits> = {},
): Gateway {
  const set = { ...DEFAULT_LIMITS, ...limits };
  const door = createDoor(context);
  const io = createServer(context, app, () => door.isOverrun());
  const sockets = io.of('/');
  const metrics = createSocketMetrics(context.metrics, () => door.count);
  const outbox = createOutbox(sockets, metrics, context.redis !== null);
  const followers = createFollowers();
  const hub = createFeedHub({
    sessions: context.sessions,
    journeyOf: createJourneyReader(context.journeys),
    bus: context.bus,
    versions: (ids) => context.sessionVersions(ids),
    listenerFor: (sessionId) => outbox.listenerFor(sessionId, followers, context.docsBase),
    logger: context.logger,
    lookEveryMs: set.lookEveryMs,
  });
  const underWay = new Set<Promise<void>>();
  let draining = false;
  const ports: ConnectionPorts = {
    handlers: handlersFor(context, set, { hub, followers, outbox }),
    docsBase: context.docsBase,
    eventRate: set.eventRate,
    backlog: set.backlog,
    isDraining: () => draining,
    track: (work) => {
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    },
    received: (event) => metrics.received(event),
    sendError: (socket, refused, event) => {
      const about = event === undefined ? {} : { event };
      outbox.send(socket, ['error', { ...refused, ...about }]);
    },
  };
  sockets.use((socket, next) => {
    door.admit(socket, draining).then(
      () => next(),
      (error: unknown) => next(door.refusal(error)),
    );
  });
  sockets.on('connection', (socket) => {
    welcome(socket, ports, () => followers.removeAll(socket));
  });
  const flagLook = setInterval(() => {
    if (context.flags.current().realTimeUpdates.enabled) return;
    for (const socket of sockets.sockets.values()) dismiss(socket, realTimeUpdatesOff(), ports);
  }, set.lookEveryMs).unref();
  const drain = async (): Promise<void> => {
    draining = true;
    await settled(underWay, set.graceMs);
    for (const socket of sockets.sockets.values()) dismiss(socket, shuttingDown(), ports);
    // Those who have not said who they are.
    for (const conn of door.waiting()) hangUp(conn);
  };
  return {
    attach(server) {
      io.attach(server);
      io.engine.on('connection', (conn: GatewaySocket['conn']) => door.knock(conn));
    },
    drain,
    async close() {
      clearInterval(flagLook);
      draining = true;
      for (const socket of sockets.sockets.values()) hangUp(socket.conn, 0);
      await hub.close();
      await io.close();
    },
  };
}

function handlersFor(
  { config, logger }: SimAppContext,
  { backlog, lookEveryMs, maxJoined }: GatewayLimits,
  parts: Pick<HandlerPorts, 'hub' | 'followers'> & { readonly outbox: Outbox },
): Handlers {
  const { hub, followers, outbox } = parts;
  return createHandlers({
    hub,
    followers,
    conversations: config.conversation.enabled
      ? createConversationClient({ serviceUrl: config.conversation.serviceUrl })
      : () => Promise.reject(conversationsOff()),
    send: (socket, message) => outbox.send(socket, message),
    announce: (update) => outbox.announce(update),
    onFailure: (err) => logger.warn({ err }, 'a session cannot be followed'),
    backlog,
    retryMs: lookEveryMs,
    maxJoined,
  });
}

function createServer(context: SimAppContext, app: Express, isFull: () => boolean): GatewayServer {
  const { config, embedded, redis } = context;
  const { heartbeatMs, timeoutMs } = config.sockets;
  const cors = { origins: config.cors.origins, embedded };
  const io: GatewayServer = new Server({
    path: SOCKET_PATH,
    serveClient: false,
    pingInterval: heartbeatMs,
    // Both sides take a connection for dead on which they have heard nothing for the whole time.
    pingTimeout: timeoutMs - heartbeatMs,
    connectTimeout: Math.min(timeoutMs, MAX_HANDSHAKE_MS),
    maxHttpBufferSize: MAX_PAYLOAD_BYTES,
    ...originRules(app, cors, isFull),
  });
  if (redis !== null) {
    const { publisher, subscriber } = socketAdapterClients(redis);
    // Sessions are local, each replica reads them itself: only what is for a workspace goes over Redis.
    const options = {
      channelPrefix: redis.keys.socketAdapter,
      subscriptionMode: 'static',
    } as const;
    io.adapter(createShardedAdapter(publisher, subscriber, options));
  }
  return io;
}

function welcome(socket: GatewaySocket, ports: ConnectionPorts, onGone: () => void): void {
  const { refusedAt, workspaceUpdates, principal, log } = socket.data;
  log.info({ transport: socket.conn.transport.name }, 'socket connected');
  if (workspaceUpdates) void socket.join(workspaceRoom(principal.workspaceId));
  const left = Math.min(Math.max(0, refusedAt - Date.now()), LONGEST_TIMER_MS);
  const expiry = setTimeout(() => dismiss(socket, tokenExpired(), ports), left).unref();
  answerEvents(socket, ports);
  socket.on('disconnect', (reason) => {
    clearTimeout(expiry);
    onGone();
    log.info({ reason }, 'socket disconnected');
  });
}

async function settled(work: ReadonlySet<Promise<void>>, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([Promise.allSettled(work), grace]);
  clearTimeout(timer);
}
