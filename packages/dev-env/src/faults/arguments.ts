import { parseArgs } from 'node:util';

/** What may go wrong in a phase besides replicas that are killed. */
export const PHASES = ['replicas', 'postgres', 'redis'] as const;
export type PhaseName = (typeof PHASES)[number];

export interface FaultsOptions {
  readonly phases: readonly PhaseName[];
  /** Under way at once. */
  readonly sessions: number;
  /** To be acknowledged in each phase, at the least. */
  readonly turns: number;
  readonly seed: number;
  /** Between two kills. */
  readonly killEveryMs: number;
  /** How long a session may take before it counts as hanging. */
  readonly patienceMs: number;
  /** Leave the logs and the database where they are. */
  readonly keep: boolean;
}

export const USAGE = `npm run faults -- [options]
  --short         a smaller run of all phases, within a minute
  --sessions N    under way at once; 200 by default
  --turns N       to be acknowledged in each phase; 1000 by default
  --phase NAME    ${PHASES.join(', ')}; may be given several times; all by default
  --seed S        a whole number; another at each run by default
  --kill-every MS between two kills; 1000 by default
  --patience S    seconds that a session may take; 300 by default
  --keep          leaves the logs and the database`;

const SEEDS = 2 ** 31;
const FULL = { sessions: 200, turns: 1_000, patience: 300 };
const SHORT = { sessions: 8, turns: 40, patience: 60 };

const FLAGS = {
  short: { type: 'boolean' },
  sessions: { type: 'string' },
  turns: { type: 'string' },
  phase: { type: 'string', multiple: true },
  seed: { type: 'string' },
  'kill-every': { type: 'string' },
  patience: { type: 'string' },
  keep: { type: 'boolean' },
} as const;

/**
 * Reads the arguments.
 * @param chance from 0 to below 1: makes the seed where none is given
 * @returns what is wrong with them, in words, or the options
 */
export function readArguments(
  args: readonly string[],
  chance: () => number,
): FaultsOptions | string {
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: FLAGS, strict: true }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const usual = values.short === true ? SHORT : FULL;
  const numbers = {
    sessions: wholeNumber(values.sessions, usual.sessions),
    turns: wholeNumber(values.turns, usual.turns),
    seed: wholeNumber(values.seed, Math.floor(chance() * SEEDS)),
    'kill-every': wholeNumber(values['kill-every'], 1_000),
    patience: wholeNumber(values.patience, usual.patience),
  };
  for (const [name, value] of Object.entries(numbers)) {
    const least = name === 'seed' ? 0 : 1;
    if (!(value >= least && value < SEEDS)) {
      return `--${name} must be a whole number from ${least} to ${SEEDS - 1}.`;
    }
  }
  const phases = phasesOf(values.phase);
  if (phases === null) return `--phase must be one of ${PHASES.join(', ')}.`;
  return {
    phases,
    sessions: numbers.sessions,
    turns: numbers.turns,
    seed: numbers.seed,
    killEveryMs: numbers['kill-every'],
    patienceMs: numbers.patience * 1_000,
    keep: values.keep === true,
  };
}

/** NaN where the text is none. */
function wholeNumber(text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  return /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
}

function phasesOf(names: readonly string[] | undefined): readonly PhaseName[] | null {
  if (names === undefined) return PHASES;
  const known = PHASES.filter((phase) => names.includes(phase));
  return known.length === new Set(names).size ? known : null;
}
