import type { JsonValue } from '../json.js';
import type { SideEffect, SlotType } from '../journey/types.js';

/**
 * When a parameter counts, told from the values of others: `param` has one of the values, or with `not`
 * none of them; `and` must hold too. In the data: `{param, value: one | [several], not?: true, and?}`.
 */
export interface Condition {
  readonly param: string;
  /** As texts, which is how the editor keeps numbers and booleans, too. */
  readonly values: ReadonlySet<string>;
  readonly not: boolean;
  readonly and: Condition | null;
}

/** One parameter of a block type. Ids, kinds and flags alone: what is said to people comes from the id. */
export interface ParamEntry {
  readonly id: string;
  /** The sub-block kind: `short-input`, `dropdown`, `oauth-input`, … */
  readonly kind: string;
  /** What an answer for it is. */
  readonly type: SlotType;
  /** True: needed whenever {@link when} holds. A condition: needed when that holds as well. */
  readonly required: boolean | Condition;
  /** When the block takes note of it at all; null for always. */
  readonly when: Condition | null;
  /** Ids of a fixed choice; empty where there is none, or where it is fetched or too long to keep. */
  readonly options: readonly string[];
  /** What the editor sets; null for nothing. */
  readonly default: JsonValue;
  /** Id of the advanced twin, which holds the same value as plain text; either one is enough. */
  readonly advanced: string | null;
  /** Ids of other parameters that make this one needless. */
  readonly or: readonly string[];
  /** A password, key or connected account, never asked for in chat. */
  readonly secret: boolean;
  /** A matter of the workflow's author, such as code, which a person in a chat is not asked for. */
  readonly author: boolean;
}

/** What running a block does outside: `read` where {@link param} has one of the values, else the default. */
export interface SideEffectRule {
  readonly default: SideEffect;
  /** The parameter that tells, mostly `operation`; null where it is the default in any case. */
  readonly param: string | null;
  readonly read: readonly string[];
}

/** What is known of a block type. */
export interface BlockTypeEntry {
  readonly type: string;
  /** It begins a workflow and runs nothing. */
  readonly trigger: boolean;
  /** False where everything that may be missing is the author's matter. */
  readonly ask: boolean;
  readonly effect: SideEffectRule;
  /** Names of top-level output fields; null where they are not known. */
  readonly outputs: readonly string[] | null;
  /**
   * True where {@link outputs} are all that there is, since we run the type ourselves. Of an integration
   * they are what Sim's own gives, while the tool bound to it here may give others.
   */
  readonly core: boolean;
  /** In the editor's order; ids are unique. */
  readonly params: readonly ParamEntry[];
  /** The defaults of {@link params} by id, where they have one. */
  readonly defaults: ReadonlyMap<string, JsonValue>;
}
