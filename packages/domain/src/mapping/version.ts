import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { isJsonObject, type JsonValue } from '../json.js';
import type { Workflow } from '../workflow/types.js';
import type { MapOptions } from './types.js';

/** Counts changes to what the mapping makes of a workflow. */
export const MAPPER_VERSION = '1';

/**
 * SHA-256 (hex) of all that shapes a journey: the same workflow out of another envelope has the same.
 * `knownTypes` only adds issues, so that a new executor leaves journeys under their versions.
 */
export function versionOf(workflow: Workflow, options: MapOptions): string {
  const { name, description, blocks, edges, containers, variables } = workflow;
  const content = { name, description, blocks, edges, containers, variables };
  const sideEffects = { ...options.sideEffects };
  // Interfaces have no index signature, though all of these are plain JSON.
  const all = { content, sideEffects, mapper: MAPPER_VERSION } as unknown as JsonValue;
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(all))));
}

/** JSON with the keys of objects in code unit order; without recursion, so of any depth. */
export function canonicalJson(value: JsonValue): string {
  const parts: string[] = [];
  const open: (JsonValue | Written)[] = [value];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (item instanceof Written) parts.push(item.text);
    else if (Array.isArray(item)) openList(item as readonly JsonValue[], open);
    else if (isJsonObject(item)) openObject(item, open);
    else parts.push(JSON.stringify(item));
  }
  return parts.join('');
}

/** Text that goes out as it is. */
class Written {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function openList(list: readonly JsonValue[], open: (JsonValue | Written)[]): void {
  open.push(new Written(']'));
  for (let index = list.length - 1; index >= 0; index -= 1) {
    open.push(list[index] ?? null);
    if (index > 0) open.push(new Written(','));
  }
  open.push(new Written('['));
}

function openObject(
  object: Readonly<Record<string, JsonValue>>,
  open: (JsonValue | Written)[],
): void {
  const entries = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  open.push(new Written('}'));
  for (const [index, [key, value]] of [...entries.entries()].reverse()) {
    open.push(value);
    open.push(new Written(`${index > 0 ? ',' : ''}${JSON.stringify(key)}:`));
  }
  open.push(new Written('{'));
}
