import { own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import { entryOf } from '../catalogue/catalogue.js';
import { decidedText, holds } from '../catalogue/conditions.js';
import type { BlockTypeEntry, ParamEntry } from '../catalogue/types.js';
import type { Slot } from '../journey/types.js';
import type { Block } from '../workflow/types.js';
import { quote, quoteAll, type IssueLog } from '../workflow/issue-log.js';
import { spokenName } from '../workflow/names.js';
import { isAccountParam, isSecretParam } from '../workflow/secret-params.js';
import { isBlank } from './blank.js';
import { isAuthorsKind, isPickedKind, looseSlot, slotOf } from './gap-slots.js';
import { isStart } from './starts.js';

/** What a block lacks, each parameter once. */
export interface Gaps {
  /**
   * What a person can give. Required ones are to be asked for before the block runs; of the others the
   * default is taken, or what is said without being asked.
   */
  readonly slots: readonly Slot[];
  /** Names among {@link slots} of things that the editor picks from a list in the connected account. */
  readonly picked: readonly string[];
  /** Keys of passwords, keys and connected accounts: they belong on the secrets page, never in a chat. */
  readonly secrets: readonly string[];
  /** Keys of what only the workflow's author can fill in: code, routes, a child workflow. */
  readonly authors: readonly string[];
}

const NONE: Gaps = { slots: [], picked: [], secrets: [], authors: [] };

/**
 * Finds what a block needs and the export has lost or the author left empty. Of a type in the catalogue
 * that is what is required under the values that are there; of any other type, the blanks that the editor
 * showed as a person's input, none of them required. A start lacks nothing. Total, linear in the block.
 *
 * @param options `start`: the block begins the journey, whatever its type.
 */
export function gapsOf(
  block: Pick<Block, 'type' | 'params' | 'kinds' | 'triggerMode'>,
  options: { readonly start?: boolean } = {},
): Gaps {
  if (options.start === true || isStart(block)) return NONE;
  const entry = entryOf(block.type);
  if (!entry) return gapsOfUnknown(block);
  return entry.trigger ? NONE : gapsOfKnown(block.params, entry);
}

/** The parameters with the answers to their gaps, each under its key, in the structure it was given in. */
export function fillGaps(params: JsonObject, answers: JsonObject): JsonObject {
  const filled: Record<string, JsonValue> = { ...params };
  for (const [key, answer] of Object.entries(answers)) {
    if (answer !== null) setOwn(filled, key, answer);
  }
  return filled;
}

/** Names the values that a block lacks, and who is to give them. */
export function reportGaps(block: Block, log: IssueLog): void {
  const { id: blockId } = block;
  const { slots, secrets, authors } = gapsOf(block);
  for (const key of authors) {
    const message = () => `${quote(block.name)} has no ${quote(spokenName(key))}.`;
    log.report('param_missing', { blockId, path: `params.${key}`, message });
  }
  const asked = slots.filter(({ required }) => required).map(({ label }) => label);
  if (asked.length > 0) {
    const message = () =>
      `The conversation asks for what ${quote(block.name)} lacks: ${quoteAll(asked)}.`;
    log.report('gap_asked', { blockId, message });
  }
  if (secrets.length === 0) return;
  const message = () => `${quote(block.name)} has no value for ${quoteAll(secrets)}.`;
  log.report('secret_missing', { blockId, message });
}

function gapsOfKnown(params: JsonObject, entry: BlockTypeEntry): Gaps {
  const slots: Slot[] = [];
  const picked: string[] = [];
  const secrets: string[] = [];
  const authors: string[] = [];
  const textOf = decidedTexts(params, entry);
  for (const param of entry.params) {
    if (!isNeeded(param, textOf) || isGiven(param, params)) continue;
    const key = keyOf(param, params);
    if (isSecret(param)) {
      // A block that does not even have the field may well get on without.
      if (own(params, key) !== undefined) secrets.push(key);
    } else if (!entry.ask || param.author || isAuthorsKind(param.kind)) {
      if (param.default === null) authors.push(key);
    } else {
      slots.push(slotOf(param, key));
      if (isPickedKind(param.kind)) picked.push(key);
    }
  }
  return { slots, picked, secrets, authors };
}

/** What conditions compare: the values, or the defaults where they are blank. Each is looked at once. */
function decidedTexts(
  params: JsonObject,
  { defaults }: BlockTypeEntry,
): (key: string) => string | null {
  const texts = new Map<string, string | null>();
  return (key) => {
    const known = texts.get(key);
    if (known !== undefined) return known;
    const value = own(params, key) ?? null;
    const text = decidedText(isBlank(value) ? defaults.get(key) : value);
    texts.set(key, text);
    return text;
  };
}

function isNeeded({ required, when }: ParamEntry, textOf: (key: string) => string | null): boolean {
  if (required === false) return false;
  if (when && !holds(when, textOf)) return false;
  return required === true || holds(required, textOf);
}

/** Twins hold one value, and some parameters make others needless. */
function isGiven({ id, advanced, or }: ParamEntry, params: JsonObject): boolean {
  const keys = advanced === null ? [id, ...or] : [id, advanced, ...or];
  return keys.some((key) => !isBlank(own(params, key) ?? null));
}

/**
 * Where the answer goes: the advanced twin takes plain text, where a parse has not merged it into the
 * basic one. Files go where files are kept.
 */
function keyOf({ id, advanced, kind }: ParamEntry, params: JsonObject): string {
  if (advanced === null || kind === 'file-upload') return id;
  return own(params, advanced) === undefined ? id : advanced;
}

function isSecret({ id, kind, secret }: ParamEntry): boolean {
  return secret || kind === 'oauth-input' || isSecretParam(id) || isAccountParam(id);
}

/** A conversation that asks twenty things in vain is worse than one that asks too little. */
const LOOSE_SLOTS = 20;

function gapsOfUnknown({ params, kinds }: Pick<Block, 'params' | 'kinds'>): Gaps {
  const slots: Slot[] = [];
  const secrets: string[] = [];
  for (const [key, value] of Object.entries(params)) {
    if (!isBlank(value)) continue;
    const kind = own(kinds, key) ?? null;
    if (isSecretParam(key) || isAccountParam(key) || kind === 'oauth-input') {
      // These check what comes in, which only triggers need.
      if (!/^(?:signing|webhook)/i.test(key)) secrets.push(key);
      continue;
    }
    const slot = kind === null || slots.length >= LOOSE_SLOTS ? null : looseSlot(key, kind);
    if (slot) slots.push(slot);
  }
  return { ...NONE, slots, secrets };
}
