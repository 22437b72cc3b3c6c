import fc from 'fast-check';
import { replay, type Journey, type MappedWorkflow } from '@sim/domain';
import { arbitraryCase } from './arbitrary-workflows.js';
import { differencesOf } from './equivalence.js';
import {
  JOURNEY_OUTPUTS,
  mappingOf,
  perform,
  type Performance,
  type Sabotage,
  type Schedule,
} from './journey-player.js';
import { interpret, type Case } from './reference-interpreter.js';
import type { Run } from './run-summary.js';

/** A case, and which of the blocks under way is done first, over and over. */
export interface Trial {
  readonly given: Case;
  readonly picks: readonly number[];
}

export function arbitraryTrial(): fc.Arbitrary<Trial> {
  const picks = fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 8 });
  return fc.record({ given: arbitraryCase(), picks });
}

/** The latest to begin is done first; and as the trial has it. */
function schedulesOf({ picks }: Trial): Schedule[] {
  let turn = 0;
  return [
    (open) => open - 1,
    (open) => {
      turn += 1;
      return (picks[turn % picks.length] ?? 0) % open;
    },
  ];
}

/** A trial under examination: what several laws look at is made once. */
export class Examined {
  readonly trial: Trial;
  readonly run: Run;
  #mapping: MappedWorkflow | null = null;
  #performances: readonly Performance[] | null = null;

  constructor(trial: Trial) {
    this.trial = trial;
    this.run = interpret(trial.given, { outputs: JOURNEY_OUTPUTS });
  }

  /** The design leaves open how it ends: nothing can be compared. */
  get isAmbiguous(): boolean {
    return this.run.ambiguities.length > 0;
  }

  get mapping(): MappedWorkflow {
    this.#mapping ??= mappingOf(this.trial.given);
    return this.#mapping;
  }

  /** One for each schedule. */
  get performances(): readonly Performance[] {
    this.#performances ??= this.playAll(this.mapping.journey);
    return this.#performances;
  }

  playAll(journey: Journey, sabotage?: Sabotage): Performance[] {
    const { given } = this.trial;
    return schedulesOf(this.trial).map((schedule) => perform(given, schedule, journey, sabotage));
  }

  /** Where a journey in place of its own does other than the reference. */
  differences(performances: readonly Performance[] = this.performances): string[] {
    return performances.flatMap(({ played }) => differencesOf(this.run, played));
  }

  /** Where the log of a session does not tell its state. */
  replayDifferences(): string[] {
    return this.performances.flatMap(({ events, state }) =>
      JSON.stringify(replay(events)) === JSON.stringify(state)
        ? []
        : ['the replayed log gives another state'],
    );
  }
}
