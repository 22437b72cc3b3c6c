import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  createDecider,
  DEFAULT_CONFIG,
  initialState,
  mapWorkflow,
  parseWorkflow,
  type Effect,
  type Journey,
  type JsonObject,
} from '@sim/domain';
import { chainedLoops, diamonds, successiveMerges } from './workflows.js';

/** What parsing and mapping cost at one size. */
export interface MappingLine {
  readonly bench: 'mapping';
  readonly shape: string;
  readonly blocks: number;
  readonly milliseconds: number;
  readonly microsecondsPerBlock: number;
  /** Cost per block beside that at the smallest size. */
  readonly ratio: number;
  /** What a fresh process takes more at its peak while it parses and maps one such document, in MB. */
  readonly peakMegabytes: number;
}

/** What running a journey costs with blocks that answer at once: decisions, events and state alone. */
export interface RunningLine {
  readonly bench: 'running';
  readonly shape: string;
  readonly blocks: number;
  /** Runs of blocks, iterations counted. */
  readonly runs: number;
  readonly milliseconds: number;
  readonly microsecondsPerRun: number;
}

const SIZES = [10, 100, 1_000, 10_000];

const SHAPES: Readonly<Record<string, (blocks: number) => JsonObject>> = {
  'diamonds in a row': diamonds,
  'loops in a row': chainedLoops,
};

/** Parses and maps workflows of growing size. */
export function benchMapping(): MappingLine[] {
  return Object.entries(SHAPES).flatMap(([shape, make]) => {
    let first = 0;
    return SIZES.map((blocks): MappingLine => {
      const document = make(blocks);
      const milliseconds = average(Math.max(3, Math.floor(3_000 / blocks)), () => map(document));
      const each = (milliseconds * 1000) / blocks;
      first ||= each;
      return {
        bench: 'mapping',
        shape,
        blocks,
        milliseconds: rounded(milliseconds, 3),
        microsecondsPerBlock: rounded(each, 1),
        ratio: rounded(each / first, 2),
        peakMegabytes: peakOf(shape, blocks),
      };
    });
  });
}

/** Runs journeys of growing size to their ends, and one with 20 merges one after another. */
export function benchRunning(): RunningLine[] {
  const shapes: [string, number, JsonObject][] = [
    ['20 successive merges', 61, successiveMerges(20)],
    ...Object.entries(SHAPES).flatMap(([shape, make]) =>
      SIZES.slice(1).map((blocks): [string, number, JsonObject] => [shape, blocks, make(blocks)]),
    ),
  ];
  return shapes.map(([shape, blocks, document]) => {
    const journey = map(document);
    let runs = 0;
    const milliseconds = average(Math.max(3, Math.floor(1_000 / blocks)), () => {
      runs = run(journey);
    });
    return {
      bench: 'running',
      shape,
      blocks,
      runs,
      milliseconds: rounded(milliseconds, 3),
      microsecondsPerRun: rounded((milliseconds * 1000) / runs, 1),
    };
  });
}

function map(document: JsonObject): Journey {
  const { workflow } = parseWorkflow(document);
  if (!workflow) throw new TypeError('The document of the benchmark is no workflow.');
  return mapWorkflow(workflow).journey;
}

/** Takes the first branch of every fork; conditions of loops are false at once. */
function run(journey: Journey): number {
  const decider = createDecider(journey, initialState());
  const now = '2026-01-01T00:00:00.000Z';
  const forks = new Map(
    journey.states.flatMap((s) => (s.kind === 'fork' ? [[s.id, s.branches[0]?.id] as const] : [])),
  );
  decider.take(
    {
      type: 'open',
      config: { ...DEFAULT_CONFIG, askForConfirmation: false },
      execution: { timeZone: null, sessionTimeoutMs: null },
      // What the first blocks read of the start.
      initialInput: { input: '5', result: '1' },
      mode: 'conversational',
    },
    now,
  );
  const effects: Effect[] = [];
  const take = (input: Parameters<typeof decider.take>[0]) => {
    for (const effect of decider.take(input, now).effects) effects.push(effect);
  };
  take({ type: 'act', action: 'start', parameters: {} });
  let runs = 0;
  // The list grows while it is walked.
  for (const effect of effects) {
    if (effect.type !== 'run-block') continue;
    runs += 1;
    take({
      type: 'block-succeeded',
      runId: effect.run.id,
      output: { result: runs },
      branchId: forks.get(effect.run.stateId) ?? null,
      variables: null,
      durationMs: 0,
    });
  }
  if (decider.state.status !== 'completed') throw new TypeError('The journey did not complete.');
  return runs;
}

function average(rounds: number, work: () => void): number {
  for (let round = 0; round < rounds; round += 1) work();
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round += 1) work();
  return (performance.now() - startedAt) / rounds;
}

/** Only a process of its own has a peak of its own. */
function peakOf(shape: string, blocks: number): number {
  const main = fileURLToPath(new URL('main.js', import.meta.url));
  return Number(
    execFileSync(process.execPath, [main, 'mapping-peak', shape, String(blocks)], UTF8),
  );
}

const UTF8 = { encoding: 'utf8' } as const;

/** In this process, which must not have mapped anything before. */
export function mappingPeak(shape: string, blocks: number): number {
  const document = SHAPES[shape]?.(blocks) ?? {};
  const before = process.resourceUsage().maxRSS;
  map(document);
  return Math.round((process.resourceUsage().maxRSS - before) / 1024);
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
