import {
  createDecider,
  createLookup,
  DEFAULT_CONFIG,
  graphOf,
  initialState,
  mapWorkflow,
  parseWorkflow,
  resolveParams,
  stateOf,
  type Decider,
  type Effect,
  type Input,
  type Journey,
  type JsonValue,
} from '@sim/domain';
import { fakeBlock } from './fake-blocks.js';
import { own, type JsonRecord } from './json.js';
import { messageOfField } from './raw-references.js';
import { answerAt, type Case } from './reference-interpreter.js';
import { pathOf } from './run-record.js';

/** What a journey left. */
export interface Played {
  readonly outcome: 'completed' | 'failed' | 'stuck';
  /** By path, as those of the reference. */
  readonly outputs: ReadonlyMap<string, JsonValue>;
  /** Paths in the order in which the blocks were done. */
  readonly order: readonly string[];
  readonly result: JsonValue;
}

/** Which of so many effects comes to its end next. */
export type Schedule = (open: number) => number;

type Work = Extract<Effect, { type: 'run-block' | 'start-timer' }>;

/** More inputs than any generated workflow takes. */
const MOST_INPUTS = 5_000;

/**
 * Plays a case through its journey: blocks are fakes, the person gives what the oracle says and does not
 * repair, and the schedule says which of the blocks under way is done first.
 */
export function play(given: Case, schedule: Schedule): Played {
  const { workflow } = parseWorkflow(given.document);
  if (!workflow) throw new TypeError('The generated document was refused.');
  return new Player(given, mapWorkflow(workflow).journey, schedule).play();
}

class Player {
  readonly #case: Case;
  readonly #journey: Journey;
  readonly #schedule: Schedule;
  readonly #decider: Decider;
  readonly #order: string[] = [];
  #open: Work[] = [];
  #now = Date.parse('2026-03-14T09:00:00.000Z');

  constructor(given: Case, journey: Journey, schedule: Schedule) {
    this.#case = given;
    this.#journey = journey;
    this.#schedule = schedule;
    this.#decider = createDecider(journey, initialState());
  }

  play(): Played {
    this.#take({
      type: 'open',
      config: { ...DEFAULT_CONFIG, askForConfirmation: false },
      execution: { timeZone: null, sessionTimeoutMs: null },
      initialInput: this.#case.oracle.start,
      mode: 'conversational',
    });
    for (let left = MOST_INPUTS; left > 0; left -= 1) {
      const { status } = this.#decider.state;
      if (status === 'completed') return this.#played('completed');
      if (status === 'not-started') {
        this.#take({ type: 'act', action: 'start', parameters: {} });
      } else if (this.#open.length > 0) {
        const [work] = this.#open.splice(this.#schedule(this.#open.length), 1);
        if (work) this.#take(this.#work(work));
      } else {
        const end = this.#answer();
        if (end) return this.#played(end);
      }
    }
    return this.#played('stuck');
  }

  #take(input: Input): void {
    this.#now += 1_000;
    const { events, effects } = this.#decider.take(input, new Date(this.#now).toISOString());
    for (const event of events) {
      if (event.type === 'node-completed') this.#order.push(pathIn(event.stateId));
    }
    for (const effect of effects) {
      if (effect.type === 'run-block' || effect.type === 'start-timer') this.#open.push(effect);
      if (effect.type === 'cancel-run' || effect.type === 'cancel-timer') this.#drop(effect);
    }
  }

  #drop(cancel: Extract<Effect, { type: 'cancel-run' | 'cancel-timer' }>): void {
    this.#open = this.#open.filter((work) =>
      work.type === 'run-block'
        ? cancel.type !== 'cancel-run' || cancel.runId !== work.run.id
        : cancel.type !== 'cancel-timer' || cancel.timerId !== work.timer.id,
    );
  }

  /** What comes of a block or timer, its references resolved at the moment at which it is done. */
  #work(work: Work): Input {
    if (work.type === 'start-timer') return { type: 'timer-fired', timerId: work.timer.id };
    const { id: runId, stateId, scopeId, attempt } = work.run;
    const state = stateOf(graphOf(this.#journey), stateId);
    const { env } = this.#case.oracle;
    const names = env as Readonly<Record<string, string>>;
    const lookup = createLookup(this.#journey, this.#decider.state, scopeId, names);
    const resolved = resolveParams(state, lookup);
    if (!resolved.ok) {
      const { code, reference, blockName } = resolved.error;
      const message = messageOfField(reference, blockName);
      const error = { code, message, retryable: false };
      return { type: 'block-failed', runId, error, durationMs: 1 };
    }
    const { params, bindings } = resolved.value;
    const type = state.kind === 'fork' ? 'condition' : state.blockType;
    const outcome = fakeBlock({ type, params, bindings, attempt });
    if (!outcome.ok) return { type: 'block-failed', runId, error: outcome.failure, durationMs: 1 };
    const { output, branchId = null, variables = null } = outcome;
    return { type: 'block-succeeded', runId, output, branchId, variables, durationMs: 1 };
  }

  /** Ends the turn and answers what is asked then; how it ended where nothing can be answered. */
  #answer(): Played['outcome'] | null {
    this.#take({ type: 'turn-ended' });
    const { status, questions } = this.#decider.state;
    if (status === 'completed') return null;
    const [question] = questions;
    if (question?.kind === 'repair') return 'failed';
    if (question?.kind !== 'slots') return 'stuck';
    const { blockId } = stateOf(graphOf(this.#journey), question.stateId);
    const answers = Object.hasOwn(this.#case.oracle.forms, blockId)
      ? answerAt(this.#case.oracle.forms[blockId], pathIn(question.stateId))
      : undefined;
    if (!answers) return 'stuck';
    this.#take({ type: 'act', action: 'answer', parameters: { values: answers } });
    return null;
  }

  #played(outcome: Played['outcome']): Played {
    const { scopes, output } = this.#decider.state;
    const outputs = Object.values(scopes).flatMap((scope) => Object.entries(scope.outputs));
    return {
      outcome,
      outputs: new Map(outputs.map(([stateId, value]) => [pathIn(stateId), value])),
      order: this.#order,
      result: output,
    };
  }
}

function pathIn(stateId: string): string {
  return pathOf('', stateId.slice('st_'.length));
}

/** The type of the block at a path of the root. */
export function typesOf(document: JsonRecord): ReadonlyMap<string, string> {
  const blocks = own(own(document, 'state'), 'blocks');
  const types = Object.entries((blocks ?? {}) as JsonRecord).map(([id, block]) => {
    const type = own(block, 'type');
    return [pathOf('', id), typeof type === 'string' ? type : ''] as const;
  });
  return new Map(types);
}
