import type { JsonObject } from '../json.js';
import { usesOf } from './agent-tools.js';
import { mayRun, operationOf, type ToolOffer } from './tools.js';

/**
 * The tools that run some of these blocks or that an agent among them may call, in an order of their own:
 * what a journey depends on, whichever other tools there are.
 */
export function toolsUsed(
  blocks: readonly { readonly type: string; readonly params: JsonObject }[],
  tools: readonly ToolOffer[],
): ToolOffer[] {
  if (tools.length === 0) return [];
  const used = new Map<string, ToolOffer>();
  const uses = blocks.flatMap((block) =>
    block.type === 'agent' ? [block, ...usesOf(block.params)] : [block],
  );
  for (const { type, params } of uses) {
    for (const { blockType, operation, sideEffect } of mayRun(tools, type, operationOf(params))) {
      used.set(JSON.stringify([blockType, operation]), { blockType, operation, sideEffect });
    }
  }
  return [...used].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tool]) => tool);
}
