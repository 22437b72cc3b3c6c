/**
 * The phrases of a list written with commas, each as its words. `skip it|this` stands for
 * "skip it" and "skip this"; words are written as `fold` leaves them: "dont" for "don't".
 */
export function phraseList(list: string): readonly (readonly string[])[] {
  return list
    .split(',')
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '')
    .flatMap((phrase) => expand(phrase.split(/\s+/u)));
}

function expand(parts: readonly string[]): readonly (readonly string[])[] {
  return parts.reduce<readonly (readonly string[])[]>(
    (heads, part) => heads.flatMap((head) => part.split('|').map((word) => [...head, word])),
    [[]],
  );
}

/** The words of a list written with white space. */
export function wordSet(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/u));
}
