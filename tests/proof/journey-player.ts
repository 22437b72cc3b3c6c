import {
  createDecider,
  DEFAULT_CONFIG,
  graphOf,
  initialState,
  mapWorkflow,
  parseWorkflow,
  stateOf,
  type BlockRun,
  type Decider,
  type Effect,
  type Input,
  type Journey,
  type JsonObject,
  type MappedWorkflow,
  type Question,
  type SessionEvent,
  type SessionState,
  type Workflow,
} from '@sim/domain';
import type { FakeOutputs } from './fake-blocks.js';
import { outcomeOf } from './fake-runs.js';
import type { JsonRecord } from './json.js';
import { PlayedRecord, type Played } from './played-record.js';
import { answerAt, type Case } from './reference-interpreter.js';

export type { Played } from './played-record.js';

/** Which of so many effects comes to its end next. */
export type Schedule = (open: number) => number;

type Work = Extract<Effect, { type: 'run-block' | 'start-timer' }>;
type Cancelling = Extract<Effect, { type: 'cancel-run' | 'cancel-timer' }>;

/** More inputs than any generated workflow takes. */
const MOST_INPUTS = 20_000;

/** It does not pass, as the end of a wait is in its output. */
const NOW = '2026-03-14T09:00:00.000Z';

/** What a journey puts out beside what the design names. */
export const JOURNEY_OUTPUTS: Partial<FakeOutputs> = {
  wait: () => ({ status: 'completed', resumedAt: NOW }),
  error: ({ code, message }) => ({ error: message, errorCode: code }),
};

/** A fault of what stands around a journey, planted to see that it is noticed. */
export interface Sabotage {
  /** A run as its block sees it. */
  readonly run?: (run: BlockRun) => BlockRun;
  /** What its journey is told of a run. */
  readonly outcome?: (input: Input) => Input;
}

/** A session that was played, for what is asked of it beside what it left. */
export interface Performance {
  readonly played: Played;
  readonly events: readonly SessionEvent[];
  readonly state: SessionState;
}

/** Reads a document that the generator drew. */
function workflowOf(document: JsonRecord): Workflow {
  const { workflow } = parseWorkflow(document);
  if (!workflow) throw new TypeError('The generated document was refused.');
  return workflow;
}

/** Maps a case with the workflows that it calls. */
export function mappingOf({ document, children }: Case): MappedWorkflow {
  const called = Object.entries(children).map(([id, child]) => [id, workflowOf(child)] as const);
  return mapWorkflow(workflowOf(document), { children: new Map(called) });
}

/**
 * Plays a case through its journey: blocks are fakes, the person gives what the oracle says and repairs
 * nothing, and the schedule says which of the blocks under way is done first.
 */
export function play(given: Case, schedule: Schedule, journey = mappingOf(given).journey): Played {
  return perform(given, schedule, journey).played;
}

/** As {@link play}, with the session itself. */
export function perform(
  given: Case,
  schedule: Schedule,
  journey: Journey,
  sabotage: Sabotage = {},
): Performance {
  return new Player(given, journey, schedule, sabotage).perform();
}

class Player {
  readonly #case: Case;
  readonly #journey: Journey;
  readonly #schedule: Schedule;
  readonly #sabotage: Sabotage;
  readonly #decider: Decider;
  readonly #record: PlayedRecord;
  #open: Work[] = [];

  constructor(given: Case, journey: Journey, schedule: Schedule, sabotage: Sabotage) {
    this.#case = given;
    this.#sabotage = sabotage;
    this.#journey = journey;
    this.#schedule = schedule;
    this.#decider = createDecider(journey, initialState());
    this.#record = new PlayedRecord(journey);
  }

  perform(): Performance {
    const { state } = this.#decider;
    const outcome = this.#play();
    const { outputs, order, skipped, attempts, events } = this.#record;
    const played = { outcome, outputs, order, skipped, attempts, result: state.output };
    return { played, events, state };
  }

  #play(): Played['outcome'] {
    this.#take({
      type: 'open',
      config: { ...DEFAULT_CONFIG, askForConfirmation: false },
      execution: { timeZone: null, sessionTimeoutMs: null },
      initialInput: this.#case.oracle.start,
      mode: 'conversational',
    });
    for (let left = MOST_INPUTS; left > 0; left -= 1) {
      const { status } = this.#decider.state;
      if (status === 'completed' || status === 'failed') return status;
      if (status === 'not-started') {
        this.#act('start', {});
      } else if (this.#open.length > 0) {
        const [work] = this.#open.splice(this.#schedule(this.#open.length), 1);
        if (work) this.#take(this.#end(work));
      } else if (!this.#answer()) {
        return 'stuck';
      }
    }
    return 'stuck';
  }

  #act(action: 'start' | 'answer' | 'confirm', parameters: JsonObject): void {
    this.#take({ type: 'act', action, parameters });
  }

  #take(input: Input): void {
    const { events, effects } = this.#decider.take(input, NOW);
    this.#record.take(events);
    for (const effect of effects) {
      if (effect.type === 'run-block' || effect.type === 'start-timer') this.#open.push(effect);
      else this.#drop(effect);
    }
  }

  #drop(cancel: Cancelling): void {
    this.#open = this.#open.filter((work) =>
      work.type === 'run-block'
        ? cancel.type !== 'cancel-run' || cancel.runId !== work.run.id
        : cancel.type !== 'cancel-timer' || cancel.timerId !== work.timer.id,
    );
  }

  #end(work: Work): Input {
    if (work.type === 'start-timer') return { type: 'timer-fired', timerId: work.timer.id };
    const { run } = work;
    const input = outcomeOf({
      journey: this.#journey,
      session: this.#decider.state,
      run: this.#sabotage.run?.(run) ?? run,
      oracle: this.#case.oracle,
      blockId: this.#record.blockId(run.stateId),
      path: this.#record.pathIn(run.scopeId, run.stateId),
    });
    return this.#sabotage.outcome?.(input) ?? input;
  }

  /** Ends the turn and answers what is asked then; false where there is nothing to answer. */
  #answer(): boolean {
    this.#take({ type: 'turn-ended' });
    const [question] = this.#decider.state.questions;
    if (!question) return this.#decider.state.status !== 'running';
    const parameters = this.#answerTo(question);
    if (parameters === null) return false;
    this.#act(question.kind === 'confirmation' ? 'confirm' : 'answer', parameters);
    return true;
  }

  #answerTo(question: Question): JsonObject | null {
    const { oracle } = this.#case;
    const blockId = this.#record.blockId(question.stateId);
    switch (question.kind) {
      case 'repair':
        return { option: 'stop' };
      case 'confirmation':
        return { confirmed: true };
      case 'choice': {
        const pick = Object.hasOwn(oracle.picks, blockId) ? oracle.picks[blockId] : undefined;
        return pick === undefined ? null : { value: pick };
      }
      case 'slots': {
        const { kind } = stateOf(graphOf(this.#journey), question.stateId);
        const answers = Object.hasOwn(oracle.forms, blockId) ? oracle.forms[blockId] : undefined;
        const path = this.#record.pathIn(question.scopeId, question.stateId);
        const values = kind === 'form' ? answerAt(answers, path) : undefined;
        return values === undefined ? null : { values: values as JsonObject };
      }
    }
  }
}
