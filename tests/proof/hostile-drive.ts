import {
  createDecider,
  createLookup,
  DEFAULT_CONFIG,
  graphOf,
  initialState,
  mapWorkflow,
  parseWorkflow,
  replay,
  resolveParams,
  stateOf,
  toMermaid,
  type BlockRun,
  type Decider,
  type Effect,
  type Input,
  type Journey,
  type JsonObject,
  type JsonValue,
  type Question,
  type SessionEvent,
  type Slot,
} from '@sim/domain';

/** Inputs that a session is given; more would be more of the same. */
const STEPS = 50;

const NOW = '2026-03-14T09:00:00.000Z';

/**
 * Reads, maps and drives whatever it is given; throws where the product does.
 * @returns what is wrong all the same, in words
 */
export function driveAnything(input: unknown): { problems: string[]; ran: boolean } {
  const { workflow, issues } = parseWorkflow(input);
  if (!workflow) {
    return { problems: issues.length > 0 ? [] : ['it is refused without a word'], ran: false };
  }
  const { journey, provenance } = mapWorkflow(workflow);
  const problems = provenance.coverage === 1 ? [] : [`the coverage is ${provenance.coverage}`];
  if (!toMermaid(journey).startsWith('stateDiagram-v2\n'))
    problems.push('it is drawn as no diagram');
  return { problems: [...problems, ...new Drive(journey).go()], ran: true };
}

class Drive {
  readonly #journey: Journey;
  readonly #decider: Decider;
  readonly #events: SessionEvent[] = [];
  readonly #open: Effect[] = [];

  constructor(journey: Journey) {
    this.#journey = journey;
    this.#decider = createDecider(journey, initialState());
  }

  go(): string[] {
    this.#take({
      type: 'open',
      config: DEFAULT_CONFIG,
      execution: { timeZone: null, sessionTimeoutMs: null },
      initialInput: {},
      mode: 'conversational',
    });
    for (let step = 0; step < STEPS; step += 1) {
      this.#take(this.#next(step));
      this.#take({ type: 'turn-ended' });
    }
    const { state } = this.#decider;
    return JSON.stringify(replay(this.#events)) === JSON.stringify(state)
      ? []
      : ['the replayed log gives another state'];
  }

  #take(input: Input): void {
    const { events, effects } = this.#decider.take(input, NOW);
    this.#events.push(...events);
    for (const effect of effects) {
      if (effect.type === 'run-block' || effect.type === 'start-timer') this.#open.push(effect);
    }
  }

  #next(step: number): Input {
    const { status, questions } = this.#decider.state;
    if (status === 'not-started' && step === 0) {
      return { type: 'act', action: 'start', parameters: {} };
    }
    const effect = this.#open.shift();
    if (effect?.type === 'run-block') return this.#outcome(effect.run, step);
    if (effect?.type === 'start-timer') return { type: 'timer-fired', timerId: effect.timer.id };
    const [question] = questions;
    if (question) return answerTo(question, step);
    return { type: 'act', action: 'back', parameters: {} };
  }

  #outcome(run: BlockRun, step: number): Input {
    const { id: runId } = run;
    const state = stateOf(graphOf(this.#journey), run.stateId);
    const inside = state.kind === 'loop' || state.kind === 'parallel' ? state.id : null;
    const lookup = createLookup(this.#journey, this.#decider.state, run.scopeId, {}, inside);
    const resolved = resolveParams(state, lookup);
    if (!resolved.ok || step % 7 === 6) {
      const error = { code: 'timeout', message: 'It took too long.', retryable: step % 2 === 0 };
      return { type: 'block-failed', runId, error, durationMs: 1 };
    }
    const ways =
      state.kind === 'fork' ? state.branches : state.kind === 'router' ? state.routes : [];
    const branchId = ways[step % Math.max(1, ways.length)]?.id ?? null;
    const output: JsonObject =
      step % 3 === 0
        ? { goesOn: true, items: ['x', { k: 1 }], input: { __proto__: 'x' } }
        : { goesOn: false, result: { echo: resolved.value.params } };
    return {
      type: 'block-succeeded',
      runId,
      output,
      branchId,
      variables: { v: step },
      durationMs: 1,
    };
  }
}

function answerTo(question: Question, step: number): Input {
  const act = (action: 'answer' | 'confirm', parameters: JsonObject): Input => ({
    type: 'act',
    action,
    parameters,
  });
  switch (question.kind) {
    case 'confirmation':
      return act('confirm', { confirmed: step % 5 !== 4 });
    case 'repair':
      return act('answer', { option: question.options[step % question.options.length] ?? 'stop' });
    case 'choice':
      return act('answer', { value: question.options[0]?.value ?? null });
    case 'slots':
      return act('answer', {
        values: Object.fromEntries(question.slots.map((slot) => [slot.name, valueFor(slot)])),
      });
    default:
      return question satisfies never;
  }
}

function valueFor({ type, options }: Slot): JsonValue {
  const [option] = options ?? [];
  if (option) return option.value;
  const values: Readonly<Record<Slot['type'], JsonValue>> = {
    string: 'x',
    number: 3,
    boolean: true,
    object: { a: 1 },
    array: ['a'],
    'file[]': [{ name: 'a.txt', url: 'https://example.test/a.txt' }],
  };
  return values[type];
}
