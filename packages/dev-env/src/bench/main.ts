import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateUp } from '@sim/postgres';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { benchMapping, benchRunning, mappingPeak } from './mapping.js';
import { benchRuns, runRow } from './runs.js';
import { benchSockets } from './sockets.js';
import { benchTurns } from './turns.js';

/** `npm run bench -- [turns] [mapping] [sockets] [run] [--seconds N]`: JSON lines, then a table of each. */
async function main(args: readonly string[]): Promise<void> {
  if (args[0] === 'memory') {
    process.stdout.write(String(mappingPeak(args[1] ?? '', Number(args[2]))));
    return;
  }
  const seconds = Number(args[args.indexOf('--seconds') + 1]) || 8;
  const wanted = args.filter((arg) => BENCHES.includes(arg));
  const runs = wanted.length > 0 ? wanted : BENCHES;
  if (runs.includes('mapping')) {
    for (const rows of [benchMapping(), benchRunning()]) {
      for (const line of rows) process.stdout.write(`${JSON.stringify(line)}\n`);
      show(rows);
    }
  }
  if (runs.includes('turns')) {
    await withDatabase(async (url) => {
      const lines = await benchTurns(url, seconds * 1000);
      for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
      show(
        lines.map(({ connections, turns, floor, share }) => ({
          connections,
          'turns/s': turns.perSecond,
          'floor/s': floor.perSecond,
          share,
          'p50 ms': turns.p50,
          'p99 ms': turns.p99,
          'floor p99 ms': floor.p99,
          failed: turns.failed,
        })),
      );
    });
  }
  if (runs.includes('sockets')) {
    await withDatabase(async (url) => {
      const line = await benchSockets(url, seconds * 1000);
      process.stdout.write(`${JSON.stringify(line)}\n`);
      show([line.gateway, line.bare]);
      process.stdout.write(`share of the bare server's messages/s: ${line.share}\n`);
    });
  }
  if (runs.includes('run')) {
    await withDatabase(async (url) => {
      const lines = await benchRuns(url, seconds * 1000);
      for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
      show(lines.map(runRow));
    });
  }
}

const BENCHES = ['mapping', 'turns', 'sockets', 'run'];

function show(rows: readonly object[]): void {
  console.table(rows);
}

async function withDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sim-bench-'));
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    await migrateUp({ url: server.url });
    await work(server.url);
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
