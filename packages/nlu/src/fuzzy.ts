import { distance } from 'fastest-levenshtein';
import { wordSet } from './phrases.js';

/** Shorter words have too many neighbours that are words themselves. */
const MIN_LENGTH = 5;

/**
 * English words one letter from a command or a common option; read as what they are.
 * Kept short on purpose: only words that someone would give as an answer.
 */
const REAL_WORDS = wordSet(`
  about stare stark stars smart starts started statue states conform retro entry cause
  paused hells cello jello undone reset yours wright night light might sight fight tight
  eight first thank large barge marge smell shall stall small abort other three there
`);

/** True where `said` is `meant`, or `meant` with one letter wrong, missing, too many or swapped. */
export function isNearWord(said: string, meant: string): boolean {
  if (said === meant) return true;
  if (meant.length < MIN_LENGTH || said.length < MIN_LENGTH - 1) return false;
  if (said.charAt(0) !== meant.charAt(0) || Math.abs(said.length - meant.length) > 1) return false;
  // A number with one wrong digit is another number, not a slip.
  if (/\p{N}/u.test(said) || REAL_WORDS.has(said)) return false;
  return distance(said, meant) <= 1 || isSwapped(said, meant);
}

function isSwapped(said: string, meant: string): boolean {
  if (said.length !== meant.length) return false;
  let at = 0;
  while (at < said.length && said[at] === meant[at]) at += 1;
  return (
    said[at] === meant[at + 1] &&
    said[at + 1] === meant[at] &&
    said.slice(at + 2) === meant.slice(at + 2)
  );
}
