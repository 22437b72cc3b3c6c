import fc from 'fast-check';
import { CONSTRUCTS } from './constructs.js';
import { arbitraryJson } from './damage.js';
import { driveAnything } from './hostile-drive.js';
import { violationsOf } from './laws.js';
import { arbitraryTrial, Examined } from './trial.js';

/** The two things that are proved of, each over inputs of its own. */
export const SUBJECTS = ['workflows', 'anything'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** How many cases are tried, and from where. */
export interface Attempt {
  readonly subject: Subject;
  readonly cases: number;
  /** See {@link SEEDS}. */
  readonly seed: number;
  /** Of a failure that is to be seen again: its place among the cases of the seed. */
  readonly path?: string;
}

/** What was seen on the way. */
export interface Tally {
  cases: number;
  /** Runs whose outcome the design leaves open: their outputs are not compared. */
  ambiguous: number;
  /** By construct, in how many cases. */
  readonly constructs: Map<string, number>;
}

export interface Refutation {
  /** The smallest input found that is against a law. */
  readonly input: unknown;
  readonly violations: readonly string[];
  /** With these it is found again, without the search for it. */
  readonly seed: number;
  readonly path: string;
}

export function newTally(): Tally {
  return { cases: 0, ambiguous: 0, constructs: new Map() };
}

/** So many cases have a seed of their own, so that a failure is found again without what came before. */
const PART = 250;

/** Seeds are whole numbers from 0 to below this. */
export const SEEDS = 0x8000_0000;

/** The search of a part ends after this, with the smallest failure so far where there is one. */
const LONGEST_PART_MS = 240_000;

/**
 * Tries so many cases; null where nothing is against the laws.
 * @param progress called after every part
 */
export function prove(
  { subject, cases, seed, path }: Attempt,
  tally: Tally = newTally(),
  progress: () => void = () => undefined,
): Refutation | null {
  const attempt = subject === 'workflows' ? tryWorkflows : tryAnything;
  if (path !== undefined) return attempt({ seed, cases: 1, path }, tally);
  for (let done = 0; done < cases; done += PART) {
    const part = { seed: (seed + done) % SEEDS, cases: Math.min(PART, cases - done) };
    const found = attempt(part, tally);
    if (found) return found;
    progress();
  }
  return null;
}

type Part = Pick<Attempt, 'cases' | 'seed' | 'path'>;

function tryWorkflows(part: Part, tally: Tally): Refutation | null {
  return search(part, arbitraryTrial(), (trial) => {
    const examined = new Examined(trial);
    count(examined, tally);
    return violationsOf(examined, trial.picks[0]);
  });
}

function tryAnything(part: Part, tally: Tally): Refutation | null {
  return search(part, arbitraryJson(), (input) => {
    tally.cases += 1;
    return driveAnything(input).problems;
  });
}

function count({ trial, run, isAmbiguous }: Examined, tally: Tally): void {
  tally.cases += 1;
  if (isAmbiguous) tally.ambiguous += 1;
  for (const { name, holds } of CONSTRUCTS) {
    if (holds(trial.given, run)) {
      tally.constructs.set(name, (tally.constructs.get(name) ?? 0) + 1);
    }
  }
}

function search<T>(
  { cases, seed, path }: Part,
  inputs: fc.Arbitrary<T>,
  violations: (input: T) => readonly string[],
): Refutation | null {
  const property = fc.property(inputs, (input) => attemptAt(() => violations(input)).length === 0);
  const details = fc.check(property, {
    seed,
    numRuns: cases,
    interruptAfterTimeLimit: LONGEST_PART_MS,
    ...(path !== undefined && { path }),
  });
  if (!details.failed) return null;
  const [input] = details.counterexample ?? [];
  return {
    input,
    violations: input === undefined ? [] : attemptAt(() => violations(input)),
    seed: details.seed,
    path: details.counterexamplePath ?? '',
  };
}

/** What is thrown is against every law. */
function attemptAt(check: () => readonly string[]): readonly string[] {
  try {
    return check();
  } catch (error) {
    return [`it throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}
