import type { ProofOptions } from './arguments.js';
import { CONSTRUCTS } from './constructs.js';
import { newTally, prove, SUBJECTS, type Refutation, type Subject, type Tally } from './prove.js';

/** Between two words of progress. */
const PROGRESS_MS = 10_000;

export interface CampaignPorts {
  readonly out: (line: string) => void;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
}

/** Proves what the options ask for, telling of it; resolves to the exit code. */
export function campaign(options: ProofOptions, ports: CampaignPorts): number {
  const subjects = options.subject === null ? SUBJECTS : [options.subject];
  ports.out(`seed ${options.seed}`);
  const failed = subjects.filter((subject) => !pursue(subject, options, ports));
  return failed.length === 0 ? 0 : 1;
}

function pursue(subject: Subject, options: ProofOptions, { out, clock }: CampaignPorts): boolean {
  const { seed, path } = options;
  const cases = subject === 'anything' ? Math.ceil(options.cases / 10) : options.cases;
  if (path !== null) return tell(subject, prove({ subject, cases: 1, seed, path }), out);
  const tally = newTally();
  const started = clock();
  const rate = () => Math.round((tally.cases / Math.max(1, clock() - started)) * 1_000);
  let next = started;
  const found = prove({ subject, cases, seed }, tally, () => {
    if (clock() < next) return;
    next = clock() + PROGRESS_MS;
    out(`${subject}: ${tally.cases} of ${cases}, ${rate()} a second`);
  });
  if (found) return tell(subject, found, out);
  out(`${subject}: all ${tally.cases} hold, ${rate()} a second`);
  if (subject === 'workflows') out(summaryOf(tally));
  return true;
}

function summaryOf({ cases, ambiguous, constructs }: Tally): string {
  const percent = (count: number) => `${((count / cases) * 100).toFixed(1).padStart(5)} %`;
  return [
    `${percent(ambiguous)}  not compared, as the design leaves their outcome open`,
    ...CONSTRUCTS.map(({ name }) => `${percent(constructs.get(name) ?? 0)}  ${name}`),
  ].join('\n');
}

function tell(subject: Subject, found: Refutation | null, out: (line: string) => void): boolean {
  if (found === null) {
    out(`${subject}: it holds`);
    return true;
  }
  out(`\n${subject}: refuted\n${found.violations.slice(0, 20).join('\n')}\n`);
  out(JSON.stringify(found.input, null, 1));
  out(`\nAgain: ${commandFor(subject, found)}`);
  return false;
}

/** What a person types to see a failure again. */
export function commandFor(subject: Subject, { seed, path }: Refutation): string {
  return `npm run proof -- --of ${subject} --seed ${seed} --path ${path}`;
}
