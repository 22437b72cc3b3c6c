import type { SideEffect } from '../journey/types.js';
import { own, type JsonObject } from '../json.js';
import { scanReferences } from '../expressions/references.js';

/** What the mapping needs to know of a tool that a workspace has configured. */
export interface ToolOffer {
  readonly blockType: string;
  /** Null runs every operation of the type that no other tool names. */
  readonly operation: string | null;
  readonly sideEffect: SideEffect;
}

/** They steer the journey, or compute within it: no tool stands in for them. */
const OWN_TYPES: ReadonlySet<string> = new Set([
  'api_trigger',
  'chat_trigger',
  'condition',
  'evaluator',
  'function',
  'generic_webhook',
  'guardrails',
  'human_in_the_loop',
  'input_trigger',
  'loop',
  'manual_trigger',
  'note',
  'parallel',
  'response',
  'router',
  'router_v2',
  'schedule',
  'start_trigger',
  'starter',
  'variables',
  'wait',
  'webhook',
  'workflow',
  'workflow_input',
]);

/** Whether a configured tool may run blocks of a type. */
export function takesTools(blockType: string): boolean {
  return !OWN_TYPES.has(blockType);
}

/**
 * The operation that a block is set to, which chooses its tool. One that comes from elsewhere (a reference)
 * is not known before the block runs, and the block is confirmed before that: it counts as none.
 */
export function operationOf(params: JsonObject): string | null {
  const operation = own(params, 'operation');
  if (typeof operation !== 'string' || operation.trim() === '') return null;
  return scanReferences(operation).length > 0 ? null : operation.trim();
}

/** The tool that runs a block: the one for its operation, else the one for every operation. */
export function toolFor<T extends Pick<ToolOffer, 'blockType' | 'operation'>>(
  tools: readonly T[],
  blockType: string,
  operation: string | null,
): T | null {
  if (!takesTools(blockType)) return null;
  const ofType = tools.filter((tool) => tool.blockType === blockType);
  const exact = operation === null ? undefined : ofType.find((t) => t.operation === operation);
  return exact ?? ofType.find((tool) => tool.operation === null) ?? null;
}

/** The tools that may run a block: where only the run will tell the operation, any of its type. */
export function mayRun(
  tools: readonly ToolOffer[],
  blockType: string,
  operation: string | null,
): readonly ToolOffer[] {
  if (operation !== null) return [toolFor(tools, blockType, operation)].filter((t) => t !== null);
  return takesTools(blockType) ? tools.filter((tool) => tool.blockType === blockType) : [];
}
