import type { Workflow } from '../workflow/types.js';
import { childIdOf } from './states.js';

/** Ids of the workflows that a workflow calls, as its blocks name them, each once. */
export function calledWorkflows({ blocks }: Workflow): string[] {
  const ids = blocks
    .filter(({ type, enabled }) => enabled && (type === 'workflow' || type === 'workflow_input'))
    .flatMap((block) => childIdOf(block) ?? []);
  return [...new Set(ids)];
}
