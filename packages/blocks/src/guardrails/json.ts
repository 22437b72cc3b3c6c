import type { JsonObject } from '@sim/domain';
import { isShallowJson } from '../json-text.js';

/** More levels break what reads the value later. */
const MAX_DEPTH = 500;

/** Whether a text is one JSON value. */
export function checkJson(input: string): JsonObject {
  if (!isShallowJson(input, MAX_DEPTH)) {
    return { passed: false, error: `The JSON has more than ${MAX_DEPTH} levels.` };
  }
  try {
    JSON.parse(input);
    return { passed: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : '';
    return { passed: false, error: `This is not JSON: ${reason}` };
  }
}
