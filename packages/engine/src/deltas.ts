import { hide } from './redaction.js';

/** How long text is collected before it is told, in ms. */
const COLLECT_MS = 50;
/** Of one message, in characters. */
const LONGEST_DELTA = 8_000;

/** Text of a block that is under way, on its way to listeners. */
export interface Deltas {
  push(text: string): void;
  /** Tells the rest and resolves when the last is told; whatever is pushed later is dropped. */
  end(): Promise<void>;
}

/** What text is told through, and within which bounds. */
export interface DeltaOptions {
  /** Numbered from 0; the next is told once this one is. */
  readonly tell: (text: string, index: number) => Promise<void>;
  /** Replaced as in the block's output, also where one comes in pieces. The longest first. */
  readonly secrets: readonly string[];
  /** Characters in all; the rest arrives with the block's output alone. */
  readonly maxLength: number;
  readonly collectMs?: number;
}

/**
 * Collects the text that a block puts out piece by piece, and tells it some twenty times a second at the
 * most. The end of what is there is held back as long as it could be the beginning of a secret.
 */
export function createDeltas(options: DeltaOptions): Deltas {
  const { tell, secrets, maxLength, collectMs = COLLECT_MS } = options;
  const heldBack = Math.max(0, ...secrets.map(({ length }) => length - 1));
  let pending = '';
  let left = maxLength;
  let index = 0;
  let ended = false;
  let timer: NodeJS.Timeout | null = null;
  let telling: Promise<void> = Promise.resolve();

  const flush = (isLast: boolean): void => {
    const clean = hide(pending, secrets);
    const to = isLast ? clean.length : cut(clean, clean.length - heldBack);
    pending = clean.slice(to);
    for (let from = 0; from < to;) {
      const next = Math.min(to, cut(clean, from + LONGEST_DELTA));
      const text = clean.slice(from, next);
      const at = index;
      index += 1;
      telling = telling.then(() => tell(text, at));
      from = next;
    }
  };
  const later = (): void => {
    timer ??= setTimeout(() => {
      // One message is under way at a time: a slow bus gets fewer and larger ones.
      telling = telling.then(() => {
        timer = null;
        if (!ended) flush(false);
      });
    }, collectMs);
  };

  return {
    push(text) {
      if (ended || left <= 0 || text === '') return;
      pending += text.slice(0, left);
      left -= text.length;
      later();
    },
    async end() {
      ended = true;
      if (timer !== null) clearTimeout(timer);
      await telling;
      flush(true);
      await telling;
    },
  };
}

/** The last place up to this one behind which no half of a surrogate pair is left. */
function cut(text: string, at: number): number {
  const place = Math.max(0, Math.min(at, text.length));
  const code = place === 0 ? 0 : text.charCodeAt(place - 1);
  return code >= 0xd800 && code <= 0xdbff ? place - 1 : place;
}
