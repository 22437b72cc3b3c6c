import type { JsonObject, JsonValue } from '../json.js';
import type { RetryPolicy } from '../workflow/types.js';

/** `st_<blockId>`: the prefix keeps foreign ids such as `__proto__` out of plain keys. */
export type StateId = `st_${string}`;
export type TransitionId = `tr_${string}`;

/** A workflow compiled to a state machine that can hold a conversation. Immutable; plain JSON. */
export interface Journey {
  /** `jrn_` and the first 24 hex digits of {@link version}. */
  readonly id: `jrn_${string}`;
  /** SHA-256 (hex) of the workflow's normalised content, the options and {@link mapperVersion}. */
  readonly version: string;
  readonly mapperVersion: string;
  readonly name: string;
  readonly description: string | null;
  /** Null where the workflow has nothing to start with; such a journey cannot run. */
  readonly initial: StateId | null;
  /** In an order of dependency (topological, ties by document order). */
  readonly states: readonly JourneyState[];
  /** No dangling ends, no cycles: edges that would close one are left out with an issue. */
  readonly transitions: readonly Transition[];
  readonly variables: readonly JourneyVariable[];
  /** Workflows that this one calls, each once however often it is called; absent where there are none. */
  readonly children?: readonly ChildJourney[];
  /**
   * Names of blocks that are left out: a reference to one is empty, as to a block that never ran, while
   * one to no block at all stays as it is written.
   */
  readonly absentNames?: readonly string[];
}

/**
 * A workflow that is called by another. Its states and transitions stand among the journey's own, marked
 * by {@link StateBase.child}.
 */
export interface ChildJourney {
  /** Marks its states; made by the mapping. */
  readonly key: string;
  readonly workflowId: string;
  readonly name: string;
  /** The version of the child's own journey: which content of it is linked. */
  readonly version: string;
  /** Null where the child has nothing to start with; calling it fails. */
  readonly initial: StateId | null;
  readonly variables: readonly JourneyVariable[];
  /** See {@link Journey.absentNames}. */
  readonly absentNames?: readonly string[];
}

interface StateBase {
  readonly id: StateId;
  /** The loop or parallel whose body it stands in; absent at the top of its workflow. */
  readonly parent?: StateId;
  /** {@link ChildJourney.key} of the workflow that it belongs to; absent in the journey's own. */
  readonly child?: string;
  readonly blockId: string;
  readonly blockType: string;
  /** The block's name, said to the person. */
  readonly label: string;
  /** The name by which references find it: lower case, white space and dots removed. */
  readonly refName: string;
  readonly description: string | null;
  /** Top-level output fields that the block declares; null where it declares none. */
  readonly outputFields: readonly string[] | null;
}

/** Takes a workflow's input: every slot is asked for that is not given. */
export interface StartState extends StateBase {
  readonly kind: 'start';
  readonly slots: readonly Slot[];
}

/** human_in_the_loop: shows something and asks the person for its form. */
export interface FormState extends StateBase {
  readonly kind: 'form';
  /** What is shown before the questions: text with references, or labelled values. */
  readonly display: readonly DisplayItem[];
  readonly slots: readonly Slot[];
}

/**
 * Asks for the values that a block needs and its workflow does not give. Its output holds them by
 * parameter; the block's {@link ToolState.inputs} leads here.
 */
export interface InputsState extends StateBase {
  readonly kind: 'inputs';
  readonly slots: readonly Slot[];
}

/** condition: the first branch whose expression is true is taken, else the last. */
export interface ForkState extends StateBase {
  readonly kind: 'fork';
  readonly branches: readonly Branch[];
}

/**
 * router, router_v2: a model chooses one of the routes; where none is configured, or it finds none that
 * fits, the person is asked. Left by transitions of kind `branch`, named after the routes.
 */
export interface RouterState extends StateBase {
  readonly kind: 'router';
  readonly routes: readonly Route[];
  /** The block's parameters, references and `{{ENV}}` markers unresolved. */
  readonly params: JsonObject;
  readonly retry: RetryPolicy | null;
  readonly hasErrorPath: boolean;
}

/** wait: goes on by itself after the delay. */
export interface TimerState extends StateBase {
  readonly kind: 'timer';
  readonly delayMs: number;
}

/** Any block that is executed: function, api, variables, agent, integrations, … */
export interface ToolState extends StateBase {
  readonly kind: 'tool';
  /** The block's parameters, references and `{{ENV}}` markers unresolved. */
  readonly params: JsonObject;
  readonly sideEffect: SideEffect;
  readonly retry: RetryPolicy | null;
  /** An error edge leaves this state, so a failure is part of the path. */
  readonly hasErrorPath: boolean;
  /** The state before it whose answers complete the parameters; absent where nothing is missing. */
  readonly inputs?: StateId;
}

/**
 * loop: runs its body, the states whose `parent` it is, once an iteration, each in a scope of its own, one
 * after the other. Its output is `{results}`: per iteration an array of what its blocks put out, in the
 * order of the journey's states.
 */
export interface LoopState extends StateBase {
  readonly kind: 'loop';
  readonly loopType: 'for' | 'forEach' | 'while' | 'doWhile';
  /** With `for`, and `doWhile` without a condition: how often; null where it cannot be read. */
  readonly iterations: number | null;
  /** With `forEach`: a list, a record, JSON text of one, or a reference to one. */
  readonly items: JsonValue;
  /** With `while` and `doWhile`: JavaScript, references unresolved. */
  readonly condition: string | null;
  readonly hasErrorPath: boolean;
}

/** parallel: as {@link LoopState}, but a batch of branches at a time. One that fails fails all. */
export interface ParallelState extends StateBase {
  readonly kind: 'parallel';
  readonly parallelType: 'count' | 'collection';
  readonly count: number | null;
  readonly items: JsonValue;
  /** Branches at a time, 1 to 20. */
  readonly batchSize: number;
  readonly hasErrorPath: boolean;
}

/** workflow, workflow_input: runs another workflow in a scope of its own. */
export interface SubJourneyState extends StateBase {
  readonly kind: 'subjourney';
  /** As the block names it; null where the export has lost it. */
  readonly workflowId: string | null;
  /** {@link ChildJourney.key}; null where that workflow is not known. */
  readonly calls: string | null;
  readonly params: JsonObject;
  readonly retry: RetryPolicy | null;
  readonly hasErrorPath: boolean;
}

/** response: ends the run with its result; the first that is reached wins. */
export interface ResponseState extends StateBase {
  readonly kind: 'response';
  readonly params: JsonObject;
}

export type JourneyState =
  | StartState
  | FormState
  | InputsState
  | ForkState
  | RouterState
  | TimerState
  | ToolState
  | LoopState
  | ParallelState
  | SubJourneyState
  | ResponseState;

export type StateKind = JourneyState['kind'];

/** What running a block does to the world outside: `write` wants a confirmation. */
export type SideEffect = 'none' | 'read' | 'write';

export type DisplayItem =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string; readonly value: JsonValue };

/** One way out of a fork. */
export interface Branch {
  /** The handle's id, `<blockId>-if` and the like. */
  readonly id: string;
  readonly title: string;
  /** JavaScript, references unresolved; null for else. */
  readonly expression: string | null;
}

/** One way out of a router. */
export interface Route {
  /** What follows `router-` in the handle; with the older router the id of the target block. */
  readonly id: string;
  readonly title: string;
  /** When to go this way, as the author put it. */
  readonly description: string | null;
}

/** A typed value asked of a person. */
export interface Slot {
  readonly name: string;
  /** Said to the person: the label, or the name with its words set apart. */
  readonly label: string;
  readonly type: SlotType;
  /** Narrows a string: told from the field's name and description. */
  readonly format: SlotFormat | null;
  readonly description: string | null;
  readonly required: boolean;
  readonly default: JsonValue | null;
  /** The accepted values, where they are enumerated. */
  readonly options: readonly SlotOption[] | null;
}

export type SlotType = 'string' | 'number' | 'boolean' | 'object' | 'array' | 'file[]';
export type SlotFormat = 'date' | 'time' | 'date-time' | 'email' | 'url' | 'phone';

export interface SlotOption {
  readonly value: JsonValue;
  readonly label: string;
}

export interface Transition {
  readonly id: TransitionId;
  readonly from: StateId;
  readonly to: StateId;
  /**
   * `next`: the output has no error; `error`: it has; `branch`: this branch or route was chosen; `enter`:
   * from a loop or parallel to where its body begins.
   */
  readonly kind: 'next' | 'error' | 'branch' | 'enter';
  /** With kind `branch`: {@link Branch.id} or {@link Route.id}. */
  readonly branchId: string | null;
  /** The edges it stands for; parallel edges between the same two handles are one transition. */
  readonly edgeIds: readonly string[];
}

export interface JourneyVariable {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly value: JsonValue;
}

/** What became of every block and edge, and back. */
export interface Provenance {
  /** Block id → states. */
  readonly nodeStateMappings: Readonly<Record<string, readonly StateId[]>>;
  /** Edge id → transitions. */
  readonly edgeTransitionMappings: Readonly<Record<string, readonly TransitionId[]>>;
  /** Workflow variable name and start field → where the journey keeps it. */
  readonly contextVariableMappings: Readonly<Record<string, string>>;
  /** Blocks and edges that became nothing, each with its reason. */
  readonly leftOut: readonly LeftOut[];
  /** Share of blocks and edges that are mapped or left out with a reason, 0 to 1. */
  readonly coverage: number;
}

export interface LeftOut {
  readonly kind: 'block' | 'edge';
  readonly id: string;
  /** An issue code such as `block_disabled`. */
  readonly reason: string;
}
