import { randomBytes } from 'node:crypto';
import type { JsonObject } from '@sim/domain';
import { freePort } from '../net/ports.js';
import { signUp, type BenchClient } from './client.js';
import { startMeasuredService, startService, type MeasuredServer } from './processes.js';

const BASE = '/api/v1/conversational-workflows';
const AT_ONCE = 16;
/** What is loaded, compiled and cached once is there after so many. */
const WARM_UP = 2_000;
const POINTS = 10;
/** Every so many sessions one is followed as a stream. */
const FOLLOWED = 20;
const RETRIES = 20;
const MEGABYTE = 2 ** 20;
/** Of the heap after the warm-up. */
const FLAT_WITHIN = 0.05;

/** What the service uses after so many sessions have come and gone. */
export interface MemoryLine {
  readonly bench: 'memory';
  /** Since the warm-up. */
  readonly sessions: number;
  readonly heapMegabytes: number;
  readonly externalMegabytes: number;
  readonly rssMegabytes: number;
  /** Of the heap, beside that after the warm-up. */
  readonly change: number;
}

/** Lets sessions come and go over HTTP, and looks at the memory of the service after each tenth of them. */
export async function benchMemory(
  databaseUrl: string,
  sessions: number,
  tell: (line: MemoryLine) => void,
): Promise<MemoryLine[]> {
  const env = environment(databaseUrl);
  const simApp = await startService('sim-app', await freePort(), env);
  const service = await startMeasuredService('conversation-service', await freePort(), {
    ...env,
    SIM_APP_URL: simApp.origin,
  });
  try {
    const client = await signUp(simApp.origin);
    const imported = await client.post<{ workflow: { id: string } }>(
      simApp.origin,
      '/api/v1/workflows/import?name=Memory',
      document(),
    );
    let talked = 0;
    const talk = () => {
      talked += 1;
      return comeAndGo(client, service.origin, imported.workflow.id, talked);
    };
    await talkThrough(WARM_UP, talk);
    const lines = [await look(service, 0, null)];
    lines.forEach(tell);
    for (let point = 1; point <= POINTS; point += 1) {
      await talkThrough(Math.ceil(sessions / POINTS), talk);
      const line = await look(service, Math.ceil(sessions / POINTS) * point, lines[0] ?? null);
      lines.push(line);
      tell(line);
    }
    return lines;
  } finally {
    await Promise.all([simApp.stop(), service.stop()]);
  }
}

/** Whether the heap stayed as it was, in a sentence. */
export function verdictOf(lines: readonly MemoryLine[]): string {
  const most = Math.max(...lines.map(({ change }) => Math.abs(change)));
  const flat = most <= FLAT_WITHIN;
  const percent = `${Math.round(most * 1000) / 10} %`;
  return flat
    ? `The heap is flat: within ${percent} of what it was after the warm-up.`
    : `✗ The heap is not flat: it moved by ${percent}, more than ${FLAT_WITHIN * 100} %.`;
}

function environment(databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    JWT_SECRET: randomBytes(32).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    METRICS_ENABLED: 'false',
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    API_RATE_LIMIT_MAX: '1000000000',
    CONVERSATION_RATE_LIMIT_MAX: '1000000000',
    MAX_CONCURRENT_SESSIONS: '1000000',
    MAX_SESSIONS_PER_USER: '1000000',
  };
}

/** A question, a condition, a function and a response. */
function document(): JsonObject {
  const block = (id: string, type: string, values: JsonObject): [string, JsonObject] => [
    id,
    {
      ...{ id, type, name: id, position: { x: 0, y: 0 }, enabled: true, outputs: {}, data: {} },
      subBlocks: Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, { id: key, type: 'code', value }]),
      ),
    },
  ];
  const field = (name: string, type: string): JsonObject => ({ id: name, name, type });
  const edge = (source: string, target: string, sourceHandle = 'source'): JsonObject => ({
    ...{ id: `${source}-${target}`, source, target, sourceHandle },
  });
  const blocks = [
    block('start', 'start_trigger', {
      inputFormat: [field('city', 'string'), field('amount', 'number')],
    }),
    block('check', 'condition', {
      conditions: [
        { id: 'check-if', title: 'if', value: '<start.amount> > 100' },
        { id: 'check-else', title: 'else', value: '' },
      ],
    }),
    block('double', 'function', { code: 'return <start.amount> * 2' }),
    block('end', 'response', { dataMode: 'json', data: '{"city": "<start.city>"}' }),
  ];
  const edges = [
    edge('start', 'check'),
    edge('check', 'double', 'condition-check-if'),
    edge('check', 'end', 'condition-check-else'),
    edge('double', 'end'),
  ];
  return {
    version: '1.0',
    exportedAt: '2026-01-01T00:00:00.000Z',
    state: { blocks: Object.fromEntries(blocks), edges, loops: {}, parallels: {}, variables: {} },
  };
}

async function talkThrough(sessions: number, talk: () => Promise<void>): Promise<void> {
  let left = sessions;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await talk();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** One session from its opening to its end. */
async function comeAndGo(
  client: BenchClient,
  origin: string,
  workflowId: string,
  number: number,
): Promise<void> {
  const { sessionId } = await client.post<{ sessionId: string }>(origin, `${BASE}/sessions`, {
    workflowId,
  });
  const path = `${BASE}/sessions/${sessionId}`;
  const followed = number % FOLLOWED === 0 ? follow(client, `${origin}${path}/events`) : null;
  const say = (naturalLanguageInput: string) =>
    client.post<Turn>(origin, `${path}/commands`, { naturalLanguageInput });
  await say('Springfield');
  await say('status');
  let { state } = await say(String(number % 200));
  // On a machine with much else to do an expression may take too long.
  for (let left = RETRIES; state.executionStatus !== 'completed'; left -= 1) {
    if (left === 0) throw new TypeError(`Session ${sessionId} is not completed.`);
    ({ state } = await say('try again'));
  }
  await followed;
}

interface Turn {
  readonly state: { readonly executionStatus: string };
}

/** Reads the stream of a session to its end, and hangs up. */
async function follow({ token }: BenchClient, url: string): Promise<void> {
  const hangUp = new AbortController();
  const response = await fetch(url, {
    signal: hangUp.signal,
    headers: { Accept: 'text/event-stream', Authorization: `Bearer ${token}` },
  });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.includes('event: completed')) break;
  }
  hangUp.abort();
}

async function look(
  service: MeasuredServer,
  sessions: number,
  first: MemoryLine | null,
): Promise<MemoryLine> {
  const { heapUsed, external, rss } = await service.memory();
  const heapMegabytes = inMegabytes(heapUsed);
  const before = first?.heapMegabytes ?? heapMegabytes;
  return {
    bench: 'memory',
    sessions,
    heapMegabytes,
    externalMegabytes: inMegabytes(external),
    rssMegabytes: inMegabytes(rss),
    change: Math.round((heapMegabytes / before - 1) * 1000) / 1000,
  };
}

const inMegabytes = (bytes: number): number => Math.round((bytes / MEGABYTE) * 100) / 100;
