import type { JsonObject, JsonValue } from '../json.js';

/** The forms in which a workflow reaches us. */
export type EnvelopeKind =
  | 'ui-export'
  | 'rest-export'
  | 'admin-export'
  | 'legacy'
  | 'zip'
  | 'yaml'
  | 'operations'
  | 'executor';

/** A workflow as drawn: blocks and edges, normalised out of whichever envelope held it. */
export interface Workflow {
  /** The id that it had where it was exported, by which other workflows call it; null where none is given. */
  readonly sourceId: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly envelope: EnvelopeKind;
  /** In document order. Ids are unique. */
  readonly blocks: readonly Block[];
  readonly edges: readonly Edge[];
  readonly containers: readonly Container[];
  readonly variables: readonly WorkflowVariable[];
}

/** One block of the canvas. */
export interface Block {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Sub-block values by key; of basic/advanced twins only the live one is set. */
  readonly params: JsonObject;
  /** The `type` of sub-blocks by key, such as `short-input`; empty where the form has none. A hint only. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Declared outputs by name, as the document has them; empty where none are declared. */
  readonly outputs: JsonObject;
  readonly triggerMode: boolean;
  readonly errorEnabled: boolean;
  readonly retry: RetryPolicy | null;
  /** The loop or parallel that this block stands in, by block id. */
  readonly parentId: string | null;
}

/** Opt-in retry of a block. */
export interface RetryPolicy {
  /** 2 to 5 runs in all. */
  readonly maxTries: number;
  /** 0 to 5000 ms between them. */
  readonly waitBetweenTriesMs: number;
}

/** A connection. Handles are normalised: `source`, `error`, `condition-…`, `router-…`, `loop-…`, `parallel-…`. */
export interface Edge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly sourceHandle: string;
}

/** What a loop or parallel block repeats, and how. */
export type Container = LoopContainer | ParallelContainer;

export interface LoopContainer {
  readonly kind: 'loop';
  readonly blockId: string;
  readonly loopType: 'for' | 'forEach' | 'while' | 'doWhile';
  readonly iterations: number | null;
  readonly items: JsonValue;
  readonly condition: string | null;
}

export interface ParallelContainer {
  readonly kind: 'parallel';
  readonly blockId: string;
  readonly parallelType: 'count' | 'collection';
  readonly count: number | null;
  readonly items: JsonValue;
  readonly batchSize: number | null;
}

/** A workflow-wide variable, read as `<variable.name>`. */
export interface WorkflowVariable {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly value: JsonValue;
}
