import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CONVERSATION_BASE_PATH } from '@sim/contracts';
import { sendProblem, serviceUnavailable } from '@sim/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import { createProxyMiddleware, type Options } from 'http-proxy-middleware';

/** Options of {@link forwardConversations}. */
export interface ForwardingOptions {
  /** `CONVERSATION_SERVICE_URL`. */
  readonly target: string;
  readonly docsBase: string;
  /** How long the service may be silent. Streams send something every 15 seconds. */
  readonly silenceMs?: number;
}

const DEFAULT_SILENCE_MS = 120_000;
/** A service that restarts is back within seconds. */
const RETRY_AFTER_SECONDS = 5;

/** The way to conversation-service. */
export interface Forwarding {
  /** Passes on what stands below the path of conversations. */
  readonly handler: RequestHandler;
  /** Passes every request that comes to it on to another path of the service. */
  to(other: Redirection): RequestHandler;
  /** Ends the event streams that go through here; their clients come back elsewhere. */
  endStreams(): void;
}

/** Requests that are passed on to another path. */
export interface Redirection {
  /** Where to, query included. */
  readonly path: (req: Request) => string;
  /** Told of each answer before it is passed back. */
  readonly onAnswer?: (answer: IncomingMessage, req: Request) => void;
}

/**
 * Passes requests on to conversation-service as they are, bodies unread, streams unbuffered. When a
 * client goes away, so does the request to the service; when the service cannot be reached, the
 * answer is a problem with `Retry-After`.
 */
export function forwardConversations(options: ForwardingOptions): Forwarding {
  const streams = new Set<Response>();
  const below = (path: string) => path === CONVERSATION_BASE_PATH || path.startsWith(BELOW);
  return {
    handler: proxy(options, streams, { pathFilter: below }),
    to: ({ path, onAnswer }) =>
      proxy(options, streams, { pathRewrite: (_path, req) => path(req) }, onAnswer),
    endStreams: () => {
      for (const stream of streams) stream.end();
    },
  };
}

function proxy(
  options: ForwardingOptions,
  streams: Set<Response>,
  paths: Pick<Options<Request, Response>, 'pathFilter' | 'pathRewrite'>,
  onAnswer?: Redirection['onAnswer'],
): RequestHandler {
  const handler = createProxyMiddleware<Request, Response>({
    target: options.target,
    ...paths,
    xfwd: true,
    // A connection each: one that is kept may be closed by the service at the moment of its reuse,
    // and a write must not be sent twice.
    agent: false,
    proxyTimeout: options.silenceMs ?? DEFAULT_SILENCE_MS,
    // The library's own plugins answer errors with plain text and log to the console.
    ejectPlugins: true,
    plugins: [
      (server) => {
        server.on('proxyReq', tieTogether);
        server.on('proxyRes', (answer, req, res) => {
          onAnswer?.(answer, req);
          passAnswer(answer, res);
          if (isEventStream(answer)) keepTrack(streams, res);
        });
        server.on('error', (error, req, res) => fail(error, req, res, options));
      },
    ],
  });
  return handler as RequestHandler;
}

const BELOW = `${CONVERSATION_BASE_PATH}/`;

/** The request to the service carries the id of the client's, and ends with it. */
function tieTogether(outgoing: ClientRequest, req: Request, res: Response): void {
  outgoing.setHeader('X-Request-Id', req.id);
  res.once('close', () => outgoing.destroy());
}

function passAnswer(answer: IncomingMessage, res: Response): void {
  // They are about the connection to the service, not about the client's.
  delete answer.headers.connection;
  delete answer.headers['keep-alive'];
  answer.once('close', () => {
    // A service that breaks off must not look like one that has said all.
    if (!answer.complete) res.destroy();
  });
}

const isEventStream = (answer: IncomingMessage): boolean =>
  answer.headers['content-type']?.startsWith('text/event-stream') === true;

function keepTrack(streams: Set<Response>, res: Response): void {
  streams.add(res);
  res.once('close', () => streams.delete(res));
}

function fail(
  error: Error,
  req: Request,
  res: Response | Socket,
  { docsBase, target }: ForwardingOptions,
): void {
  if (!('setHeader' in res) || res.headersSent) {
    // Half an answer is out, or it is a socket: cutting it is the only way to say that it failed.
    res.destroy();
    return;
  }
  if (req.socket.destroyed) return;
  req.log.warn({ err: error, target }, 'conversation-service cannot be reached');
  const problem = serviceUnavailable(
    RETRY_AFTER_SECONDS,
    'conversation_service_unavailable',
    `The conversation service cannot be reached. Try again in ${RETRY_AFTER_SECONDS} seconds.`,
  );
  sendProblem(req, res, problem, docsBase);
}
