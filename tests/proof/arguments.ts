import { parseArgs } from 'node:util';
import { SEEDS, SUBJECTS, type Subject } from './prove.js';

export interface ProofOptions {
  readonly cases: number;
  readonly seed: number;
  /** Null for both. */
  readonly subject: Subject | null;
  readonly path: string | null;
  /** Plant the faults instead, and write the table of them. */
  readonly mutations: boolean;
}

export const USAGE = `npm run proof -- [options]
  --cases N       how many workflows, 50000 by default; of anything else a tenth
  --seed S        a whole number; another at each run by default
  --of SUBJECT    ${SUBJECTS.join(' or ')}; both by default
  --path P        of a failure that was found: tries it alone
  --mutations     plants faults, and writes what came of it to docs/proof.md`;

const DEFAULT_CASES = 50_000;

/**
 * Reads the arguments.
 * @param chance from 0 to below 1: makes the seed where none is given
 * @returns what is wrong with them, in words, or the options
 */
export function readArguments(
  args: readonly string[],
  chance: () => number,
): ProofOptions | string {
  const options = {
    cases: { type: 'string' },
    seed: { type: 'string' },
    of: { type: 'string' },
    path: { type: 'string' },
    mutations: { type: 'boolean' },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const cases = values.cases === undefined ? DEFAULT_CASES : wholeNumber(values.cases);
  const seed = values.seed === undefined ? Math.floor(chance() * SEEDS) : wholeNumber(values.seed);
  const subject = SUBJECTS.find((each) => each === values.of) ?? null;
  if (cases === null || cases < 1) return '--cases must be a whole number above 0.';
  if (seed === null || seed < 0 || seed >= SEEDS) {
    return `--seed must be a whole number from 0 to ${SEEDS - 1}.`;
  }
  if (values.of !== undefined && subject === null) {
    return `--of must be ${SUBJECTS.join(' or ')}.`;
  }
  const path = values.path ?? null;
  if (path !== null && (subject === null || values.seed === undefined)) {
    return '--path wants the --seed and the --of that it was printed with.';
  }
  return { cases, seed, subject, path, mutations: values.mutations === true };
}

function wholeNumber(text: string): number | null {
  const number = Number(text);
  return text.trim() !== '' && Number.isSafeInteger(number) ? number : null;
}
