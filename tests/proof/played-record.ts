import {
  graphOf,
  stateOf,
  type Journey,
  type JsonValue,
  type Scope,
  type SessionEvent,
  type StateId,
} from '@sim/domain';
import { iterationPath, pathOf } from './run-record.js';

/** What a journey left; paths are those of the reference. */
export interface Played {
  /** `stuck`: it neither ended nor asked for anything that can be given. */
  readonly outcome: 'completed' | 'failed' | 'stuck';
  readonly outputs: ReadonlyMap<string, JsonValue>;
  /** Paths in the order in which the blocks were done. */
  readonly order: readonly string[];
  readonly skipped: ReadonlySet<string>;
  /** Of the blocks that ran by themselves: not of loops, parallels and what asks the person. */
  readonly attempts: ReadonlyMap<string, number>;
  readonly result: JsonValue;
}

/** Keeps what a session leaves by path, as its scopes are dropped when they are done. */
export class PlayedRecord {
  readonly outputs = new Map<string, JsonValue>();
  readonly order: string[] = [];
  readonly skipped = new Set<string>();
  readonly attempts = new Map<string, number>();
  readonly events: SessionEvent[] = [];
  readonly #journey: Journey;
  readonly #scopes = new Map<string, string>();

  constructor(journey: Journey) {
    this.#journey = journey;
  }

  /** Path of a state in a scope, by the id that its block has in its document. */
  pathIn(scopeId: string, stateId: StateId): string {
    return pathOf(this.#scopes.get(scopeId) ?? '', this.blockId(stateId));
  }

  blockId(stateId: StateId): string {
    const { blockId, child } = stateOf(graphOf(this.#journey), stateId);
    return child === undefined ? blockId : blockId.slice(child.length + 1);
  }

  take(events: readonly SessionEvent[]): void {
    for (const event of events) {
      this.events.push(event);
      if (event.type === 'scope-opened') this.#open(event.scope);
      if (event.type === 'node-started') this.#start(event.run);
      if (event.type === 'node-completed') this.#complete(event);
    }
  }

  #open({ id, parent, index }: Scope): void {
    const around = parent ? this.pathIn(parent.scopeId, parent.stateId) : '';
    this.#scopes.set(id, index === undefined ? around : iterationPath(around, index));
  }

  #start({
    scopeId,
    stateId,
    attempt,
  }: Extract<SessionEvent, { type: 'node-started' }>['run']): void {
    const { kind } = stateOf(graphOf(this.#journey), stateId);
    if (kind === 'loop' || kind === 'parallel') return;
    this.attempts.set(this.pathIn(scopeId, stateId), attempt);
  }

  #complete(event: Extract<SessionEvent, { type: 'node-completed' }>): void {
    const { scopeId, stateId, output, skipped } = event;
    for (const id of skipped) this.skipped.add(this.pathIn(scopeId, id));
    // What is asked before a block stands for no block.
    if (stateOf(graphOf(this.#journey), stateId).kind === 'inputs') return;
    const path = this.pathIn(scopeId, stateId);
    this.outputs.set(path, output);
    this.order.push(path);
  }
}
