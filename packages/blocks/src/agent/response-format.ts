import { isJsonObject, own, type JsonObject, type JsonValue } from '@sim/domain';
import type { BlockContext } from '@sim/engine';
import { invalidParams } from '../failures.js';
import { readJson, readText, textField } from '../model/model-params.js';
import type { AnswerSchema } from '../model/request.js';

const MAX_LENGTH = 100_000;

/**
 * The schema of an agent's answer, in any of its usual wrappings: `{name, schema, strict}`,
 * `{json_schema: {…}}`, or bare. Null where there is none.
 * @throws BlockFailure `invalid_params`, `input_too_large`
 */
export function readResponseFormat(
  given: JsonValue | undefined,
  context: BlockContext,
): AnswerSchema | null {
  const format = readJson(given);
  if (format === null) return null;
  if (!isJsonObject(format)) {
    throw invalidParams(context, 'The response format must be a JSON schema.');
  }
  if (Object.keys(format).length === 0 || isPlain(format)) return null;
  const outer = inner(format, 'json_schema') ?? format;
  const schema = inner(outer, 'schema') ?? outer;
  if (!isObjectSchema(schema)) {
    const advice = 'Give it "type": "object" and "properties".';
    throw invalidParams(context, `The response format must be the schema of an object. ${advice}`);
  }
  readText(context, 'response format', schema, MAX_LENGTH);
  const name = textField(outer, 'name')
    .replace(/[^\w-]+/g, '_')
    .slice(0, 64);
  const strict = own(outer, 'strict') !== false && isStrictable(schema);
  return { name: name || 'response', schema, strict };
}

/** `{type: "text"}`, and `{type: "json_object"}` without a schema, ask for no fields. */
function isPlain(format: JsonObject): boolean {
  return ['text', 'json_object'].includes(textField(format, 'type'));
}

function inner(record: JsonObject, key: string): JsonObject | null {
  const value = own(record, key);
  return isJsonObject(value) ? value : null;
}

function isObjectSchema(schema: JsonObject): boolean {
  const type = own(schema, 'type');
  return type === 'object' || (type === undefined && inner(schema, 'properties') !== null);
}

/** Servers take a schema as strict only where it closes its object and requires every field. */
function isStrictable(schema: JsonObject): boolean {
  const required = own(schema, 'required');
  const names = new Set(Array.isArray(required) ? (required as readonly JsonValue[]) : []);
  const properties = Object.keys(inner(schema, 'properties') ?? {});
  const closed = own(schema, 'additionalProperties') === false;
  return closed && properties.every((name) => names.has(name));
}
