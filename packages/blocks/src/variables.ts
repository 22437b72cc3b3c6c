import { isJsonObject, setOwn, type JsonValue } from '@sim/domain';
import type { BlockContext, BlockExecutor } from '@sim/engine';
import { failure, invalidParams } from './failures.js';
import { parseJson } from './json-text.js';

/**
 * `variables`: sets workflow variables, each converted to its type, and gives them as its output.
 * Fails with `invalid_value` where a value does not fit its type.
 */
export function variablesBlock(): BlockExecutor {
  return {
    type: 'variables',
    sideEffect: 'none',
    idempotent: true,
    run(params, context) {
      const variables: Record<string, JsonValue> = {};
      for (const assignment of assignments(params.variables ?? [], context)) {
        if (!isJsonObject(assignment)) continue;
        const name = assignment.variableName ?? assignment.name;
        // A row of the editor that was left blank.
        if (typeof name !== 'string' || name.trim() === '') continue;
        const type = typeof assignment.type === 'string' ? assignment.type : 'plain';
        const value = convert(assignment.value ?? null, type);
        if (value === undefined) throw misfit(context, name, type, assignment.value ?? null);
        setOwn(variables, name.trim(), value);
      }
      return Promise.resolve({ output: variables, variables });
    },
  };
}

function assignments(value: JsonValue, context: BlockContext): readonly JsonValue[] {
  const list = typeof value === 'string' && value.trim() !== '' ? parseJson(value) : value;
  if (Array.isArray(list)) return list as readonly JsonValue[];
  if (list === null || list === '') return [];
  throw invalidParams(context, 'The assignments of variables are not a list.');
}

/** The value as the type has it; undefined where it does not fit. Unknown types take anything. */
function convert(value: JsonValue, type: string): JsonValue | undefined {
  if (value === null) return null;
  switch (type) {
    case 'string':
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    case 'number':
      return toNumber(value);
    case 'boolean':
      return toBoolean(value);
    case 'object':
      return structured(value, isJsonObject);
    case 'array':
      return structured(value, Array.isArray);
    default:
      return value;
  }
}

function toNumber(value: JsonValue): JsonValue | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function toBoolean(value: JsonValue): JsonValue | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object') return undefined;
  const text = String(value).trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  return text === '' ? null : undefined;
}

function structured(value: JsonValue, fits: (value: JsonValue) => boolean): JsonValue | undefined {
  if (fits(value)) return value;
  if (typeof value !== 'string') return undefined;
  if (value.trim() === '') return null;
  const parsed = parseJson(value);
  return parsed !== undefined && fits(parsed) ? parsed : undefined;
}

function misfit(context: BlockContext, name: string, type: string, value: JsonValue): Error {
  const shown = JSON.stringify(value).slice(0, 100);
  return failure(context, {
    code: 'invalid_value',
    message: `The variable "${name}" is of type ${type}, which ${shown} is not.`,
    retryable: false,
    details: { variable: name, type },
  });
}
