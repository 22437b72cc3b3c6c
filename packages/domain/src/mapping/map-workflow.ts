import { analyse } from '../analysis/analyse.js';
import { linkChildren } from './link-children.js';
import { mapAlone } from './map-alone.js';
import type { MapOptions, MappedWorkflow } from './types.js';
import type { Workflow } from '../workflow/types.js';

/**
 * Compiles a workflow to a journey, with the workflows that it calls linked in, and analyses that. Total
 * and deterministic: the same content and options give the same bytes. Time is that of {@link analyse}.
 */
export function mapWorkflow(workflow: Workflow, options: MapOptions = {}): MappedWorkflow {
  const mapped = linkChildren(mapAlone(workflow, options, 'chat'), workflow, options);
  return { ...mapped, issues: [...mapped.issues, ...analyse(mapped.journey)] };
}
