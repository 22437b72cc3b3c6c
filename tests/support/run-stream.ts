/** One event of a run's stream. */
export interface RunEvent {
  /** Empty where it is not one of the log. */
  readonly id: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** A run that is being followed from its beginning. */
export interface RunStream {
  readonly response: Response;
  /** The next events until one is of this type, that one among them; or all that are left. */
  until(type?: string): Promise<RunEvent[]>;
  /** Hangs up. */
  hangUp(): void;
}

/** Runs a workflow over HTTP and takes its events as they come. */
export async function streamRun(
  url: string,
  token: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<RunStream> {
  const controller = new AbortController();
  const response = await fetch(url, {
    method: 'POST',
    signal: controller.signal,
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const events = eventsIn(response);
  return {
    response,
    until: async (type) => {
      const received: RunEvent[] = [];
      for (;;) {
        const next = await events.next();
        if (next.done) return received;
        received.push(next.value);
        if (next.value.event === type) return received;
      }
    },
    hangUp: () => controller.abort(),
  };
}

async function* eventsIn({ body }: Response): AsyncGenerator<RunEvent, undefined> {
  let text = '';
  const decoder = new TextDecoder();
  if (body === null) return undefined;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parsed(block);
      if (event) yield event;
    }
  }
  return undefined;
}

/** Null for comments and for what sets the stream up. */
function parsed(block: string): RunEvent | null {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  if (data === undefined) return null;
  return {
    id: field('id') ?? '',
    event: field('event') ?? '',
    data: JSON.parse(data) as Record<string, unknown>,
  };
}
