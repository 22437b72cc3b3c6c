import type { JsonObject } from '../../json.js';

/**
 * A journey as configurations of XState v5: plain JSON for `setup(…).createMachine`. Which event moves it
 * is written in docs/xstate.md.
 */
export interface XStateExport {
  /** The machine of the journey itself. */
  readonly config: XStateNode;
  /** Machines that it starts by name: one for each child workflow and for the branches of each parallel. */
  readonly machines: Readonly<Record<string, XStateNode>>;
}

/** A state of a machine, or a machine. */
export interface XStateNode {
  readonly id?: string;
  readonly description?: string;
  readonly type?: 'parallel' | 'final';
  readonly initial?: string;
  readonly context?: JsonObject;
  readonly meta?: JsonObject;
  readonly entry?: readonly XStateReference[];
  readonly exit?: readonly XStateReference[];
  readonly invoke?: { readonly src: string; readonly id: string; readonly onDone: string };
  readonly always?: readonly XStateTransition[];
  /** By event type; a text is a target. */
  readonly on?: Readonly<Record<string, string | XStateTransition>>;
  readonly onDone?: string;
  readonly states?: Readonly<Record<string, XStateNode>>;
}

/** A guard or an action by its name. */
export interface XStateReference {
  readonly type: string;
  readonly params?: JsonObject;
}

export interface XStateTransition {
  readonly target?: string;
  readonly guard?: XStateReference;
  readonly actions?: readonly XStateReference[];
}

/** What a machine remembers beside its state. */
export interface XStateMemory {
  /** Decided transitions of the journey, by id. */
  readonly ways: Readonly<Record<string, 'live' | 'dead'>>;
  /** How far loops and parallels are, by the key of their state. */
  readonly bodies: Readonly<Record<string, XStateProgress>>;
}

/** Iterations or branches: in all, begun, over. */
export interface XStateProgress {
  readonly total: number;
  readonly opened: number;
  readonly closed: number;
}
