import { COMMAND_PHRASES, type PhraseMeaning } from './command-phrases.js';
import { isNearWord } from './fuzzy.js';
import type { Hypothesis } from './hypothesis.js';
import { peelings, withoutPadding } from './padding.js';
import type { Heard, Word } from './text.js';

const EXACT = 0.99;
const FUZZY = 0.85;
/** A command with an object of the person's own: probably meant for us, and asked about first. */
const LOOSE = 0.7;
/** Longer utterances are no bare commands, whatever they begin with. */
const MAX_COMMAND_WORDS = 12;

const BY_LENGTH = groupByLength();

/** A whole utterance that is one command, courtesies and small slips aside. */
export function readBareCommand(heard: Heard): Hypothesis | null {
  if (heard.words.length === 0 || heard.words.length > MAX_COMMAND_WORDS) return null;
  for (const words of peelings(heard.words)) {
    const meaning = COMMAND_PHRASES.get(join(words));
    if (meaning) return hypothesis(heard, words, meaning, EXACT);
  }
  for (const words of peelings(heard.words)) {
    const meaning = nearPhrase(words);
    if (meaning) return hypothesis(heard, words, meaning, FUZZY);
  }
  return null;
}

/** True where the words say nothing but a phrase that needs no answer, such as "thanks a lot". */
export function isPhrase(words: readonly Word[]): boolean {
  return words.length === 0 || COMMAND_PHRASES.has(join(words));
}

const LOOSE_VERBS: ReadonlyMap<string, Hypothesis['intent']> = new Map([
  ['cancel', 'cancel'],
  ['abort', 'cancel'],
  ['stop', 'cancel'],
  ['restart', 'restart'],
  ['pause', 'pause'],
  ['resume', 'resume'],
  ['continue', 'resume'],
  ['skip', 'skip'],
  ['retry', 'retry'],
  ['explain', 'explain'],
  ['help', 'help'],
  ['start', 'start'],
  ['begin', 'start'],
]);

/** "Cancel the refund", "help me with the form": a command word in front of something else. */
export function readLooseCommand(heard: Heard): Hypothesis | null {
  const words = withoutPadding(heard.words);
  const intent = LOOSE_VERBS.get(words[0]?.text ?? '');
  if (intent === undefined || words.length > 8) return null;
  return { intent, confidence: words.length <= 4 ? LOOSE : LOOSE - 0.1, entities: [] };
}

const NEGATIONS: ReadonlySet<string> = new Set(['dont', 'not', 'never', 'no']);

/** "Don't cancel" and "do not stop" refuse what they name. */
export function readNegatedCommand(heard: Heard): Hypothesis | null {
  const words = withoutPadding(heard.words).filter(
    ({ text }) => text !== 'do' && text !== 'please',
  );
  if (words.length < 2 || words.length > 6 || !NEGATIONS.has(words[0]?.text ?? '')) return null;
  const named = words.slice(1).find(({ text }) => LOOSE_VERBS.has(text) || text === 'undo');
  if (!named || words.indexOf(named) > 3) return null;
  // "No, cancel": the second word is the command, not what is refused.
  if (words[0]?.text === 'no') return null;
  return { intent: 'deny', confidence: 0.85, entities: [] };
}

function hypothesis(
  heard: Heard,
  words: readonly Word[],
  { intent, mode }: PhraseMeaning,
  confidence: number,
): Hypothesis {
  const [start, end] = [words[0]?.start ?? 0, words.at(-1)?.end ?? 0];
  if (mode === undefined) return { intent, confidence, entities: [] };
  const raw = heard.utterance.slice(start, end);
  return {
    intent,
    confidence,
    entities: [{ type: 'choice', value: mode, raw, start, end, confidence }],
  };
}

function nearPhrase(words: readonly Word[]): PhraseMeaning | null {
  for (const [phrase, meaning] of BY_LENGTH.get(words.length) ?? []) {
    if (phrase.every((text, at) => isNearWord(words[at]?.text ?? '', text))) return meaning;
  }
  return null;
}

function groupByLength(): Map<number, (readonly [readonly string[], PhraseMeaning])[]> {
  const groups = new Map<number, (readonly [readonly string[], PhraseMeaning])[]>();
  for (const [phrase, meaning] of COMMAND_PHRASES) {
    const words = phrase.split(' ');
    groups.set(words.length, [...(groups.get(words.length) ?? []), [words, meaning]]);
  }
  return groups;
}

function join(words: readonly Word[]): string {
  return words.map(({ text }) => text).join(' ');
}
