import fc from 'fast-check';
import type { Mutation } from './mutations.js';
import { arbitraryTrial, Examined } from './trial.js';

/** What became of a planted fault. */
export interface Catch {
  readonly mutation: Mutation;
  /** The number of the first case that shows it, from 1; null where none does. */
  readonly cases: number | null;
  /** What is seen of it first. */
  readonly shown: string;
}

/** Cases whose outcome the design settles, read by the reference once for all faults. */
export function huntingGround(seed: number, cases: number): readonly Examined[] {
  return fc
    .sample(arbitraryTrial(), { seed, numRuns: cases })
    .map((trial) => new Examined(trial))
    .filter(({ isAmbiguous }) => !isAmbiguous);
}

/** Runs the cases with a fault in them until one shows it. */
export function hunt(mutation: Mutation, ground: readonly Examined[]): Catch {
  for (const [index, examined] of ground.entries()) {
    const [shown] = differencesWith(mutation, examined);
    if (shown !== undefined) return { mutation, cases: index + 1, shown };
  }
  return { mutation, cases: null, shown: '' };
}

function differencesWith({ journey, sabotage }: Mutation, examined: Examined): string[] {
  const own = examined.mapping.journey;
  const faulty = journey ? journey(own, examined.trial.given) : own;
  try {
    return examined.differences(examined.playAll(faulty, sabotage));
  } catch (error) {
    return [`it throws ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** The catches as a table in Markdown. */
export function tableOf(catches: readonly Catch[]): string {
  const rows = catches.map(
    ({ mutation: { name, of, breaks }, cases }) =>
      `| ${name} | ${of} | ${breaks} | ${cases === null ? 'not caught' : cases} |`,
  );
  return [
    '| fault | of the | what it breaks | caught at case |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
