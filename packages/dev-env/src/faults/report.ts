import type { FaultsOptions } from './arguments.js';
import type { PhaseReport } from './phase.js';

/** Of the faults of a phase so many are told. */
const TOLD = 20;

/** A phase as one JSON object. */
export function jsonLine({ faults, ...counts }: PhaseReport, { seed }: FaultsOptions): string {
  return JSON.stringify({ faults: 'phase', seed, ...counts, failures: faults });
}

/** The counts of all phases, a column for each. */
export function table(reports: readonly PhaseReport[]): string {
  const rows: [string, (report: PhaseReport) => string | number][] = [
    ['phase', ({ phase }) => phase],
    ['sessions', ({ sessions }) => sessions],
    ['  completed', ({ completed }) => completed],
    ['turns acknowledged', ({ turns }) => turns],
    ['  of them lost', ({ lostTurns }) => lostTurns],
    ['effects needed', ({ effectsNeeded }) => effectsNeeded],
    ['  seen under one key', ({ effectsOnce }) => effectsOnce],
    ['  missing', ({ effectsMissing }) => effectsMissing],
    ['  under a second key', ({ effectsTwice }) => effectsTwice],
    ['calls repeated, same key', ({ repeats }) => repeats],
    ['sessions not rebuilt', ({ unsound }) => unsound],
    ['replicas killed', ({ kills }) => kills],
    ['PostgreSQL restarted', ({ postgresStops }) => postgresStops],
    ['Redis restarted', ({ redisStops }) => redisStops],
    ['requests', ({ requests }) => requests],
    ['  sent again', ({ again }) => Object.values(again).reduce((a, b) => a + b, 0)],
    ['repairs answered', ({ repairs }) => repairs.length],
    ['seconds', ({ seconds }) => seconds],
  ];
  return rows
    .map(([name, value]) =>
      [name.padEnd(26), ...reports.map((report) => String(value(report)).padStart(10))].join(''),
    )
    .join('\n');
}

/** What is wrong with a phase, in lines; none where nothing is. */
export function faultLines({ phase, faults }: PhaseReport): string[] {
  const more = faults.length - TOLD;
  return [
    ...faults.slice(0, TOLD).map((fault) => `✗ ${phase}: ${fault}`),
    ...(more > 0 ? [`✗ ${phase}: and ${more} more`] : []),
  ];
}
