import type { Action, Entity, Intent, Understanding } from '../conversation/types.js';
import { render } from '../conversation/voice/render.js';
import type { Journey } from '../journey/types.js';
import type { JsonObject, JsonValue } from '../json.js';
import { createDecider, type Decider, type Input } from '../session/decide.js';
import { DEFAULT_CONFIG, initialState, replay } from '../session/evolve.js';
import { executionStatus } from '../session/status.js';
import type {
  BlockRun,
  ConversationalConfig,
  Effect,
  ExecutionConfig,
  SessionEvent,
} from '../session/types.js';

/** What a block of the rehearsal does: its output, the message of its failure, or nothing yet. */
export type Player = (
  run: BlockRun,
) =>
  | { output: JsonValue; branchId?: string; variables?: JsonObject }
  | { error: string; code?: string; retryable?: boolean; repeatable?: boolean }
  | 'pending';

/** A session played through with blocks that answer at once. */
export class Rehearsal {
  readonly decider: Decider;
  readonly events: SessionEvent[] = [];
  readonly effects: Effect[] = [];
  readonly ran: string[] = [];
  readonly #players: Record<string, Player>;
  #now = Date.parse('2026-03-14T09:00:00.000Z');

  constructor(
    journey: Journey,
    players: Record<string, Player> = {},
    more: {
      initialInput?: JsonObject;
      config?: Partial<ConversationalConfig>;
      execution?: Partial<ExecutionConfig>;
      /** As a direct run has it: nobody is there to answer. */
      unattended?: true;
    } = {},
  ) {
    this.#players = players;
    this.decider = createDecider(journey, initialState());
    this.turn({
      type: 'open',
      config: { ...DEFAULT_CONFIG, ...more.config },
      execution: {
        timeZone: null,
        sessionTimeoutMs: null,
        ...more.execution,
        ...(more.unattended && { unattended: more.unattended }),
      },
      initialInput: more.initialInput ?? {},
      mode: more.unattended ? 'visual' : 'conversational',
    });
  }

  /** Everything said in the turn, in words. */
  turn(input: Input): string {
    const from = this.events.length;
    const open = [...this.#take(input)];
    // The list grows while it is walked.
    for (const effect of open) {
      const outcome = effect.type === 'run-block' ? this.#play(effect.run) : null;
      if (outcome) open.push(...this.#take(outcome));
    }
    this.#take({ type: 'turn-ended' });
    return this.events
      .slice(from)
      .flatMap((event) => (event.type === 'agent-said' ? event.messages : []))
      .map((message) => render(message))
      .join('\n');
  }

  act(action: Action, parameters: JsonObject = {}): string {
    return this.turn({ type: 'act', action, parameters });
  }

  say(text: string, intent: Intent, entities: Partial<Entity>[] = []): string {
    const understanding: Understanding = {
      intent,
      confidence: 0.9,
      entities: entities.map((entity) => ({
        type: 'string',
        value: null,
        raw: '',
        start: 0,
        end: 0,
        confidence: 0.9,
        ...entity,
      })),
      alternatives: [],
      provider: 'internal',
    };
    return this.turn({ type: 'say', text, understanding });
  }

  give(values: JsonObject): string {
    return this.act('answer', { values });
  }

  /** What a block that was pending gives at last. */
  finish(name: string, output: JsonValue): string {
    const run = Object.values(this.decider.state.runs).find(
      ({ stateId }) => stateId === `st_${name}`,
    );
    const done = { output, branchId: null, variables: null, durationMs: 1 };
    return this.turn({ type: 'block-succeeded', runId: run?.id ?? 'run_0', ...done });
  }

  get status(): string {
    return executionStatus(this.decider.state);
  }

  get output(): JsonValue {
    return this.decider.state.output;
  }

  /** The state that the log alone gives. */
  replayed(): unknown {
    return replay(this.events);
  }

  #take(input: Input): readonly Effect[] {
    this.#now += 1_000;
    const { events, effects } = this.decider.take(input, new Date(this.#now).toISOString());
    this.events.push(...events);
    this.effects.push(...effects);
    return effects;
  }

  #play(run: BlockRun): Input | null {
    const name = run.stateId.slice('st_'.length);
    this.ran.push(name);
    const outcome: ReturnType<Player> = this.#players[name]?.(run) ?? { output: { ran: name } };
    if (outcome === 'pending') return null;
    if ('error' in outcome) {
      const { error: message, code = 'failed', retryable = true, repeatable = true } = outcome;
      const error = { code, message, retryable };
      return { type: 'block-failed', runId: run.id, error, durationMs: 1, repeatable };
    }
    const { output, branchId = null, variables = null } = outcome;
    return { type: 'block-succeeded', runId: run.id, output, branchId, variables, durationMs: 1 };
  }
}
