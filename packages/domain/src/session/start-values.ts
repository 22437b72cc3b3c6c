import { render } from '../conversation/voice/render.js';
import type { JsonObject } from '../json.js';
import type { Journey } from '../journey/types.js';
import { graphOf, stateOf } from './graph.js';
import { openSlots, refusalOf } from './slot-questions.js';

/** A start value that is missing or does not fit. */
export interface StartValueFault {
  /** Of the slot, as the input names it. */
  readonly name: string;
  /** What is wrong and what is accepted, in a sentence. */
  readonly message: string;
}

/**
 * What keeps a journey from starting with an input alone, where nobody can be asked for the rest. Fields
 * that the start does not ask for are passed on and are no fault; texts may be of any length.
 */
export function startValueFaults(journey: Journey, input: JsonObject): StartValueFault[] {
  const start = journey.initial === null ? null : stateOf(graphOf(journey), journey.initial);
  if (start?.kind !== 'start') return [];
  return openSlots(start.slots, input, Infinity).map((slot) => {
    const refusal = refusalOf(slot, input, Infinity);
    const { label, name, description, type } = slot;
    const message = refusal
      ? render({ key: refusal.reason, params: { ...refusal.params, label } })
      : render({
          key: 'missing-start-value',
          params: { label, description: description ?? '', type },
        });
    return { name, message };
  });
}
