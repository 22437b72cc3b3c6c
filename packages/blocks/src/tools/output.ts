import { isJsonObject, type JsonObject, type JsonValue } from '@sim/domain';
import { hideDeep, longestFirst } from '@sim/engine';

/**
 * What a tool gave, as a block's output. References read `<block.field>`: an object is the output as it is,
 * and what has no fields stands under `result`.
 */
export function toolOutput(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : { result: value };
}

/** A value without these secrets. @throws RangeError where it is nested deeper than the stack */
export function withoutSecrets(value: JsonObject, secrets: readonly string[]): JsonObject {
  const hidden = longestFirst(secrets);
  return hidden.length === 0 ? value : (hideDeep(value, hidden) as JsonObject);
}
