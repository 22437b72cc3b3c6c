import type { Entity, Intent } from '@sim/domain';

/** One reading of an utterance. Readers make them; the most confident wins. */
export interface Hypothesis {
  readonly intent: Intent;
  /** 0 to 1, comparable between readers. */
  readonly confidence: number;
  readonly entities: readonly Entity[];
}
