import type { JsonValue } from '@sim/domain';

/** The JSON value of a text; undefined where it is none. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/**
 * Whether a text, read as JSON, has no more than so many levels. What walks a value or writes it again
 * may use the stack, level by level, so text from outside is measured before it is parsed.
 */
export function isShallowJson(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      depth += 1;
      if (depth > maxDepth) return false;
    } else if (char === '}' || char === ']') depth -= 1;
  }
  return true;
}
