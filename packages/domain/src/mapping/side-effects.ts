import { own, type JsonObject } from '../json.js';
import { entryOf } from '../catalogue/catalogue.js';
import type { BlockTypeEntry } from '../catalogue/types.js';
import type { SideEffect } from '../journey/types.js';
import type { Block } from '../workflow/types.js';
import { isBlank } from './blank.js';

/** What running a block does outside; of a type that is not known the worst is assumed. */
export function sideEffectOf(
  block: Block,
  overrides: Readonly<Record<string, SideEffect>>,
): SideEffect {
  const given = own(overrides, block.type);
  if (given) return given;
  const entry = entryOf(block.type);
  return entry ? effectOf(entry, block.params) : 'write';
}

/** An operation that only the run will tell is none that reads. */
function effectOf({ effect, defaults }: BlockTypeEntry, values: JsonObject): SideEffect {
  const key = effect.param;
  if (key === null) return effect.default;
  const value = own(values, key) ?? null;
  const chosen = isBlank(value) ? defaults.get(key) : value;
  if (typeof chosen !== 'string') return effect.default;
  const name = chosen.trim();
  // Methods are written in either case.
  const reads = effect.read.includes(name) || effect.read.includes(name.toUpperCase());
  return reads ? 'read' : effect.default;
}
