import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateUp } from '@sim/postgres';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { benchMapping, benchRunning, mappingPeak } from './mapping.js';
import { benchMemory, verdictOf } from './memory.js';
import { benchTurns } from './turns.js';

const BENCHES = ['mapping', 'turns', 'memory'] as const;

/**
 * `npm run bench -- [mapping] [turns] [memory] [--seconds N] [--sessions N]`: JSON lines, then a table of
 * each. The memory takes minutes and is measured where it is named.
 */
async function main(args: readonly string[]): Promise<void> {
  if (args[0] === 'mapping-peak') {
    process.stdout.write(String(mappingPeak(args[1] ?? '', Number(args[2]))));
    return;
  }
  const seconds = numberAfter(args, '--seconds') ?? 8;
  const sessions = numberAfter(args, '--sessions') ?? 10_000;
  const wanted = BENCHES.filter((name) => args.includes(name));
  const runs = wanted.length > 0 ? wanted : ['mapping', 'turns'];
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
  if (runs.includes('memory')) {
    await withDatabase(async (url) => {
      const lines = await benchMemory(url, sessions, (line) => {
        process.stdout.write(`${JSON.stringify(line)}\n`);
      });
      show(lines);
      process.stdout.write(`${verdictOf(lines)}\n`);
    });
  }
}

/** Null where the option is not given, or not with a number above 0. */
function numberAfter(args: readonly string[], option: string): number | null {
  const index = args.indexOf(option);
  return (index < 0 ? 0 : Number(args[index + 1])) || null;
}

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
