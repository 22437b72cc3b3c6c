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
  const url = `${baseUrl}/api/v1/conversational-workflows/sessions/${sessionId}/events`;
  const hangUp = new AbortController();
  const response = await fetch(url, {
    signal: hangUp.signal,
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  });
  const events = parse(response);
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
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
      hangUp.abort();
      await events.return(undefined).catch(() => undefined);
    },
  };
}

async function* parse(response: Response): AsyncGenerator<ReceivedEvent, undefined> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
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
