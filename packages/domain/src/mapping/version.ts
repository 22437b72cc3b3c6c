import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { isJsonObject, type JsonValue } from '../json.js';
import type { ChildJourney } from '../journey/types.js';
import type { Workflow } from '../workflow/types.js';
import { toolsUsed } from './tools-used.js';
import type { MapOptions } from './types.js';

/** Counts changes to what the mapping makes of a workflow. */
export const MAPPER_VERSION = '3';

/**
 * SHA-256 (hex) of all that shapes a journey: the same workflow out of another envelope has the same.
 * `knownTypes` only adds issues, so that a new executor leaves journeys under their versions, and of the
 * tools those alone count that run a block of this workflow.
 */
export function versionOf(workflow: Workflow, options: MapOptions): string {
  const { name, description, blocks, edges, containers, variables } = workflow;
  const content = { name, description, blocks, edges, containers, variables };
  const sideEffects = { ...options.sideEffects };
  // Interfaces have no index signature, though all of these are plain JSON.
  const tools = toolsUsed(blocks, options.tools ?? []);
  const all = {
    content,
    sideEffects,
    ...(tools.length > 0 && { tools }),
    mapper: MAPPER_VERSION,
  } as unknown as JsonValue;
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(all))));
}

/** The version of a journey with the workflows that it calls: it changes when one of them does. */
export function linkedVersion(own: string, children: readonly ChildJourney[]): string {
  if (children.length === 0) return own;
  const linked = children.map(({ workflowId, version }) => [workflowId, version]);
  return bytesToHex(sha256(utf8ToBytes(canonicalJson([own, linked]))));
}

/** Parsed workflows stay far below this; what is made by hand and deeper is cut off. */
const MAX_DEPTH = 256;

/** JSON with the keys of objects in code unit order, of bounded depth. */
export function canonicalJson(value: JsonValue, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth >= MAX_DEPTH) return 'null';
  if (!isJsonObject(value)) {
    return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  }
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const separator = text === '' ? '' : ',';
    text += `${separator}${JSON.stringify(key)}:${canonicalJson(value[key] ?? null, depth + 1)}`;
  }
  return `{${text}}`;
}
