import { isJsonObject, type JsonValue } from '../json.js';
import type { JourneyState } from '../journey/types.js';
import { scanReferences } from './references.js';
import { paramsOf } from './state-params.js';

/** Names of the `{{NAME}}` markers that a state's parameters use. */
export function envNames(state: JourneyState): string[] {
  const names = new Set<string>();
  const open: JsonValue[] = [paramsOf(state)];
  if (state.kind === 'fork') open.push(state.branches.map(({ expression }) => expression));
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string') {
      for (const { kind, name } of scanReferences(value)) if (kind === 'env') names.add(name);
    } else if (Array.isArray(value)) {
      for (const item of value as readonly JsonValue[]) open.push(item);
    } else if (isJsonObject(value)) {
      for (const item of Object.values(value)) open.push(item);
    }
  }
  return [...names];
}
