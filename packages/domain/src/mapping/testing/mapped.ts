import type { JsonObject } from '../../json.js';
import { parsed, uiExport } from '../../workflow/testing/exports.js';
import { mapWorkflow } from '../map-workflow.js';
import type { MapOptions, MappedWorkflow } from '../types.js';

/** Maps an export that is read without a fault. */
export function mapped(
  blocks: readonly JsonObject[],
  edges: readonly JsonObject[] = [],
  extra: JsonObject = {},
  options: MapOptions = {},
): MappedWorkflow {
  return mapWorkflow(parsed(uiExport(blocks, edges, extra)).workflow, options);
}
