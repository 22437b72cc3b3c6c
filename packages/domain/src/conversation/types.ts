import type { JsonObject, JsonValue } from '../json.js';
import type { MessageKey } from './voice/en.js';
import type { Slot, SlotOption, SlotFormat, SlotType } from '../journey/types.js';

export const INTENTS = [
  'start',
  'pause',
  'resume',
  'cancel',
  'skip',
  'retry',
  'back',
  'restart',
  'status',
  'explain',
  'help',
  'repeat',
  'switch-mode',
  'modify-input',
  'confirm',
  'deny',
  'choose',
  'provide-value',
  'ask-question',
  'greet',
  'thank',
  'goodbye',
  'out-of-scope',
] as const;
/** What an utterance is for; these names are used everywhere. */
export type Intent = (typeof INTENTS)[number];

export const ACTIONS = [
  'start',
  'pause',
  'resume',
  'cancel',
  'skip',
  'retry',
  'back',
  'restart',
  'status',
  'explain',
  'answer',
  'confirm',
  'switch-mode',
] as const;
/** A command without language (`POST /sessions/:id/actions`). */
export type Action = (typeof ACTIONS)[number];

/** A value found in an utterance. */
export interface Entity {
  /** The slot it fills, where that is known. */
  readonly slot?: string;
  readonly type: SlotType | SlotFormat | 'choice';
  /** Normalised: a number, an ISO date, a boolean, the canonical option. */
  readonly value: JsonValue;
  readonly raw: string;
  /** UTF-16 offsets into the utterance, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface Understanding {
  readonly intent: Intent;
  /** 0 to 1. */
  readonly confidence: number;
  readonly entities: readonly Entity[];
  readonly alternatives: readonly { readonly intent: Intent; readonly confidence: number }[];
  readonly provider: 'internal' | 'openai';
}

/** What the utterance is heard against. */
export interface UnderstandingContext {
  readonly awaiting: 'slots' | 'confirmation' | 'choice' | 'timer' | 'repair' | null;
  /** The slot asked for just now. */
  readonly focus: Slot | null;
  /** Every slot of the pending question that has no value yet, the focus among them. */
  readonly open: readonly Slot[];
  /** Slots that have been answered: what "change the address" can mean. */
  readonly answered: readonly Slot[];
  /** The options of a pending choice or repair. */
  readonly choices: readonly SlotOption[];
  /** ISO 8601 UTC; dates such as "tomorrow" are told from it. */
  readonly now: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** One thing said, before it is put into words: a key of the catalogue and its arguments. */
export interface Message {
  readonly key: MessageKey;
  readonly params: JsonObject;
}

/** A value that does not fit its slot, with what would. */
export interface SlotRefusal {
  readonly slot: string;
  readonly reason: MessageKey;
  readonly params: JsonObject;
}
