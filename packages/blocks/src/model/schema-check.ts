import { isJsonObject, own, type JsonObject, type JsonValue } from '@sim/domain';

interface Visit {
  readonly value: JsonValue;
  readonly schema: JsonValue | undefined;
  readonly path: string;
}

/** Schemas may share parts many times over; an answer that takes longer to check is let pass. */
const MAX_VISITS = 20_000;

/**
 * The first thing that is wrong with a value by a JSON schema; null where nothing is. What models get
 * wrong is checked: `type`, `enum`, `const`, `required`, `properties`, `additionalProperties: false` and
 * `items`. A full validator would run an author's `pattern` in this process, where it can hang it.
 */
export function schemaProblem(root: JsonValue, schema: JsonObject): string | null {
  const open: Visit[] = [{ value: root, schema, path: '' }];
  for (let visits = 0; visits < MAX_VISITS; visits += 1) {
    const visit = open.pop();
    if (!visit) return null;
    const { value, schema: rule, path } = visit;
    if (!isJsonObject(rule)) continue;
    const problem = valueProblem(value, rule) ?? objectProblem(value, rule);
    if (problem !== null) return path === '' ? `it ${problem}` : `"${path}" ${problem}`;
    open.push(...innerVisits(visit, rule));
  }
  return null;
}

function valueProblem(value: JsonValue, rule: JsonObject): string | null {
  const type = own(rule, 'type');
  const types = Array.isArray(type) ? (type as readonly JsonValue[]) : [type];
  if (type !== undefined && !types.some((one) => isOfType(value, one))) {
    return `is not ${types.map(String).join(' or ')}`;
  }
  const allowed = own(rule, 'enum');
  const fixed = own(rule, 'const');
  if (
    Array.isArray(allowed) &&
    !(allowed as readonly JsonValue[]).some((one) => same(one, value))
  ) {
    return 'is none of the values that are allowed';
  }
  return fixed !== undefined && !same(fixed, value) ? 'is not the value that is allowed' : null;
}

/** Lists and objects in an `enum` are too rare to be compared; they pass. */
function same(a: JsonValue, b: JsonValue): boolean {
  return a === b || (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null);
}

function isOfType(value: JsonValue, type: JsonValue | undefined): boolean {
  switch (type) {
    case 'object':
      return isJsonObject(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      // No type of JSON's: the author's mistake, not the model's.
      return true;
  }
}

function objectProblem(value: JsonValue, rule: JsonObject): string | null {
  if (!isJsonObject(value)) return null;
  const required = own(rule, 'required');
  const listed = Array.isArray(required) ? (required as readonly JsonValue[]) : [];
  const names = listed.filter((name) => typeof name === 'string');
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `lacks "${missing}"`;
  if (own(rule, 'additionalProperties') !== false) return null;
  const known = propertiesOf(rule);
  const extra = Object.keys(value).find((name) => !Object.hasOwn(known, name));
  return extra === undefined ? null : `has "${extra}", which was not asked for`;
}

function propertiesOf(rule: JsonObject): JsonObject {
  const properties = own(rule, 'properties');
  return isJsonObject(properties) ? properties : {};
}

function innerVisits({ value, path }: Visit, rule: JsonObject): Visit[] {
  const step = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (Array.isArray(value)) {
    const schema = own(rule, 'items');
    return (value as readonly JsonValue[])
      .slice(0, MAX_VISITS)
      .map((item, index) => ({ value: item, schema, path: step(String(index)) }));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(propertiesOf(rule)).flatMap(([name, schema]) => {
    const inner = own(value, name);
    return inner === undefined ? [] : [{ value: inner, schema, path: step(name) }];
  });
}
