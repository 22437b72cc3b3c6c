/**
 * The characters of a chunk at most. A reader of search results (a person, a model's context) takes a few
 * of them at once; about 400 tokens keep a thought together and leave room for others.
 */
export const MAX_CHUNK = 1_600;
/** A token of English is about four characters; no tokenizer is asked, as models differ. */
const CHARACTERS_PER_TOKEN = 4;

/** Where a text may be cut, the better places first: paragraphs, lines, sentences, words. */
const SEAMS: readonly RegExp[] = [
  /\n[^\S\n]*\n\s*/,
  /\n\s*/,
  /(?<=[.!?…。！？][)"'”’»]?)\s+/,
  /\s+/,
];
/** What joins pieces again that were cut there. */
const GLUE = ['\n\n', '\n', ' ', ' '] as const;

/**
 * Cuts a text into chunks of at most `max` characters for a knowledge base, at the best seams there are:
 * whole paragraphs are gathered while they fit; one that is too long is cut at its lines, then its
 * sentences, then its words, and a word without an end wherever the chunk is full. Blank text has none.
 */
export function chunksOf(text: string, max = MAX_CHUNK): string[] {
  return cut(text.replace(/\r\n?/g, '\n').trim(), max, 0);
}

/** About how many tokens a model makes of a text of so many characters. */
export function tokensOf(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

function cut(text: string, max: number, level: number): string[] {
  if (text === '') return [];
  if (text.length <= max) return [text];
  const seam = SEAMS[level];
  if (seam === undefined) return slices(text, max);
  const glue = GLUE[level] ?? ' ';
  const chunks: string[] = [];
  let open = '';
  for (const piece of text.split(seam)) {
    const joined = open === '' ? piece : `${open}${glue}${piece}`;
    if (joined.length <= max) {
      open = joined;
      continue;
    }
    if (open !== '') chunks.push(open);
    const parts = cut(piece, max, level + 1);
    // Goes on with what a long piece has left over.
    open = parts.pop() ?? '';
    chunks.push(...parts);
  }
  return open === '' ? chunks : [...chunks, open];
}

/** No seam anywhere: cut where it is full, never between the halves of one character. */
function slices(text: string, max: number): string[] {
  const chunks: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + max, text.length);
    const splits = to < text.length && /[\uDC00-\uDFFF]/.test(text.charAt(to));
    if (splits && to - from > 1) to -= 1;
    chunks.push(text.slice(from, to));
    from = to;
  }
  return chunks;
}
