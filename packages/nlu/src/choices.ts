import type { Entity, SlotOption } from '@sim/domain';
import {
  nameOptions,
  optionByPart,
  optionByPosition,
  type NamedOption,
} from './entities/options.js';
import type { Hypothesis } from './hypothesis.js';
import { withoutPadding } from './padding.js';
import type { Heard } from './text.js';

/** An answer by exactly a label beats the command that it may also be: "Skip" among the choices. */
const BY_NAME_ALONE = 0.995;

/** Which of the offered choices was meant: by name, near name or position. */
export function readChoice(heard: Heard, choices: readonly SlotOption[]): Hypothesis | null {
  if (choices.length === 0) return null;
  const named = nameOptions(heard.words, choices);
  const distinct = new Set(named.map(({ option }) => option));
  const [only] = named;
  if (only && distinct.size === 1) {
    const alone = withoutPadding(heard.words).every(
      ({ start, end }) => start >= only.start && end <= only.end,
    );
    const confidence =
      alone && only.confidence > 0.9
        ? BY_NAME_ALONE
        : only.confidence - (alone ? 0 : wordiness(heard));
    return choose(heard, only, confidence);
  }
  if (distinct.size > 1) return null;
  const found =
    optionByPosition(heard.words, choices) ??
    (heard.words.length <= 8 ? optionByPart(heard.words, choices) : null);
  return found ? choose(heard, found, found.confidence) : null;
}

/** A label within much else is a weaker sign. */
function wordiness({ words }: Heard): number {
  return words.length > 8 ? 0.25 : 0.05;
}

function choose(heard: Heard, { option, start, end }: NamedOption, confidence: number): Hypothesis {
  const raw = heard.utterance.slice(start, end);
  const sure = Math.min(confidence, 0.99);
  const entity: Entity = { type: 'choice', value: option.value, raw, start, end, confidence: sure };
  return { intent: 'choose', confidence, entities: [entity] };
}
