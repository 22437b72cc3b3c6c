import { isRecord, own, type Json } from './json.js';
import type { Case } from './reference-interpreter.js';
import type { Run } from './run-summary.js';

/** Something that cases hold or do. */
export interface Construct {
  readonly name: string;
  /** Of a hundred cases at least so many have it. */
  readonly least: number;
  readonly holds: (given: Case, run: Run) => boolean;
}

export function blocksOf({ document }: Case): Json[] {
  const blocks = own(own(document, 'state'), 'blocks');
  return Object.values(isRecord(blocks) ? blocks : {});
}

export function edgesOf({ document }: Case): readonly Json[] {
  return own(own(document, 'state'), 'edges') as readonly Json[];
}

/** True where a block of a type ran. */
export function ranType(type: string): Construct['holds'] {
  return (given, run) => {
    const blocks = blocksOf(given).filter((block) => own(block, 'type') === type);
    const ids = new Set(blocks.map((block) => own(block, 'id')));
    return [...run.ran].some((path) => ids.has(path.split('/').at(-1) ?? ''));
  };
}

/** What cases are made of, and how often at least. */
export const CONSTRUCTS: readonly Construct[] = [
  { name: 'at least 10 blocks', least: 60, holds: (given) => blocksOf(given).length >= 10 },
  { name: 'at least 30 blocks', least: 20, holds: (given) => blocksOf(given).length >= 30 },
  { name: 'a condition that chose', least: 35, holds: ranType('condition') },
  {
    name: 'a router that chose',
    least: 15,
    holds: (given, run) => ranType('router')(given, run) || ranType('router_v2')(given, run),
  },
  { name: 'a loop that ran', least: 25, holds: ranType('loop') },
  { name: 'a parallel that ran', least: 12, holds: ranType('parallel') },
  {
    name: 'a container in a container',
    least: 8,
    holds: (_, run) => [...run.ran].some((path) => (path.match(/\[\d+\]/g) ?? []).length > 1),
  },
  {
    name: 'a called workflow',
    least: 20,
    holds: (_, run) => [...run.ran].some((path) => path.includes('/c0b') || path.includes('/c1b')),
  },
  {
    name: 'a join of several ways',
    least: 40,
    holds: (given) => {
      const targets = edgesOf(given).map((edge) => own(edge, 'target'));
      return new Set(targets).size < targets.length;
    },
  },
  {
    name: 'an error edge',
    least: 40,
    holds: (given) => edgesOf(given).some((edge) => own(edge, 'sourceHandle') === 'error'),
  },
  {
    name: 'an error path that was taken',
    least: 20,
    holds: (_, run) =>
      [...run.outputs.values()].some((output) => own(output, 'error') !== undefined),
  },
  {
    name: 'a second attempt',
    least: 8,
    holds: (_, run) => [...run.attempts.values()].some((attempts) => attempts > 1),
  },
  {
    name: 'a disabled block',
    least: 20,
    holds: (given) => blocksOf(given).some((block) => own(block, 'enabled') === false),
  },
  { name: 'a way that was not taken', least: 40, holds: (_, run) => run.skipped.size > 0 },
  { name: 'a form', least: 20, holds: ranType('human_in_the_loop') },
  { name: 'a variable that was set', least: 20, holds: ranType('variables') },
  {
    name: 'a response',
    least: 8,
    holds: (_, run) => run.ends.some(({ kind }) => kind === 'response'),
  },
  { name: 'a failed run', least: 8, holds: (_, run) => run.status === 'failed' },
  {
    name: 'an outcome that depends on an open order',
    least: 0,
    holds: (_, run) => run.ambiguities.length > 0,
  },
  { name: 'blocks that may have run or not', least: 0, holds: (_, run) => run.maybe.size > 0 },
  { name: 'five blocks that ran', least: 60, holds: (_, run) => run.ran.size >= 5 },
];
