import { isList, own, recordOf, type Json, type JsonRecord } from './json.js';
import {
  bindReferences,
  readJsonTemplate,
  readStructure,
  readValue,
  ReferenceFailure,
  type Find,
} from './raw-references.js';
import type { RawBlock } from './raw-workflow.js';

interface Ready {
  readonly params: JsonRecord;
  readonly bindings: JsonRecord;
}

/** Parameters that are values rather than texts. */
const TYPED: ReadonlyMap<string, (value: Json, find: Find) => Json> = new Map([
  ['variables.variables', readStructure],
  ['response.builderData', readStructure],
  ['response.data', readJsonTemplate],
  ['api.body', readJsonTemplate],
  // Contents become text when they are sent.
  ['agent.messages', readStructure],
]);

/** A block's parameters with their references resolved: code bound, structures typed, the rest text. */
export function blockParams(block: RawBlock, find: Find): Ready {
  let bindings: JsonRecord = {};
  const params = Object.entries(block.params).map(([key, value]): [string, Json] => {
    if (block.type === 'function' && key === 'code' && typeof value === 'string') {
      const bound = bindReferences(value, find);
      bindings = bound.bindings;
      return [key, bound.code];
    }
    const read = TYPED.get(`${block.type}.${key}`);
    return [key, read ? read(value, find) : readValue(value, find, false)];
  });
  return { params: recordOf(params), bindings };
}

/**
 * The branches of a condition: the last one without an expression, and one called "else", is else. A
 * branch whose reference fails says so, and matters only when it is come to.
 */
export function branchesOf(block: RawBlock, find: Find): Ready {
  const raw = own(block.params, 'conditions');
  const conditions = typeof raw === 'string' ? (JSON.parse(raw) as Json) : raw;
  const items = isList(conditions) ? conditions : [];
  const bindings: [string, Json][] = [];
  const branches = items.map((item, index): Json => {
    const id = own(item, 'id') ?? '';
    const title = own(item, 'title') ?? '';
    const value = own(item, 'value');
    const text = typeof value === 'string' ? value.trim() : '';
    const isLast = index > 0 && index === items.length - 1;
    if (title === 'else' || (isLast && text === '')) return { id, title, expression: null };
    try {
      const bound = bindReferences(text, find);
      // Names of one branch must not be those of another.
      const names = Object.entries(bound.bindings).map(([name, of]) => [`${name}of${index}`, of]);
      bindings.push(...(names as [string, Json][]));
      const expression = bound.code.replace(/\bbound\d+\b/g, (name) => `${name}of${index}`);
      return { id, title, expression };
    } catch (error) {
      if (!(error instanceof ReferenceFailure)) throw error;
      return { id, title, expression: text, unresolved: error.failure.message };
    }
  });
  return { params: { branches }, bindings: recordOf(bindings) };
}
