/** A number said in words. */
export interface SpokenNumber {
  readonly value: number;
  readonly start: number;
  readonly end: number;
  /** "one", "a couple": as often a pronoun or a manner of speaking. */
  readonly vague: boolean;
}

const UNITS = names(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
);
const TENS = names('_ _ twenty thirty forty fifty sixty seventy eighty ninety');
const SCALES: ReadonlyMap<string, number> = new Map([
  ['hundred', 100],
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
]);
const WHOLE: ReadonlyMap<string, number> = new Map([
  ['half a dozen', 6],
  ['a dozen', 12],
  ['dozen', 12],
  ['a couple of', 2],
  ['a couple', 2],
  ['a single', 1],
]);
const VAGUE: ReadonlySet<string> = new Set(['one', 'a couple', 'a couple of', 'a single', 'zero']);

const NAMES = [...UNITS.keys(), ...TENS.keys(), ...SCALES.keys()].filter((name) => name !== '_');
const NUMBER_WORDS = new RegExp(
  String.raw`\b(?:half a dozen|a couple(?: of)?|(?:a )?dozen|a single|` +
    String.raw`(?:minus )?(?:an? (?=(?:hundred|thousand|million|billion)\b))?(?:${NAMES.join('|')})(?:(?:[ -]|,? and )(?:${NAMES.join('|')})){0,12})\b`,
  'giu',
);

/** The numbers said in words in a text: "twenty five", "two hundred and ten", "a dozen". */
export function findNumberWords(text: string): readonly SpokenNumber[] {
  return [...text.matchAll(NUMBER_WORDS)].flatMap((match) => {
    const said = match[0].toLowerCase();
    const value = WHOLE.get(said) ?? valueOf(said);
    if (value === null) return [];
    return [{ value, start: match.index, end: match.index + said.length, vague: VAGUE.has(said) }];
  });
}

/** Null where the words do not make one number, as in "two three". */
function valueOf(said: string): number | null {
  const negative = said.startsWith('minus ');
  const words = said
    .split(/[^a-z]+/u)
    .filter((word) => !['', 'a', 'an', 'and', 'minus'].includes(word));
  let total = 0;
  let group = 0;
  let largest = Infinity;
  for (const word of words) {
    const unit = UNITS.get(word) ?? TENS.get(word);
    const scale = SCALES.get(word);
    if (unit !== undefined) {
      const room = group % 100 === 0 ? true : group % 10 === 0 && group % 100 >= 20 && unit < 10;
      if (!room || (group > 0 && unit === 0)) return null;
      group += unit;
    } else if (scale === 100) {
      if (group >= 100) return null;
      group = (group || 1) * 100;
    } else if (scale !== undefined) {
      if (scale >= largest) return null;
      largest = scale;
      total += (group || 1) * scale;
      group = 0;
    }
  }
  return (total + group) * (negative ? -1 : 1);
}

function names(list: string): ReadonlyMap<string, number> {
  return new Map(
    list.split(' ').map((name, at) => [name, at >= 2 && list.startsWith('_') ? at * 10 : at]),
  );
}
