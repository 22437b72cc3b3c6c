import type { Request, Response } from 'express';

/** One event of a stream. */
export interface StreamEvent {
  /** Comes back as `Last-Event-ID` when the client reconnects. */
  readonly id?: string | number;
  readonly event?: string;
  /** Sent as JSON, on one line. */
  readonly data: unknown;
}

/** An answer of `text/event-stream` that is open. */
export interface EventStream {
  readonly closed: boolean;
  /** The `Last-Event-ID` that the client came with. */
  readonly lastEventId: string | undefined;
  /**
   * Sends an event and resolves once the client takes more; `false` where the stream is closed.
   * Await it between events: it is what keeps a slow client from filling the memory.
   */
  send(event: StreamEvent): Promise<boolean>;
  close(): void;
  /** Called once when the stream ends, by either side; at once where it has ended. */
  onClose(listener: () => void): void;
}

/** Options of {@link openEventStream}. */
export interface EventStreamOptions {
  /** How often a comment shows that the stream is alive. Default 15 s, below any proxy's time-out. */
  readonly heartbeatMs?: number;
  /** How long a client shall wait before it reconnects. Default 2 s. */
  readonly retryMs?: number;
  /** A client that leaves this much unread is cut off; it reconnects where it was. Default 1 MB. */
  readonly maxBufferedBytes?: number;
}

const DEFAULTS = { heartbeatMs: 15_000, retryMs: 2000, maxBufferedBytes: 1_048_576 };

/** Begins an event stream as the answer to a request. */
export function openEventStream(
  req: Request,
  res: Response,
  options: EventStreamOptions = {},
): EventStream {
  const { heartbeatMs, retryMs, maxBufferedBytes } = { ...DEFAULTS, ...options };
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    Connection: 'keep-alive',
    // NGINX would collect the stream before it passes it on.
    'X-Accel-Buffering': 'no',
  });
  res.flushHeaders();
  req.socket.setNoDelay(true);

  const isClosed = (): boolean => res.writableEnded || res.destroyed;
  const write = (chunk: string): boolean => {
    if (isClosed()) return false;
    res.write(chunk);
    if (res.writableLength > maxBufferedBytes) res.destroy();
    return !isClosed();
  };
  write(`retry: ${retryMs}\n\n`);
  const heartbeat = setInterval(() => write(': alive\n\n'), heartbeatMs).unref();
  res.once('close', () => clearInterval(heartbeat));

  return {
    get closed() {
      return isClosed();
    },
    lastEventId: req.get('last-event-id'),
    send: async (event) => {
      if (!write(formatEvent(event))) return false;
      if (res.writableNeedDrain) await drained(res);
      return !isClosed();
    },
    close: () => {
      if (!isClosed()) res.end();
    },
    onClose: (listener) => {
      if (isClosed()) listener();
      else res.once('close', listener);
    },
  };
}

function drained(res: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done);
      res.off('close', done);
      resolve();
    };
    res.once('drain', done);
    res.once('close', done);
  });
}

function formatEvent({ id, event, data }: StreamEvent): string {
  const head = [
    ...(id === undefined ? [] : [`id: ${oneLine(String(id))}\n`]),
    ...(event === undefined ? [] : [`event: ${oneLine(event)}\n`]),
  ];
  // `undefined` and functions have no JSON.
  const json = (JSON.stringify(data) as string | undefined) ?? 'null';
  return `${head.join('')}data: ${json}\n\n`;
}

/** A line break would begin another field. */
const oneLine = (text: string): string => text.replace(/[\r\n\0]/g, ' ');

/** The open streams of a server, so that its shutdown can end them. */
export interface EventStreams {
  readonly count: number;
  open(req: Request, res: Response, options?: EventStreamOptions): EventStream;
  closeAll(): void;
}

/**
 * Keeps track of open streams.
 * @example server.onClosing(() => streams.closeAll());
 */
export function createEventStreams(defaults: EventStreamOptions = {}): EventStreams {
  const streams = new Set<EventStream>();
  return {
    get count() {
      return streams.size;
    },
    open: (req, res, options) => {
      const stream = openEventStream(req, res, { ...defaults, ...options });
      streams.add(stream);
      stream.onClose(() => streams.delete(stream));
      return stream;
    },
    closeAll: () => {
      for (const stream of streams) stream.close();
    },
  };
}
