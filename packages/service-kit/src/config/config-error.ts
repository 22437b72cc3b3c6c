/** One thing that is wrong with one environment variable. */
export interface ConfigProblem {
  readonly variable: string;
  /** What was given; `undefined` where nothing was, `'(secret)'` where it may not be shown. */
  readonly given: string | undefined;
  /** What is accepted, as a clause: "must be …". */
  readonly message: string;
}

/** Longer values are cut in messages. */
const SHOWN_LENGTH = 60;

function describeGiven({ given }: ConfigProblem): string {
  if (given === undefined) return 'is not set';
  if (given === '(secret)') return 'is set (value not shown)';
  const shown = given.length > SHOWN_LENGTH ? `${given.slice(0, SHOWN_LENGTH)}…` : given;
  return `is ${JSON.stringify(shown)}`;
}

/** The environment does not make a configuration. Lists every problem at once. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map((p) => `  ${p.variable} ${describeGiven(p)}; it ${p.message}`);
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(`The configuration has ${count}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
