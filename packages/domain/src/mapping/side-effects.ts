import { own, type JsonObject } from '../json.js';
import type { SideEffect } from '../journey/types.js';
import type { Block } from '../workflow/types.js';

const BY_TYPE: Readonly<Record<string, SideEffect>> = {
  function: 'none',
  condition: 'none',
  variables: 'none',
  evaluator: 'none',
  guardrails: 'none',
  router: 'none',
  router_v2: 'none',
  // What stands inside a container has a side effect of its own.
  loop: 'none',
  parallel: 'none',
  agent: 'read',
};

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What running a block does outside; of a type that is not known the worst is assumed. */
export function sideEffectOf(
  block: Pick<Block, 'type' | 'params'>,
  overrides: Readonly<Record<string, SideEffect>>,
): SideEffect {
  const given = own(overrides, block.type) ?? own(BY_TYPE, block.type);
  if (given) return given;
  return block.type === 'api' && reads(block.params) ? 'read' : 'write';
}

function reads(params: JsonObject): boolean {
  const method = own(params, 'method') ?? 'GET';
  return typeof method === 'string' && READING.has(method.trim().toUpperCase() || 'GET');
}
