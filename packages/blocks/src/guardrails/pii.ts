import { setImmediate } from 'node:timers/promises';
import type { JsonObject } from '@sim/domain';
import type { BlockContext } from '@sim/engine';
import { failure, invalidParams } from '../failures.js';
import { readListParam } from '../model/model-params.js';
import { DETECTORS, LANGUAGES, PRESIDIO_TYPES, type Language } from './pii-types.js';
import type { Found, Span } from './pii-detector.js';

/** Looking for phone numbers takes up to 20 µs for each character. */
const MAX_LENGTH = 100_000;
const MAX_TYPES = 200;
/** A text with more gets the rest counted, and is masked whole all the same. */
const MAX_LISTED = 1_000;

/**
 * Looks for personal data, offline. `block` passes where there is none; `mask` passes and gives the text
 * with `<TYPE>` in its place. Types that need a language model of names and places are not looked for:
 * they are `unsupportedEntityTypes`, and where the author asks for one the check does not pass.
 * @throws BlockFailure `invalid_params`, `input_too_large`
 */
export async function checkPii(
  input: string,
  params: JsonObject,
  context: BlockContext,
): Promise<JsonObject> {
  if (input.length > MAX_LENGTH) {
    throw failure(context, {
      code: 'input_too_large',
      message: `The text has ${input.length} characters; the limit is ${MAX_LENGTH}. Check it in parts.`,
      retryable: false,
    });
  }
  const mode = readMode(params, context);
  const language = readLanguage(params, context);
  const asked = readTypes(params, context);
  const types = asked.length > 0 ? asked : PRESIDIO_TYPES;
  const unsupported = types.filter((type) => !DETECTORS.has(type));
  const found = await detect(input, asked, language, context.signal);
  const missed = asked.length > 0 && unsupported.length > 0;
  const error = reasonsNotToPass(mode, found, missed ? unsupported : []);
  return {
    passed: error === null,
    ...(error !== null && { error }),
    detectedEntities: found.slice(0, MAX_LISTED).map((one) => ({ ...one })),
    ...(found.length > MAX_LISTED && { detectedCount: found.length }),
    ...(unsupported.length > 0 && { unsupportedEntityTypes: unsupported }),
    ...(mode === 'mask' && { maskedText: mask(input, found) }),
  };
}

async function detect(
  input: string,
  asked: readonly string[],
  language: Language,
  signal: AbortSignal,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const [type, detector] of DETECTORS) {
    const wanted = asked.length > 0 ? asked.includes(type) : detector.languages.includes(language);
    if (!wanted) continue;
    const spans: Span[] = [];
    for (const span of detector.find(input, language)) {
      if (span !== null) spans.push(span);
      // The search has done a stretch: others have their turn.
      else await letOthers(signal);
    }
    for (const { start, end } of outermost(spans)) {
      found.push({ type, start, end, score: detector.score, text: input.slice(start, end) });
    }
    await letOthers(signal);
  }
  return found.sort(byPlace);
}

async function letOthers(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}

/** The wider one first, where two begin at one place. */
function byPlace(a: Span, b: Span): number {
  return a.start - b.start || b.end - a.end;
}

/** Without those that lie within another, such as the older form of an address in the newer. */
function outermost(spans: readonly Span[]): Span[] {
  let reached = 0;
  return [...spans].sort(byPlace).filter(({ end }) => {
    const isNew = end > reached;
    reached = Math.max(reached, end);
    return isNew;
  });
}

function reasonsNotToPass(
  mode: 'block' | 'mask',
  found: readonly Found[],
  unsupported: readonly string[],
): string | null {
  const reasons: string[] = [];
  if (mode === 'block' && found.length > 0) {
    const types = [...new Set(found.map(({ type }) => type))];
    reasons.push(`The text has personal data: ${types.join(', ')}.`);
  }
  if (unsupported.length > 0) {
    const names = unsupported.slice(0, 20).map((type) => type.slice(0, 60));
    reasons.push(`These types cannot be looked for: ${names.join(', ')}.`);
  }
  return reasons.length > 0 ? reasons.join(' ') : null;
}

/** What overlaps is masked as one, by the type of its first. */
function mask(input: string, found: readonly Found[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { type, start, end } of found) {
    if (start >= from) parts.push(input.slice(from, start), `<${type}>`);
    from = Math.max(from, end);
  }
  return [...parts, input.slice(from)].join('');
}

function readMode({ piiMode }: JsonObject, context: BlockContext): 'block' | 'mask' {
  if (piiMode === undefined || piiMode === null || piiMode === '') return 'block';
  if (piiMode === 'block' || piiMode === 'mask') return piiMode;
  throw invalidParams(context, 'The action for personal data must be block or mask.');
}

function readLanguage({ piiLanguage }: JsonObject, context: BlockContext): Language {
  if (piiLanguage === undefined || piiLanguage === null || piiLanguage === '') return 'en';
  const language = LANGUAGES.find((one) => one === piiLanguage);
  if (language !== undefined) return language;
  throw invalidParams(context, `The language must be one of ${LANGUAGES.join(', ')}.`);
}

function readTypes({ piiEntityTypes }: JsonObject, context: BlockContext): string[] {
  const list = readListParam(context, 'entity types', piiEntityTypes, MAX_TYPES);
  const types = list.map((type) => {
    if (typeof type === 'string' && type.trim() !== '') return type.trim().toUpperCase();
    throw invalidParams(
      context,
      'Every type of personal data must be a name such as EMAIL_ADDRESS.',
    );
  });
  return [...new Set(types)];
}
