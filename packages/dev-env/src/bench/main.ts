import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateUp } from '@sim/postgres';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { benchMapping, benchRunning, mappingPeak } from './mapping.js';
import { benchMemory, verdictOf } from './memory.js';
import { benchRuns, runRow } from './runs.js';
import { benchSockets } from './sockets.js';
import { benchTurns, turnRow } from './turns.js';

/** What a bench is told. */
interface Settings {
  readonly durationMs: number;
  readonly sessions: number;
}

const BENCHES: Readonly<Record<string, (settings: Settings) => Promise<void>>> = {
  mapping: () => {
    for (const lines of [benchMapping(), benchRunning()]) {
      lines.forEach(print);
      console.table(lines);
    }
    return Promise.resolve();
  },
  turns: ({ durationMs }) =>
    withDatabase(async (url) => {
      const lines = await benchTurns(url, durationMs);
      lines.forEach(print);
      console.table(lines.map(turnRow));
    }),
  run: ({ durationMs }) =>
    withDatabase(async (url) => {
      const lines = await benchRuns(url, durationMs);
      lines.forEach(print);
      console.table(lines.map(runRow));
    }),
  sockets: ({ durationMs }) =>
    withDatabase(async (url) => {
      const line = await benchSockets(url, durationMs);
      print(line);
      console.table([line.gateway, line.bare]);
      process.stdout.write(`share of the bare server's messages/s: ${line.share}\n`);
    }),
  memory: ({ sessions }) =>
    withDatabase(async (url) => {
      const lines = await benchMemory(url, sessions, print);
      console.table(lines);
      process.stdout.write(`${verdictOf(lines)}\n`);
    }),
};
/** The memory takes many minutes and is measured where it is named. */
const USUAL = ['mapping', 'turns', 'run', 'sockets'];

/**
 * `npm run bench -- [mapping] [turns] [run] [sockets] [memory] [--seconds N] [--sessions N]`: JSON lines,
 * then a table of each.
 */
async function main(args: readonly string[]): Promise<void> {
  if (args[0] === 'mapping-peak') {
    process.stdout.write(String(mappingPeak(args[1] ?? '', Number(args[2]))));
    return;
  }
  const settings = {
    durationMs: (numberAfter(args, '--seconds') ?? 8) * 1000,
    sessions: numberAfter(args, '--sessions') ?? 10_000,
  };
  const wanted = Object.keys(BENCHES).filter((name) => args.includes(name));
  for (const name of wanted.length > 0 ? wanted : USUAL) await BENCHES[name]?.(settings);
}

/** Null where the option is not given, or not with a number above 0. */
function numberAfter(args: readonly string[], option: string): number | null {
  const index = args.indexOf(option);
  return (index < 0 ? 0 : Number(args[index + 1])) || null;
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
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
