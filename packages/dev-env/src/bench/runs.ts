import { freePort } from '../net/ports.js';
import { StartError } from '../start/errors.js';
import { signUp, type BenchClient } from './client.js';
import { benchEnvironment } from './environment.js';
import { runLoad, type LoadRequest, type LoadResult } from './load.js';
import { floorRequests, startFloor, startService } from './processes.js';
import { steps } from './workflows.js';

/** Blocks of the workflow that is run: the figure is about this many. */
const BLOCKS = 50;

/** One line of the benchmark. */
export interface RunsLine {
  readonly bench: 'run';
  readonly connections: number;
  readonly blocks: number;
  readonly runs: LoadResult;
  readonly blocksPerSecond: number;
  /** Requests with one transaction each, and nothing else. */
  readonly floor: LoadResult;
}

/** Direct runs of a workflow without functions over HTTP, stored as any run is, beside the floor. */
export async function benchRuns(databaseUrl: string, durationMs: number): Promise<RunsLine[]> {
  const env = benchEnvironment(databaseUrl);
  const floor = await startFloor(databaseUrl);
  const simApp = await startService('sim-app', await freePort(), env);
  const service = await startService('conversation-service', await freePort(), {
    ...env,
    SIM_APP_URL: simApp.origin,
  });
  try {
    const client = await signUp(simApp.origin);
    const next = await runRequests(client, simApp.origin, service.origin);
    const lines: RunsLine[] = [];
    for (const connections of [1, 4, 16]) {
      const bench = { connections, durationMs };
      const reference = await runLoad({ ...bench, origin: floor.origin, next: floorRequests() });
      const runs = await runLoad({ ...bench, origin: service.origin, next });
      lines.push({
        bench: 'run',
        connections,
        blocks: BLOCKS,
        runs,
        blocksPerSecond: runs.perSecond * BLOCKS,
        floor: reference,
      });
    }
    return lines;
  } finally {
    await Promise.all([floor.stop(), simApp.stop(), service.stop()]);
  }
}

/** A line as the table has it. */
export function runRow({ connections, blocksPerSecond, runs, floor }: RunsLine): object {
  return {
    connections,
    'blocks/s': blocksPerSecond,
    'runs/s': runs.perSecond,
    'p50 ms': runs.p50,
    'p99 ms': runs.p99,
    failed: runs.failed,
    'floor/s': floor.perSecond,
  };
}

/** Requests of runs, after one that shows that all blocks are run. */
async function runRequests(
  client: BenchClient,
  simApp: string,
  service: string,
): Promise<() => LoadRequest> {
  const { workflow } = await client.post<{ workflow: { id: string } }>(
    simApp,
    '/api/v1/workflows/import?name=Bench',
    steps(BLOCKS),
  );
  const path = `/api/v1/conversational-workflows/workflows/${workflow.id}/run`;
  const input = { order: 'A-1042', amount: 120 };
  const { status, blocks } = await client.post<{ status: string; blocks: unknown[] }>(
    service,
    path,
    { input },
  );
  if (status !== 'completed' || blocks.length !== BLOCKS) {
    throw new StartError(`The run of the benchmark is ${status} with ${blocks.length} blocks.`);
  }
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${client.token}`,
  };
  const body = JSON.stringify({ input });
  return () => ({ path, headers, body });
}
