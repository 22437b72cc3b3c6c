/** Characters that a terminal obeys instead of showing, and those that turn the direction of writing. */
// eslint-disable-next-line no-control-regex -- Control characters are what is looked for.
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/**
 * On one line, without what a terminal obeys, and cut to `limit` characters. What should be a text and is
 * none is told by its kind.
 */
export function printable(value: unknown, limit = 80): string {
  const text = typeof value === 'string' ? value : kindOf(value);
  // Cut first: what follows then costs no more than the limit, however long the text.
  const cut = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  return cut.replace(OBEYED, '·');
}

/** What a value is, without what it says. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `a text of ${value.length}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object'
    ? `a record of ${Object.keys(value).length}`
    : `a ${typeof value}`;
}

/** The value itself where it is plain and may be shown, else what it is. */
export function shown(value: unknown, texts: boolean): string {
  if (!texts) return kindOf(value);
  if (typeof value === 'string') return printable(`"${value}"`, 200);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}
