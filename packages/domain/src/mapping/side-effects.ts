import { own, type JsonObject } from '../json.js';
import { entryOf } from '../catalogue/catalogue.js';
import type { BlockTypeEntry } from '../catalogue/types.js';
import type { SideEffect } from '../journey/types.js';
import type { Block } from '../workflow/types.js';
import { usesOf } from './agent-tools.js';
import { isBlank } from './blank.js';
import { mayRun, operationOf, type ToolOffer } from './tools.js';
import type { MapOptions } from './types.js';

/** What running a block does outside; of a type that is not known the worst is assumed. */
export function sideEffectOf(
  block: Pick<Block, 'type' | 'params'>,
  { sideEffects = {}, tools = [] }: MapOptions,
): SideEffect {
  const given = reaches(block) ? own(sideEffects, block.type) : undefined;
  const told = given ?? effectOfTool(block, tools);
  if (told) return told;
  const entry = entryOf(block.type);
  const itself = entry ? effectOf(entry, block.params) : 'write';
  if (block.type !== 'agent') return itself;
  // Which of its tools a model will call is not known before the run: it is asked about the worst.
  const uses = usesOf(block.params).filter(({ type }) => type !== 'agent');
  return worst([itself, ...uses.map((use) => sideEffectOf(use, { sideEffects, tools }))]);
}

function worst(effects: readonly SideEffect[]): SideEffect {
  return effects.reduce((a, b) => (RANKS[b] > RANKS[a] ? b : a), 'none');
}

/** Code has `fetch`, where functions may have it at all, only by its name. */
export function mentionsFetch(code: string): boolean {
  return /\bfetch\b/.test(code);
}

/** A function that fetches nothing reaches nothing outside, whatever functions are allowed to. */
function reaches({ type, params }: Pick<Block, 'type' | 'params'>): boolean {
  const code = own(params, 'code');
  return type !== 'function' || (typeof code === 'string' ? mentionsFetch(code) : true);
}

const RANKS: Readonly<Record<SideEffect, number>> = { none: 0, read: 1, write: 2 };

/** Of the tool that runs it; where only the run will tell the operation, the worst of those that may. */
function effectOfTool(
  { type, params }: Pick<Block, 'type' | 'params'>,
  tools: readonly ToolOffer[],
): SideEffect | undefined {
  const effects = mayRun(tools, type, operationOf(params)).map(({ sideEffect }) => sideEffect);
  return effects.length === 0 ? undefined : worst(effects);
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
