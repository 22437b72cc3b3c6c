import { freePort } from '../net/ports.js';
import { signUp, type BenchClient } from './client.js';
import { benchEnvironment } from './environment.js';
import { runLoad, type LoadRequest, type LoadResult } from './load.js';
import { floorRequests, startFloor, startService } from './processes.js';

const BASE = '/api/v1/conversational-workflows';
/** Each session gives one plain turn fewer than it asks for slots. */
const SLOTS = 8;
const SESSIONS = 2_500;

/** One line of the benchmark. */
export interface TurnsLine {
  readonly bench: 'turns';
  readonly connections: number;
  readonly turns: LoadResult;
  readonly floor: LoadResult;
  /** Of the floor's turns a second. */
  readonly share: number;
}

/** Plain turns over HTTP beside the floor, one after the other in the same run. */
export async function benchTurns(databaseUrl: string, durationMs: number): Promise<TurnsLine[]> {
  const env = benchEnvironment(databaseUrl);
  const floor = await startFloor(databaseUrl);
  const simApp = await startService('sim-app', await freePort(), env);
  const service = await startService('conversation-service', await freePort(), {
    ...env,
    SIM_APP_URL: simApp.origin,
  });
  try {
    const client = await signUp(simApp.origin);
    const workflowId = await importAsking(client, simApp.origin);
    const lines: TurnsLine[] = [];
    for (const connections of [1, 16, 64]) {
      const bench = { connections, durationMs };
      const reference = await runLoad({ ...bench, origin: floor.origin, next: floorRequests() });
      const queue = await openSessions(client, service.origin, workflowId);
      const turns = await runLoad({ ...bench, origin: service.origin, ...queue });
      lines.push({
        bench: 'turns',
        connections,
        turns,
        floor: reference,
        share: Math.round((turns.perSecond / reference.perSecond) * 100) / 100,
      });
    }
    return lines;
  } finally {
    await Promise.all([floor.stop(), simApp.stop(), service.stop()]);
  }
}

/** A line as its table shows it. */
export function turnRow({ connections, turns, floor, share }: TurnsLine): object {
  return {
    connections,
    'turns/s': turns.perSecond,
    'floor/s': floor.perSecond,
    share,
    'p50 ms': turns.p50,
    'p99 ms': turns.p99,
    'floor p99 ms': floor.p99,
    failed: turns.failed,
  };
}

/** A workflow that asks for values and nothing else. */
export async function importAsking(client: BenchClient, simApp: string): Promise<string> {
  const inputFormat = Array.from({ length: SLOTS }, (_, index) => ({
    id: `f${index}`,
    name: `field${index}`,
    type: 'string',
    description: `value number ${index}`,
  }));
  const start = {
    id: 'start',
    type: 'start_trigger',
    name: 'Start',
    position: { x: 0, y: 0 },
    enabled: true,
    subBlocks: { inputFormat: { id: 'inputFormat', type: 'input-format', value: inputFormat } },
    outputs: {},
    data: {},
  };
  const state = { blocks: { start }, edges: [], loops: {}, parallels: {}, variables: {} };
  const { workflow } = await client.post<{ workflow: { id: string } }>(
    simApp,
    '/api/v1/workflows/import?name=Bench',
    { version: '1.0', exportedAt: '2026-01-01T00:00:00.000Z', state },
  );
  return workflow.id;
}

/** Sessions to answer, each by one connection at a time. */
async function openSessions(client: BenchClient, origin: string, workflowId: string) {
  const free: { id: string; left: number }[] = [];
  for (let opened = 0; opened < SESSIONS; opened += 20) {
    const batch = Array.from({ length: 20 }, () =>
      client.post<{ sessionId: string }>(origin, `${BASE}/sessions`, { workflowId }),
    );
    for (const { sessionId } of await Promise.all(batch)) {
      free.push({ id: sessionId, left: SLOTS - 1 });
    }
  }
  const busy = new Map<LoadRequest, { id: string; left: number }>();
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${client.token}`,
  };
  let said = 0;
  return {
    next: (): LoadRequest | null => {
      const session = free.pop();
      if (!session) return null;
      said += 1;
      const body = JSON.stringify({ naturalLanguageInput: `the value ${said}` });
      const request = { path: `${BASE}/sessions/${session.id}/commands`, headers, body };
      busy.set(request, session);
      return request;
    },
    done: (request: LoadRequest): void => {
      const session = busy.get(request);
      busy.delete(request);
      if (session && session.left > 1) free.unshift({ id: session.id, left: session.left - 1 });
    },
  };
}
