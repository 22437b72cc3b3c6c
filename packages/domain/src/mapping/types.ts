import type { Issue } from '../issues.js';
import type { Journey, Provenance, SideEffect } from '../journey/types.js';
import type { Workflow } from '../workflow/types.js';
import type { ToolOffer } from './tools.js';

/** What the mapping is told from outside the workflow. */
export interface MapOptions {
  /** Side effect by block type, in place of our own judgement. */
  readonly sideEffects?: Readonly<Record<string, SideEffect>>;
  /** Block types that an executor or a configured tool runs; others are reported. Absent: not checked. */
  readonly knownTypes?: ReadonlySet<string>;
  /** Workflows that blocks may call, by id; one that is not among them is reported. */
  readonly children?: ReadonlyMap<string, Workflow>;
  /** Tools that the workspace has configured: they make a block known, and say what it does outside. */
  readonly tools?: readonly ToolOffer[];
}

/** A workflow's journey, what was found on the way, and what became of each part. */
export interface MappedWorkflow {
  readonly journey: Journey;
  readonly issues: readonly Issue[];
  readonly provenance: Provenance;
}
