import { acceptValue } from '@sim/domain';
import { isFocused, take, unfilled, type Filling } from '../filling.js';
import { trimSpan } from '../text.js';
import { findContacts } from './contacts.js';

/** JSON for an object or array slot that is asked for, URLs for one of files. */
export function extractStructured(filling: Filling): void {
  const known = unfilled(filling).find((one) => isFocused(filling, one));
  const { heard, region } = filling;
  if (!known) return;
  if (known.slot.type === 'file[]') {
    const urls = findContacts(heard.text.slice(0, region.end), 'url').filter(
      ({ start }) => start >= region.start,
    );
    const [first, last] = [urls[0], urls.at(-1)];
    if (!first || !last) return;
    const value = urls.map((url) => url.value);
    take(filling, known, { start: first.start, end: last.end, value }, 0.95);
    return;
  }
  if (known.slot.type !== 'object' && known.slot.type !== 'array') return;
  const span = trimSpan(heard.text, region, /\s/u);
  const text = span ? heard.utterance.slice(span.start, span.end) : '';
  if (!span || !/^[[{]/u.test(text)) return;
  const accepted = acceptValue(known.slot, text);
  if (accepted.ok) take(filling, known, { ...span, value: accepted.value }, 0.97);
}
