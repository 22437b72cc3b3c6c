/** How much a finding matters: an `error` keeps the journey (or a part of it) from running. */
export type Severity = 'error' | 'warning' | 'info';

/** A finding about a workflow or a journey. Findings are returned, never thrown. */
export interface Issue {
  /** Stable snake_case code; its page is `docs/errors/<code>.md`. */
  readonly code: string;
  readonly severity: Severity;
  /** The block that is at fault, where there is one. */
  readonly blockId?: string;
  readonly edgeId?: string;
  /** Where in the imported document, as a JSON path such as `state.blocks.b1.name`. */
  readonly path?: string;
  /** What is wrong, naming it. One sentence. */
  readonly message: string;
  /** What to do about it. One sentence. */
  readonly hint: string;
}
