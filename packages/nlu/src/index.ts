export {
  createInternalUnderstanding,
  understand,
  type InternalUnderstanding,
  type InternalUnderstandingOptions,
} from './understand.js';
export { readAffirmation, readGesture, type Affirmation } from './affirmation.js';
export { readBareCommand, readLooseCommand, readNegatedCommand } from './commands.js';
export { readChoice } from './choices.js';
export { readBackTo, readCorrection, type CorrectionContext } from './corrections.js';
export { readQuestion, type HeardQuestion } from './questions.js';
export { fillSlots } from './fill.js';
export type { FillingInput } from './filling.js';
export type { Hypothesis } from './hypothesis.js';
export { isGibberish } from './gibberish.js';
export { knowSlot, type KnownSlot, type SlotKind } from './slot-lexicon.js';
export { listen, MAX_HEARD, type Heard, type Span, type Word } from './text.js';
