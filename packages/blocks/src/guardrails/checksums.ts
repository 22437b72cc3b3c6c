const digitsOf = (text: string): number[] => Array.from(text.replace(/\D/g, ''), Number);

const weighted = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0);

/** A DEA registration: two letters, six digits, and the last digit of d1+d3+d5 + 2(d2+d4+d6). */
export function isDea(text: string): boolean {
  const digits = digitsOf(text.slice(2));
  return weighted(digits, [1, 2, 1, 2, 1, 2]) % 10 === digits[6];
}

/** An Australian Medicare number: eight digits, their check digit, and the number of the card. */
export function isMedicare(text: string): boolean {
  const digits = digitsOf(text);
  return weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digits[8];
}

/** A number of the British NHS: nine digits and a check digit modulo 11. */
export function isNhs(text: string): boolean {
  const digits = digitsOf(text);
  const check = 11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  // 10 has no digit; such numbers are not given out.
  return check % 11 === digits[9];
}

const NRIC_WEIGHTS = [2, 7, 6, 5, 4, 3, 2];
const NRIC_LETTERS: Readonly<Record<string, { readonly add: number; readonly letters: string }>> = {
  S: { add: 0, letters: 'JZIHGFEDCBA' },
  T: { add: 4, letters: 'JZIHGFEDCBA' },
  F: { add: 0, letters: 'XWUTRQPNMLK' },
  G: { add: 4, letters: 'XWUTRQPNMLK' },
};

/** A Singapore NRIC or FIN. Of the series M, which is the newest, only the form is checked. */
export function isNric(text: string): boolean {
  const upper = text.toUpperCase();
  const series = NRIC_LETTERS[upper.charAt(0)];
  if (!series) return upper.startsWith('M');
  const rest = (weighted(digitsOf(upper), NRIC_WEIGHTS) + series.add) % 11;
  return upper.endsWith(series.letters.charAt(rest));
}

/** A to Z as ISO 3779 counts them; I, O and Q do not occur. */
const VIN_VALUES = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ';
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
const VIN_CHECK = '0123456789X';

/** A vehicle's number with the check digit that North America asks for; others have none. */
export function isVin(text: string): boolean {
  const upper = text.toUpperCase();
  // Seventeen digits, or one of them over and over, would be right as well.
  if (!/[A-Z]/.test(upper) || !/\d/.test(upper)) return false;
  const values = Array.from(upper, (char) => VIN_VALUES.indexOf(char) % 10);
  return upper.charAt(8) === VIN_CHECK.charAt(weighted(values, VIN_WEIGHTS) % 11);
}
