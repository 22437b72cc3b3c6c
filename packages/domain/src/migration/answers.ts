import { acceptValue } from '../conversation/slot-values.js';
import { isJsonObject, own, setOwn, type JsonValue } from '../json.js';
import type { JourneyState, Slot } from '../journey/types.js';
import { asks } from '../session/graph.js';
import { refusal, type MoveRefusal } from './refusals.js';
import { isSame } from './same.js';

/**
 * The output of an answered state as the new version would have it: with the defaults of fields that it
 * asks for beside the answered ones and that may be left out. Null where nothing changes.
 */
export function answeredAs(
  before: JourneyState,
  after: JourneyState,
  output: JsonValue,
): { readonly output: JsonValue } | MoveRefusal | null {
  if (!asks(after) || !isJsonObject(output)) return null;
  const known = asks(before) ? before.slots : [];
  const left: Slot[] = [];
  for (const slot of after.slots) {
    const earlier = known.find(({ name }) => name === slot.name);
    if (isSame(earlier, slot)) continue;
    const value = own(output, slot.name) ?? null;
    const problem = value === null ? missing(after, slot) : unfit(after, slot, value);
    if (problem) return problem;
    if (value === null && !(earlier && isSame(earlier.default, slot.default))) left.push(slot);
  }
  return left.length === 0 ? null : { output: withDefaults(output, left) };
}

function missing(state: JourneyState, slot: Slot): MoveRefusal | null {
  if (!slot.required) return null;
  return refusal(
    'answer_missing',
    state,
    (name) => `${name} is answered, and needs "${slot.label}" too now.`,
  );
}

function unfit(state: JourneyState, slot: Slot, value: JsonValue): MoveRefusal | null {
  if (acceptValue(slot, value, Infinity).ok) return null;
  return refusal(
    'answer_unfit',
    state,
    (name) => `The answer for "${slot.label}" of ${name} does not fit any more.`,
  );
}

/** A form's values stand under `response` and `submission` too. */
function withDefaults(output: JsonValue, slots: readonly Slot[]): JsonValue {
  if (!isJsonObject(output)) return output;
  const filled: Record<string, JsonValue> = { ...output };
  for (const { name, default: value } of slots) setOwn(filled, name, value);
  for (const copy of ['response', 'submission']) {
    const values = own(output, copy);
    if (slots.some(({ name }) => name === copy) || !isJsonObject(values)) continue;
    setOwn(filled, copy, withDefaults(values, slots));
  }
  return filled;
}
