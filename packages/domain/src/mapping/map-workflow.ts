import { linkChildren } from './link-children.js';
import { mapAlone } from './map-alone.js';
import type { MapOptions, MappedWorkflow } from './types.js';
import type { Workflow } from '../workflow/types.js';

/**
 * Compiles a workflow to a journey, with the workflows that it calls linked in. Total and deterministic:
 * the same content and options give the same bytes. Time is linear in blocks and edges, but for the
 * look-back of references (see `upstream.ts`).
 */
export function mapWorkflow(workflow: Workflow, options: MapOptions = {}): MappedWorkflow {
  return linkChildren(mapAlone(workflow, options, 'chat'), workflow, options);
}
