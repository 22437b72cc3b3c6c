/** How long a client wants to wait for a run. */
export interface Preference {
  readonly withinMs: number;
  /** What of the preferences is followed, as `Preference-Applied` says it; null where there is none. */
  readonly applied: string | null;
}

/**
 * Reads `Prefer` (RFC 7240): `respond-async` and `wait=SECONDS`. What is not understood is passed over.
 * @param longestMs what is waited for at most, and where nothing is said
 */
export function preferenceOf(prefer: string | undefined, longestMs: number): Preference {
  const said = (prefer ?? '').split(',').map((part) => (part.split(';', 1)[0] ?? '').trim());
  if (said.some((part) => part.toLowerCase() === 'respond-async')) {
    return { withinMs: 0, applied: 'respond-async' };
  }
  const wait = said.flatMap((part) => /^wait\s*=\s*"?(\d{1,9})"?$/i.exec(part)?.[1] ?? [])[0];
  if (wait === undefined) return { withinMs: longestMs, applied: null };
  return { withinMs: Math.min(Number(wait) * 1000, longestMs), applied: `wait=${wait}` };
}
