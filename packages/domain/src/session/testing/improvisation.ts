import { expect } from 'vitest';
import type { Action, Intent } from '../../conversation/types.js';
import type { Journey, Slot } from '../../journey/types.js';
import type { JsonObject, JsonValue } from '../../json.js';
import { hasEnded } from '../commands.js';
import { createDecider, decide, type Decider, type Decision, type Input } from '../decide.js';
import { DEFAULT_CONFIG, initialState } from '../evolve.js';
import { graphOf, stateOf } from '../graph.js';
import type {
  BlockRun,
  ConversationalConfig,
  Alarm,
  Effect,
  ExecutionConfig,
  SessionEvent,
  SessionState,
} from '../types.js';
import { asStored } from './stored.js';

/** One thing that happens to a session; what it refers to is picked modulo what there is. */
export type Happening =
  | { readonly kind: 'outcome'; readonly pick: number; readonly ok: boolean; readonly big: boolean }
  | { readonly kind: 'lost'; readonly pick: number; readonly safe: boolean }
  | { readonly kind: 'timer'; readonly pick: number }
  | { readonly kind: 'answer'; readonly pick: number }
  | { readonly kind: 'expire' }
  | { readonly kind: 'act'; readonly action: Action; readonly parameters: JsonObject }
  | {
      readonly kind: 'say';
      readonly intent: Intent;
      readonly pick: number;
      readonly value: JsonValue;
    };

/** What one happening led to, the end of its turn included. */
export interface Beat {
  readonly input: Input;
  readonly before: SessionState;
  readonly events: readonly SessionEvent[];
}

/**
 * A session at the mercy of whatever happens, in whatever order. A process that reads it anew, from a
 * database that orders keys its own way, would decide the same each time.
 */
export class Improvisation {
  journey: Journey;
  readonly events: SessionEvent[] = [];
  /** What the engine would have under way, told from the effects alone. */
  readonly runs = new Map<BlockRun['id'], BlockRun>();
  readonly timers = new Map<Alarm['id'], Alarm>();
  decider: Decider;
  #now = Date.parse('2026-03-14T09:00:00.000Z');

  constructor(
    journey: Journey,
    config: Partial<ConversationalConfig>,
    initialInput: JsonObject,
    execution: Partial<ExecutionConfig> = {},
  ) {
    this.journey = journey;
    this.decider = createDecider(journey, initialState());
    this.turn({
      type: 'open',
      config: { ...DEFAULT_CONFIG, ...config },
      execution: { timeZone: null, sessionTimeoutMs: null, ...execution },
      initialInput,
      mode: 'conversational',
    });
  }

  get state(): SessionState {
    return this.decider.state;
  }

  /** Has it go on with another version of its journey, as a move left it. */
  moveTo(journey: Journey, events: readonly SessionEvent[], state: SessionState): void {
    this.journey = journey;
    this.decider = createDecider(journey, asStored(state));
    this.events.push(...events);
  }

  /** Null where the happening has nothing to happen to. */
  happen(happening: Happening): Beat | null {
    const input = this.#inputOf(happening);
    return input && this.turn(input);
  }

  /** Takes an input and ends the turn. */
  turn(input: Input): Beat {
    const before = asStored(this.state);
    const from = this.events.length;
    this.#take(input);
    this.#take({ type: 'turn-ended' });
    return { input, before, events: this.events.slice(from) };
  }

  #take(input: Input): void {
    if ('runId' in input) this.runs.delete(input.runId);
    if (input.type === 'timer-fired') this.timers.delete(input.timerId);
    this.#now += 1_000;
    const now = new Date(this.#now).toISOString();
    const anew = decide(this.journey, asStored(this.state), input, now);
    const { events, effects } = this.decider.take(input, now);
    // What is still to be said in a turn is known to the turn alone; all else is in the state.
    if (input.type !== 'turn-ended') expect({ events, effects }).toEqual(withoutState(anew));
    this.events.push(...events);
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'run-block':
        this.runs.set(effect.run.id, effect.run);
        return;
      case 'cancel-run':
        this.runs.delete(effect.runId);
        return;
      case 'start-timer':
        this.timers.set(effect.timer.id, effect.timer);
        return;
      case 'cancel-timer':
        this.timers.delete(effect.timerId);
        return;
      default:
        effect satisfies never;
    }
  }

  #inputOf(happening: Happening): Input | null {
    switch (happening.kind) {
      case 'outcome':
        return this.#outcome(happening);
      case 'lost': {
        const run = picked([...this.runs.values()], happening.pick);
        return run ? { type: 'run-lost', runId: run.id, safe: happening.safe } : null;
      }
      case 'timer': {
        const due = picked([...this.timers.values()], happening.pick);
        return due ? { type: 'timer-fired', timerId: due.id } : null;
      }
      case 'answer':
        return this.answer(happening.pick);
      case 'expire':
        return hasEnded(this.state) ? null : { type: 'expire' };
      case 'act':
        return { type: 'act', action: happening.action, parameters: happening.parameters };
      case 'say':
        return this.#say(happening);
      default:
        return happening satisfies never;
    }
  }

  #outcome({ pick, ok, big }: Extract<Happening, { kind: 'outcome' }>): Input | null {
    const run = picked([...this.runs.values()], pick);
    if (!run) return null;
    if (!ok) {
      const error = { code: 'failed', message: 'It is out of order.', retryable: big };
      return { type: 'block-failed', runId: run.id, error, durationMs: 1 };
    }
    return {
      type: 'block-succeeded',
      runId: run.id,
      output: this.#outputOf(run, big),
      branchId: this.#branchOf(run, big),
      variables: { total: this.#now, [run.stateId]: run.id },
      durationMs: 1,
    };
  }

  #outputOf(run: BlockRun, big: boolean): JsonValue {
    const state = stateOf(graphOf(this.journey), run.stateId);
    if (state.kind === 'parallel') return { items: ['a', 'b'] };
    if (state.kind === 'subjourney') return { input: big ? { kidname: 'Ada' } : {} };
    if (state.kind !== 'loop') return { ran: run.id };
    if (state.condition === null) return { items: big ? ['a', 'b', 'c'] : [] };
    const { progress } = this.state.scopes[run.scopeId]?.nodes[run.stateId] ?? {};
    return { goesOn: big && (progress?.opened ?? 0) < 2 };
  }

  #branchOf(run: BlockRun, big: boolean): string {
    const { kind } = stateOf(graphOf(this.journey), run.stateId);
    return kind === 'router' ? (big ? 'left' : 'right') : big ? 'if' : 'else';
  }

  /** What a willing person says to the pending question; null where nothing is asked. */
  answer(pick: number): Input | null {
    const question = this.state.questions[0];
    if (!question) return null;
    if (question.kind === 'confirmation') {
      return { type: 'act', action: 'confirm', parameters: { confirmed: pick % 4 !== 0 } };
    }
    if (question.kind === 'repair') {
      const option = picked(question.options, pick) ?? 'stop';
      return { type: 'act', action: 'answer', parameters: { option } };
    }
    if (question.kind === 'choice') {
      const value = picked(question.options, pick)?.value ?? null;
      return { type: 'act', action: 'answer', parameters: { value } };
    }
    const slot = question.slots.find(({ name }) => name === question.focus);
    return { type: 'act', action: 'answer', parameters: { value: fitting(slot) } };
  }

  #say({ intent, pick, value }: Extract<Happening, { kind: 'say' }>): Input {
    const slots = this.journey.states.flatMap((state) => ('slots' in state ? state.slots : []));
    const slot = picked(slots, pick);
    const entity = {
      type: 'string' as const,
      value: pick % 3 === 0 ? value : fitting(slot),
      raw: '',
      start: 0,
      end: 0,
      confidence: 0.9,
    };
    const entities = slot && pick % 2 === 0 ? [{ ...entity, slot: slot.name }] : [];
    const understanding = {
      intent,
      confidence: pick % 7 === 0 ? 0.3 : 0.9,
      entities,
      alternatives: [],
      provider: 'internal' as const,
    };
    return { type: 'say', text: 'so to speak', understanding };
  }
}

function withoutState({ events, effects }: Decision): Decision {
  return { events, effects };
}

function picked<T>(all: readonly T[], pick: number): T | undefined {
  return all[pick % all.length];
}

function fitting(slot: Slot | undefined): JsonValue {
  if (slot?.options) return slot.options[0]?.value ?? null;
  if (slot?.type === 'number') return 7;
  return slot?.type === 'boolean' ? true : 'something';
}
