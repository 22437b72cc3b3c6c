import { own, type JsonObject, type JsonValue } from '../json.js';
import type { SlotType } from '../journey/types.js';
import { isBlank } from '../mapping/blank.js';
import { entryOf } from './catalogue.js';
import { decidedText, holds } from './conditions.js';

/** A parameter of a block that somebody else than the author may give. */
export interface OpenParameter {
  readonly id: string;
  readonly type: SlotType;
  readonly required: boolean;
  /** Empty where any value will do. */
  readonly options: readonly string[];
}

/**
 * The parameters of a block that its author left open and that count for what it is set to do. Secrets are
 * not among them, nor what decides what the block does outside.
 */
export function openParameters(type: string, set: JsonObject): readonly OpenParameter[] {
  const entry = entryOf(type);
  if (!entry) return [];
  const valueOf = (id: string): JsonValue => {
    const given = own(set, id) ?? null;
    return isBlank(given) ? (entry.defaults.get(id) ?? null) : given;
  };
  const textOf = (id: string) => decidedText(valueOf(id));
  return entry.params
    .filter(({ id, secret, author, when }) => {
      if (secret || id === 'operation' || id === entry.effect.param) return false;
      // Code is the author's matter in a conversation; a model is asked to write it.
      if (author && id !== 'code') return false;
      return isBlank(own(set, id) ?? null) && (when === null || holds(when, textOf));
    })
    .map(({ id, type: slotType, required, options }) => ({
      id,
      type: slotType,
      required: typeof required === 'boolean' ? required : holds(required, textOf),
      options,
    }));
}
