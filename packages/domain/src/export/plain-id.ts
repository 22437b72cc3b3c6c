/**
 * An id of letters, digits and underscores alone, distinct for distinct ids: any other character becomes
 * its code, in hexadecimal, between two underscores.
 *
 * @param hyphen what a hyphen becomes; nothing else does, so it must hold no single underscore
 */
export function plainId(id: string, hyphen: '-' | '__'): string {
  const plain = (char: string) => (char === '-' ? hyphen : `_${codeOf(char).toString(16)}_`);
  return id.replace(/[^A-Za-z0-9]/gu, plain);
}

/** The code point of the first character. */
export function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0;
}
