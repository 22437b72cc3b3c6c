import type { JsonValue } from '../json.js';
import type { Condition } from './types.js';

/**
 * True where the condition holds for the values at hand, given as {@link decidedText}. A value that
 * decides nothing fulfils no condition, not even a negated one.
 */
export function holds(condition: Condition, textOf: (param: string) => string | null): boolean {
  for (let part: Condition | null = condition; part; part = part.and) {
    const text = textOf(part.param);
    if (text === null || part.values.has(text) === part.not) return false;
  }
  return true;
}

/** A value as conditions compare it; null for one that is blank, or that only a run will tell. */
export function decidedText(value: JsonValue | undefined): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || /<[^<>\s][^<>]*>|\{\{/.test(value)) return null;
  const text = value.trim();
  return text === '' ? null : text;
}
