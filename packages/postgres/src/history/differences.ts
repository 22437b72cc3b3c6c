/** A place at which two JSON values part. */
export interface Difference {
  /** Keys from the outside inwards, joined by dots. */
  readonly path: string;
  /** Undefined where there is nothing at the path. */
  readonly left: unknown;
  readonly right: unknown;
}

/**
 * The first places, up to `limit`, at which two JSON values part; the order of keys does not matter.
 * Linear in their size and without recursion, however deep they are.
 */
export function differences(left: unknown, right: unknown, limit: number): Difference[] {
  const found: Difference[] = [];
  const open: Difference[] = [{ path: '', left, right }];
  while (found.length < limit) {
    const pair = open.pop();
    if (pair === undefined) break;
    const inner = innerPairs(pair);
    // Reversed, so that the first key is looked at next.
    if (inner !== null) for (const next of inner.reverse()) open.push(next);
    else if (pair.left !== pair.right) {
      found.push({ path: pair.path, left: pair.left, right: pair.right });
    }
  }
  return found;
}

/** Null where the two are not both lists or both records. */
function innerPairs({ path, left, right }: Difference): Difference[] | null {
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (Array.isArray(left) && Array.isArray(right)) {
    const a = left as readonly unknown[];
    const b = right as readonly unknown[];
    return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => ({
      path: at(String(index)),
      // A place of a list that was never set is null once it is stored.
      left: index < a.length ? (a[index] ?? null) : undefined,
      right: index < b.length ? (b[index] ?? null) : undefined,
    }));
  }
  if (!isRecord(left) || !isRecord(right)) return null;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return Array.from(keys, (key) => ({
    path: at(key),
    left: Object.hasOwn(left, key) ? left[key] : undefined,
    right: Object.hasOwn(right, key) ? right[key] : undefined,
  }));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
