import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
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

/** Text that goes out as it is, or a value that is still to be written. */
type Part = string | readonly JsonValue[] | JsonObject;

/** JSON with the keys of objects in code unit order; without recursion, so of any depth. */
export function canonicalJson(value: JsonValue): string {
  const written: string[] = [];
  const open: Part[] = [partOf(value)];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (typeof part === 'string') {
      written.push(part);
      continue;
    }
    const parts = isJsonObject(part) ? objectParts(part) : listParts(part);
    for (let index = parts.length - 1; index >= 0; index -= 1) open.push(parts[index] ?? '');
  }
  return written.join('');
}

function partOf(value: JsonValue): Part {
  return typeof value === 'object' && value !== null ? value : JSON.stringify(value);
}

function listParts(list: readonly JsonValue[]): Part[] {
  const parts: Part[] = ['['];
  for (const [index, item] of list.entries()) {
    if (index > 0) parts.push(',');
    parts.push(partOf(item));
  }
  parts.push(']');
  return parts;
}

function objectParts(object: JsonObject): Part[] {
  const parts: Part[] = [];
  let text = '{';
  let separator = '';
  for (const key of Object.keys(object).sort()) {
    text += `${separator}${JSON.stringify(key)}:`;
    separator = ',';
    const part = partOf(object[key] ?? null);
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    parts.push(text, part);
    text = '';
  }
  parts.push(`${text}}`);
  return parts;
}
