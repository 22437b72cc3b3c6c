import { isJsonObject, own, type JsonValue } from '../json.js';
import { scanReferences, type ReferenceToken } from '../expressions/references.js';
import type { Block } from '../workflow/types.js';
import { readList } from '../workflow/reader.js';

/** The references in a block's parameters, each spelling once, in order. */
export function referencesOf(block: Block): ReferenceToken[] {
  return referencesIn(block.params);
}

/** The references in the texts of a value, each spelling once, in order. */
export function referencesIn(root: JsonValue): ReferenceToken[] {
  const tokens = new Map<string, ReferenceToken>();
  const open: JsonValue[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string') {
      for (const token of scanReferences(value)) {
        if (!tokens.has(token.raw)) tokens.set(token.raw, token);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const item of Object.values(value).reverse()) open.push(item);
    }
  }
  return [...tokens.values()];
}

/** True where a token can only be meant as a reference to a block, not as markup such as `<br>`. */
export function isMeantAsBlock(token: ReferenceToken): boolean {
  return token.path.length > 0 && /^[\p{L}\p{N}_-]+$/u.test(token.name);
}

/** The names of the variables that blocks of type `variables` set. */
export function assignedVariables(blocks: readonly Block[]): string[] {
  return blocks
    .filter(({ type }) => type === 'variables')
    .flatMap(({ params }) => readList(own(params, 'variables')) ?? [])
    .flatMap((entry) => {
      const name = isJsonObject(entry) ? own(entry, 'variableName') : undefined;
      return typeof name === 'string' ? [name] : [];
    });
}
