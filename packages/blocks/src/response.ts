import { isJsonObject, setOwn, type JsonValue } from '@sim/domain';
import type { BlockContext, BlockExecutor } from '@sim/engine';
import { invalidParams } from './failures.js';
import { parseJson } from './json-text.js';
import { readTable } from './table.js';

/** `response`: puts the result of the run together, `{data, status, headers}`. */
export function responseBlock(): BlockExecutor {
  return {
    type: 'response',
    sideEffect: 'none',
    idempotent: true,
    run(params, context) {
      const { dataMode, builderData = null, data = null } = params;
      const structured = dataMode === 'structured' || (dataMode !== 'json' && data === null);
      const output = {
        data: structured ? built(builderData) : written(data),
        status: readStatus(params.status ?? null, context),
        headers: Object.fromEntries(readTable(params.headers)),
      };
      return Promise.resolve({ output });
    },
  };
}

function written(data: JsonValue): JsonValue {
  return typeof data === 'string' ? (parseJson(data) ?? data) : data;
}

/** The editor's builder: a list of named, typed fields, whose values may be such lists again. */
function built(fields: JsonValue): JsonValue {
  const list = typeof fields === 'string' ? parseJson(fields) : fields;
  if (!Array.isArray(list)) return list ?? {};
  const record: Record<string, JsonValue> = {};
  for (const field of list as readonly JsonValue[]) {
    if (isJsonObject(field) && typeof field.name === 'string' && field.name !== '') {
      setOwn(record, field.name, fieldValue(field.value ?? null, field.type));
    }
  }
  return record;
}

function fieldValue(value: JsonValue, type: JsonValue | undefined): JsonValue {
  switch (type) {
    case 'object':
      return isFieldList(value) ? built(value) : written(value);
    case 'array':
      return Array.isArray(value) ? value.map(arrayItem) : written(value);
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
      return Number.isFinite(number) ? number : value;
    }
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    default:
      return value;
  }
}

function isFieldList(value: JsonValue): boolean {
  return (
    Array.isArray(value) &&
    value.every((item: JsonValue) => isJsonObject(item) && Object.hasOwn(item, 'name'))
  );
}

/** An item of the builder is a field without a name; an item of a resolved array is a plain value. */
function arrayItem(item: JsonValue): JsonValue {
  return isJsonObject(item) && Object.hasOwn(item, 'value') && Object.hasOwn(item, 'type')
    ? fieldValue(item.value ?? null, item.type)
    : item;
}

function readStatus(status: JsonValue, context: BlockContext): number {
  if (status === null || status === '') return 200;
  const code = Number(status);
  if (Number.isInteger(code) && code >= 100 && code <= 599) return code;
  throw invalidParams(context, `${JSON.stringify(status)} is not an HTTP status (100 to 599).`);
}
