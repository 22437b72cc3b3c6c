import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { BodyOf } from './contract-client.js';

type SessionEvent = BodyOf<'listEvents'>['items'][number];

/** One event as a stream brings it. */
export interface ReceivedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: SessionEvent;
}

/** A client of an event stream. */
export interface EventListener {
  readonly status: number;
  readonly contentType: string | null;
  /** The next events until one is as wanted, that one among them. Waits as long as the test may. */
  until(wanted: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent[]>;
  /** Hangs up. */
  close(): Promise<void>;
}

/** The stream ended before the event came that was waited for. */
export class StreamEndedError extends Error {
  constructor() {
    super('The stream ended before the event came.');
    this.name = 'StreamEndedError';
  }
}

/** Opens a session's event stream, from `lastEventId` on where it is given. */
export async function listenToEvents(
  baseUrl: string,
  token: string,
  sessionId: string,
  lastEventId?: string,
): Promise<EventListener> {
  const path = `/api/v1/conversational-workflows/sessions/${sessionId}/events`;
  // A connection of its own, which ends with the stream.
  const request = get(new URL(path, baseUrl), {
    agent: false,
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const events = parse(response);
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? null,
    async until(wanted) {
      const received: ReceivedEvent[] = [];
      for (;;) {
        const { value, done } = await events.next();
        if (done) throw new StreamEndedError();
        received.push(value);
        if (wanted(value)) return received;
      }
    },
    async close() {
      response.destroy();
      await events.return(undefined);
    },
  };
}

async function* parse(response: IncomingMessage): AsyncGenerator<ReceivedEvent, undefined> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += String(chunk);
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) yield event;
    }
  }
  return undefined;
}

/** Null for comments and for what sets the stream up. */
function parseBlock(block: string): ReceivedEvent | null {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)] as const;
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  return {
    id: fields.get('id') ?? '',
    event: fields.get('event') ?? '',
    data: JSON.parse(data) as SessionEvent,
  };
}
