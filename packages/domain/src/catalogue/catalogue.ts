import { isJsonObject, own, type JsonObject } from '../json.js';
import core from './data/core.json' with { type: 'json' };
import data from './data/data.json' with { type: 'json' };
import documents from './data/documents.json' with { type: 'json' };
import messaging from './data/messaging.json' with { type: 'json' };
import models from './data/models.json' with { type: 'json' };
import research from './data/research.json' with { type: 'json' };
import work from './data/work.json' with { type: 'json' };
import { readEntry } from './read-entry.js';
import type { BlockTypeEntry } from './types.js';

/** The groups only keep the files small; a type stands in one of them, a parameter on a line of its own. */
const GROUPS = [core, messaging, documents, work, data, research, models] as readonly JsonObject[];

const read = new Map<string, BlockTypeEntry | null>();

/**
 * What is known of a block type; null for one that the catalogue does not list. Each entry is read once,
 * when it is first asked for.
 */
export function entryOf(type: string): BlockTypeEntry | null {
  const known = read.get(type);
  if (known !== undefined) return known;
  const raw = rawOf(type);
  // Types come from outside: those that are not listed are not kept.
  if (!raw) return null;
  const like = own(raw, 'like');
  const entry = readEntry(type, typeof like === 'string' ? { ...rawOf(like), ...raw } : raw);
  read.set(type, entry);
  return entry;
}

/** Every type that the catalogue lists, sorted. */
export function catalogueTypes(): string[] {
  return GROUPS.flatMap((group) => Object.keys(group)).sort();
}

function rawOf(type: string): JsonObject | null {
  const group = GROUPS.find((candidate) => Object.hasOwn(candidate, type));
  const raw = group ? own(group, type) : undefined;
  return isJsonObject(raw) ? raw : null;
}
