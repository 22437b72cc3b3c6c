import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../net/ports.js';
import { signUp } from './client.js';
import { startService } from './processes.js';
import { openWriter, type SessionWriter } from './session-writer.js';
import type { ClientOrder, ClientWord } from './socket-clients.js';
import { importAsking } from './turns.js';

const BASE = '/api/v1/conversational-workflows';
/** Followers of the one session. */
const FOLLOWERS = 1_000;
/** Connections that are held at the same time. */
const HELD = 4_000;
/** Events of a turn, which come together. */
const EVENTS = 10;
/** Batches under way, so that the server is never idle. */
const WINDOW = 8;
const PACE_MS = 100;

/** What one server was measured at. */
export interface SocketFigures {
  readonly server: 'gateway' | 'bare';
  readonly held: number;
  /** Of the server, for each connection held beyond none, in kilobytes; null where it cannot be read. */
  readonly kilobytesEach: number | null;
  readonly messagesPerSecond: number;
  /** Processor time of the server for each message, in microseconds. */
  readonly cpuMicroseconds: number | null;
  /** From the writing to the client, at one event each 100 ms; milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** One line of the benchmark. */
export interface SocketsLine {
  readonly bench: 'sockets';
  readonly followers: number;
  readonly gateway: SocketFigures;
  readonly bare: SocketFigures;
  /** Of the bare server's messages a second. */
  readonly share: number;
}

/** A server under measurement: tells one batch to all its followers. */
interface Subject {
  readonly name: SocketFigures['server'];
  readonly child: ChildProcess;
  readonly url: string;
  readonly tell: (events: number) => Promise<void>;
}

/** The gateway beside a bare socket.io server: the same clients, the same messages, in turns. */
export async function benchSockets(databaseUrl: string, durationMs: number): Promise<SocketsLine> {
  const { env, token, sessionId } = await prepare(databaseUrl);
  const writer = await openWriter(databaseUrl, sessionId);
  const children: ChildProcess[] = [];
  const begin = (file: URL, more: Readonly<Record<string, string>> = {}) => {
    const child = start(file, more);
    children.push(child);
    return child;
  };
  try {
    const clients = begin(new URL('./socket-clients.js', import.meta.url));
    const subjects = [
      await bareSubject(
        begin(new URL('./bare-socket-server.js', import.meta.url)),
        writer,
        sessionId,
      ),
      await gatewaySubject(begin(new URL('./gateway-server.js', import.meta.url), env), writer),
    ];
    const load = { token, sessionId, durationMs };
    const held = new Map<Subject, Held>();
    for (const subject of subjects) held.set(subject, await measureHeld(subject, clients, load));
    // Turn and turn about, so that what else the machine does meets both.
    const rounds = new Map<Subject, FanOut[]>(subjects.map((subject) => [subject, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const subject of subjects) {
        rounds.get(subject)?.push(await measureFanOut(subject, clients, load));
      }
    }
    const [bare, gateway] = subjects.map((subject) => ({
      server: subject.name,
      ...(held.get(subject) ?? NOTHING_HELD),
      ...average(rounds.get(subject) ?? []),
    })) as [SocketFigures, SocketFigures];
    const share = Math.round((gateway.messagesPerSecond / bare.messagesPerSecond) * 100) / 100;
    return { bench: 'sockets', followers: FOLLOWERS, gateway, bare, share };
  } finally {
    for (const child of children) child.kill();
    await writer.close();
  }
}

/** Somebody with a session, and the settings of the services. */
async function prepare(databaseUrl: string) {
  const env = {
    DATABASE_URL: databaseUrl,
    JWT_SECRET: randomBytes(32).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    METRICS_ENABLED: 'false',
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    WS_MAX_CONNECTIONS: '100000',
  };
  const simApp = await startService('sim-app', await freePort(), env);
  const service = await startService('conversation-service', await freePort(), env);
  try {
    const client = await signUp(simApp.origin);
    const workflowId = await importAsking(client, simApp.origin);
    const opened = await client.post<{ sessionId: string }>(service.origin, `${BASE}/sessions`, {
      workflowId,
    });
    return { env, token: client.token, sessionId: opened.sessionId };
  } finally {
    await Promise.all([simApp.stop(), service.stop()]);
  }
}

async function gatewaySubject(child: ChildProcess, writer: SessionWriter): Promise<Subject> {
  return {
    name: 'gateway',
    child,
    url: await urlOf(child),
    async tell(events) {
      child.send({ channel: writer.channel, message: await writer.write(events) });
    },
  };
}

/** Is handed what the gateway would send: after the same writes, messages of the same size. */
async function bareSubject(
  child: ChildProcess,
  writer: SessionWriter,
  sessionId: string,
): Promise<Subject> {
  const url = await urlOf(child);
  const state = { sessionId, state: 'x'.repeat(STATE_BYTES) };
  return {
    name: 'bare',
    child,
    url,
    async tell(events) {
      const text = `${performance.timeOrigin + performance.now()} ${'x'.repeat(200)}`;
      await writer.write(events);
      const event = { sessionId, eventId: 1, type: 'user-said', nodeId: null, nodeName: null };
      const data = { text, intent: 'provide-value', confidence: 1 };
      const sent = { ...event, durationMs: null, data, createdAt: new Date().toISOString() };
      child.send([
        ...Array.from({ length: events }, () => ['execution-event', sent]),
        ['workflow-state-update', state],
      ]);
    },
  };
}

/** About the size of the state of the session of the benchmark. */
const STATE_BYTES = 900;

interface Load {
  readonly token: string;
  readonly sessionId: string;
  readonly durationMs: number;
}

type Held = Pick<SocketFigures, 'held' | 'kilobytesEach'>;
type FanOut = Omit<SocketFigures, 'server' | keyof Held>;

const NOTHING_HELD: Held = { held: 0, kilobytesEach: null };
const ROUNDS = 3;
/** From beyond the end of the log: nothing is missed. */
const NOTHING_MISSED = 2_000_000_000;

async function measureHeld(
  { child, url }: Subject,
  clients: ChildProcess,
  load: Load,
): Promise<Held> {
  const before = memoryOf(child);
  const held = await openAll(clients, url, HELD, load);
  const after = memoryOf(child);
  await closeAll(clients);
  const kilobytesEach = before && after && Math.round((after - before) / held);
  return { held, kilobytesEach };
}

async function measureFanOut(
  { child, url, tell }: Subject,
  clients: ChildProcess,
  load: Load,
): Promise<FanOut> {
  await openAll(clients, url, FOLLOWERS, load);
  await flood(clients, tell, 1000);
  const before = cpuOf(child);
  const { messages, seconds } = await flood(clients, tell, load.durationMs / 2);
  const after = cpuOf(child);
  const { p50, p99 } = await pace(clients, tell, load.durationMs / 2);
  await closeAll(clients);
  return {
    messagesPerSecond: Math.round(messages / seconds),
    cpuMicroseconds: before !== null && after !== null ? round((after - before) / messages) : null,
    p50,
    p99,
  };
}

async function openAll(
  clients: ChildProcess,
  url: string,
  count: number,
  { token, sessionId }: Load,
): Promise<number> {
  const join = { sessionId, lastEventId: NOTHING_MISSED };
  clients.send({ do: 'open', url, token, join, count } satisfies ClientOrder);
  return (await word(clients, 'opened')).held;
}

async function closeAll(clients: ChildProcess): Promise<void> {
  clients.send({ do: 'close' } satisfies ClientOrder);
  await word(clients, 'closed');
  // Until the server has seen it, too.
  await delay(1000);
}

function average(rounds: readonly FanOut[]): FanOut {
  const mean = (of: (round: FanOut) => number | null): number =>
    round(rounds.reduce((sum, each) => sum + (of(each) ?? 0), 0) / rounds.length);
  const cpu = mean(({ cpuMicroseconds }) => cpuMicroseconds);
  return {
    messagesPerSecond: Math.round(mean(({ messagesPerSecond }) => messagesPerSecond)),
    cpuMicroseconds: cpu === 0 ? null : cpu,
    p50: mean(({ p50 }) => p50),
    p99: mean(({ p99 }) => p99),
  };
}

/** As fast as it goes: the next batch as soon as one has come to all. */
async function flood(clients: ChildProcess, tell: Subject['tell'], durationMs: number) {
  const perBatch = FOLLOWERS * EVENTS;
  clients.send({ do: 'count', perBatch } satisfies ClientOrder);
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: WINDOW }, async () => {
      while (performance.now() - startedAt < durationMs) {
        // The answers come in the order of the questions, whoever of the window asked.
        const came = word(clients, 'batch');
        await turn(() => tell(EVENTS));
        await came;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  clients.send({ do: 'report' } satisfies ClientOrder);
  const { messages } = await word(clients, 'report');
  return { messages, seconds };
}

let last: Promise<void> = Promise.resolve();

/** One after another: a session has one writer. */
function turn(work: () => Promise<void>): Promise<void> {
  last = last.then(work);
  return last;
}

/** One event at a time, at leisure. */
async function pace(clients: ChildProcess, tell: Subject['tell'], durationMs: number) {
  clients.send({ do: 'count', perBatch: FOLLOWERS } satisfies ClientOrder);
  const startedAt = performance.now();
  while (performance.now() - startedAt < durationMs) {
    const came = word(clients, 'batch');
    await Promise.all([tell(1), delay(PACE_MS), came]);
  }
  clients.send({ do: 'report' } satisfies ClientOrder);
  return word(clients, 'report');
}

const waiting = new WeakMap<ChildProcess, Map<ClientWord['is'], ((word: ClientWord) => void)[]>>();

/** The next word of a kind; each word is one asker's, in the order of asking. */
function word<K extends ClientWord['is']>(
  clients: ChildProcess,
  kind: K,
): Promise<Extract<ClientWord, { is: K }>> {
  const askers = waiting.get(clients) ?? listenTo(clients);
  return new Promise((resolve) => {
    const queue = askers.get(kind) ?? [];
    askers.set(kind, queue);
    queue.push((said) => resolve(said as Extract<ClientWord, { is: K }>));
  });
}

function listenTo(clients: ChildProcess) {
  const askers = new Map<ClientWord['is'], ((word: ClientWord) => void)[]>();
  clients.on('message', (said: ClientWord) => askers.get(said.is)?.shift()?.(said));
  waiting.set(clients, askers);
  return askers;
}

function start(file: URL, env: Readonly<Record<string, string>>): ChildProcess {
  return fork(fileURLToPath(file), [], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'inherit',
  });
}

async function urlOf(child: ChildProcess): Promise<string> {
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return `http://127.0.0.1:${port}`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Kilobytes in memory, where the system tells; null elsewhere. */
function memoryOf({ pid }: ChildProcess): number | null {
  const found = /VmRSS:\s+(\d+)/.exec(procFile(pid, 'status') ?? '')?.[1];
  return found === undefined ? null : Number(found);
}

/** Clock ticks a second, as Linux counts processor time. */
const TICKS = 100;

/** Processor time so far, in microseconds. */
function cpuOf({ pid }: ChildProcess): number | null {
  const fields = procFile(pid, 'stat')
    ?.replace(/^.*\) /, '')
    .split(' ');
  if (!fields) return null;
  return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1e6;
}

function procFile(pid: number | undefined, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid ?? 0}/${name}`, 'utf8');
  } catch {
    return null;
  }
}
