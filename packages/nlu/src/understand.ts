import type { Entity, SlotType, Understanding, UnderstandingContext } from '@sim/domain';
import { readAffirmation, readGesture } from './affirmation.js';
import { readChoice } from './choices.js';
import { readBareCommand, readLooseCommand, readNegatedCommand } from './commands.js';
import { readBackTo, readCorrection } from './corrections.js';
import { fillSlots } from './fill.js';
import { isGibberish } from './gibberish.js';
import type { Hypothesis } from './hypothesis.js';
import { withoutPadding } from './padding.js';
import { readQuestion, type HeardQuestion } from './questions.js';
import { hasOptions, isFreeText, knowSlot, type KnownSlot } from './slot-lexicon.js';
import { listen, trimSpan, type Heard } from './text.js';

/** How the internal understanding reads what is ambiguous between regions. */
export interface InternalUnderstandingOptions {
  /** Whether 5/3 is the fifth of March (`day-first`) or the third of May (`month-first`, the default). */
  readonly dateOrder?: 'day-first' | 'month-first';
}

/** Understands utterances; the same shape as the engine's port. */
export interface InternalUnderstanding {
  understand(utterance: string, context: UnderstandingContext): Promise<Understanding>;
}

/**
 * Understanding by rules and extractors alone: deterministic, without network, never throws.
 * Utterances beyond 4,000 UTF-16 units are read up to there.
 */
export function createInternalUnderstanding(
  options: InternalUnderstandingOptions = {},
): InternalUnderstanding {
  return {
    understand: (utterance, context) => Promise.resolve(understand(utterance, context, options)),
  };
}

const NOT_UNDERSTOOD = 0.45;
const MAX_ALTERNATIVES = 3;

/** Reads one utterance: every reader gives what it hears, the most confident wins, the rest are alternatives. */
export function understand(
  utterance: string,
  context: UnderstandingContext,
  options: InternalUnderstandingOptions = {},
): Understanding {
  const scene = setScene(utterance, context, options);
  const readings = [
    ...readCommands(scene),
    ...readYesOrNo(scene),
    readChoice(scene.heard, context.choices),
    readBackTo(scene),
    readCorrection(scene),
    scene.question?.hypothesis ?? null,
    ...readValues(scene),
    { intent: 'out-of-scope' as const, confidence: NOT_UNDERSTOOD, entities: [] },
  ].filter((reading) => reading !== null);
  const ranked = readings.toSorted((a, b) => b.confidence - a.confidence);
  return conclude(ranked);
}

interface Scene {
  readonly heard: Heard;
  readonly context: UnderstandingContext;
  readonly answered: readonly KnownSlot[];
  readonly open: readonly KnownSlot[];
  readonly focus: KnownSlot | null;
  readonly input: { readonly now: string; readonly timeZone: string; readonly dayFirst: boolean };
  readonly question: HeardQuestion | null;
}

function setScene(
  utterance: string,
  context: UnderstandingContext,
  options: InternalUnderstandingOptions,
): Scene {
  const heard = listen(utterance);
  const open = context.open.map((slot) => knowSlot(slot));
  const focusSlot = context.focus;
  const focus = focusSlot
    ? (open.find(({ slot }) => slot.name === focusSlot.name) ?? knowSlot(focusSlot))
    : null;
  return {
    heard,
    context,
    open: focus && !open.includes(focus) ? [focus, ...open] : open,
    focus,
    answered: context.answered
      .filter(({ name }) => name !== focusSlot?.name)
      .map((slot) => knowSlot(slot)),
    input: {
      now: context.now,
      timeZone: context.timeZone,
      dayFirst: options.dateOrder === 'day-first',
    },
    question: readQuestion(heard),
  };
}

function readCommands({ heard, focus }: Scene): readonly (Hypothesis | null)[] {
  const bare = readBareCommand(heard);
  if (bare) return [bare];
  const negated = readNegatedCommand(heard);
  const loose = negated ? null : readLooseCommand(heard);
  const share = focus && isFreeText(focus) ? commandShare(focus) : 1;
  return [negated, loose].map(
    (reading) => reading && { ...reading, confidence: reading.confidence * share },
  );
}

/** Inside an answer in words a command word is a part of the answer; names and references hold none. */
function commandShare({ kind }: KnownSlot): number {
  return kind === 'identifier' || kind === 'person' ? 1.15 : 0.4;
}

/** A plain yes or no where none was asked for; weaker words for it ("good") may be answers. */
const UNASKED = 0.9;
const UNASKED_WEAK = 0.7;

function readYesOrNo({ heard, context, focus, question }: Scene): readonly Hypothesis[] {
  const asked = context.awaiting === 'confirmation';
  const affirmation =
    heard.words.length === 0 ? readGesture(heard.text) : readAffirmation(heard.words, asked);
  if (!affirmation || (focus?.slot.type === 'boolean' && !asked)) return [];
  const { answer, bare } = affirmation;
  if (answer === 'hedge') {
    return asked
      ? [hypothesis('out-of-scope', 0.6), hypothesis('confirm', 0.35), hypothesis('deny', 0.3)]
      : [];
  }
  const intent = answer === 'yes' ? 'confirm' : 'deny';
  const plain = /^(?:y|n|k|ok|okay|yes|yep|yeah|yup|sure|no|nope|nah|neither|none)\b/iu.test(
    heard.text.trim(),
  );
  // "Nothing" leaves out what may be left out.
  const omitted = /^nothing\b/iu.test(heard.text.trim()) && focus?.slot.required === false;
  // "Is that correct?" asks rather than agrees.
  const doubt = question?.request === false && !bare ? 0.5 : 1;
  // A bare answer comes before the command that it may also be: "go on" to "shall I?".
  if (asked)
    return [
      hypothesis(
        intent,
        (bare && affirmation.confidence > 0.9 ? 0.995 : affirmation.confidence) * doubt,
      ),
    ];
  return [
    hypothesis(intent, Math.min(affirmation.confidence, plain || omitted ? UNASKED : UNASKED_WEAK)),
  ];
}

/** Values for what was asked, found in the utterance; else the words as they are, to be refused with a reason. */
function readValues(scene: Scene): readonly Hypothesis[] {
  const { heard, open, focus, input, question, context } = scene;
  if (heard.words.length === 0 && focus?.slot.type !== 'boolean') return [];
  const region = { start: 0, end: heard.text.length };
  const entities = fillSlots({ ...input, heard, region, slots: open, focus });
  if (entities.length === 0) {
    const gesture = gestureValue(scene);
    if (gesture) return [gesture];
    return context.awaiting === 'slots' || context.awaiting === null ? asSaid(scene) : [];
  }
  let confidence = Math.max(...entities.map((entity) => confidenceOf(entity, scene)));
  if (context.awaiting === 'confirmation') confidence -= 0.1;
  // A question that names a value asks about it; a request gives it.
  if (question && (!question.request || entities.every(({ type }) => type === 'string')))
    confidence = Math.min(confidence, 0.55);
  return [{ intent: 'provide-value', confidence, entities }];
}

function confidenceOf(entity: Entity, { heard, focus, open }: Scene): number {
  const known = open.find(({ slot }) => slot.name === entity.slot);
  const inFocus = known !== undefined && known === focus;
  if (known && isFreeText(known) && entity.confidence <= 0.8) {
    return isGibberish(heard.words) ? 0.35 : entity.confidence;
  }
  const alone = withoutPadding(heard.words).every(
    ({ start, end }) => start >= entity.start && end <= entity.end,
  );
  // The whole answer is an option's name: it is that, even where the name is a command.
  if (inFocus && alone && hasOptions(known.slot) && entity.confidence > 0.9) return 0.995;
  return inFocus ? Math.max(entity.confidence, 0.9) : entity.confidence;
}

function gestureValue({ heard, focus }: Scene): Hypothesis | null {
  if (focus?.slot.type !== 'boolean') return null;
  const gesture = heard.words.length === 0 ? readGesture(heard.text) : null;
  const span = trimSpan(heard.text, { start: 0, end: heard.text.length });
  if (!gesture || !span) return null;
  const entity = {
    slot: focus.slot.name,
    type: 'boolean',
    value: gesture.answer === 'yes',
    raw: heard.utterance.slice(span.start, span.end),
    ...span,
    confidence: 0.9,
  } as const;
  return { intent: 'provide-value', confidence: 0.9, entities: [entity] };
}

const CUES: Readonly<Partial<Record<string, RegExp>>> = {
  number: /\d/u,
  date: /\d/u,
  time: /\d/u,
  'date-time': /\d/u,
  phone: /\d/u,
  email: /@/u,
  url: /[./]/u,
};

/** A short answer that fits no reading of its slot is still the answer: its refusal says what would fit. */
function asSaid({ heard, focus, question }: Scene): readonly Hypothesis[] {
  if (!focus || isFreeText(focus) || question !== null || isGibberish(heard.words)) return [];
  const type: SlotType | NonNullable<KnownSlot['format']> = focus.format ?? focus.slot.type;
  const words = withoutPadding(heard.words);
  const meant = words.length <= 3 || (words.length <= 10 && CUES[type]?.test(heard.text) === true);
  const span = trimSpan(heard.text, { start: 0, end: heard.text.length });
  if (!meant || words.length === 0 || !span) return [];
  const raw = heard.utterance.slice(span.start, span.end);
  const entity = { slot: focus.slot.name, type, value: raw, raw, ...span, confidence: 0.5 };
  return [{ intent: 'provide-value', confidence: 0.8, entities: [entity] }];
}

function conclude(ranked: readonly Hypothesis[]): Understanding {
  const [best, ...rest] = ranked;
  const intent = best?.intent ?? 'out-of-scope';
  const alternatives: { intent: Hypothesis['intent']; confidence: number }[] = [];
  for (const other of rest) {
    if (other.intent === intent || alternatives.some((known) => known.intent === other.intent))
      continue;
    alternatives.push({
      intent: other.intent,
      confidence: round(Math.min(other.confidence, best?.confidence ?? 1)),
    });
  }
  return {
    intent,
    confidence: round(best?.confidence ?? 0),
    entities: best?.entities ?? [],
    alternatives: alternatives.slice(0, MAX_ALTERNATIVES),
    provider: 'internal',
  };
}

function hypothesis(intent: Hypothesis['intent'], confidence: number): Hypothesis {
  return { intent, confidence, entities: [] };
}

/** Two digits; nothing heard by rules is certain. */
function round(confidence: number): number {
  return Math.round(Math.min(0.99, Math.max(0, confidence)) * 100) / 100;
}
