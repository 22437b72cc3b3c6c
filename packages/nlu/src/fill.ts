import type { Entity } from '@sim/domain';
import { extractAddresses } from './entities/addresses.js';
import { extractBooleans } from './entities/booleans.js';
import { extractContacts } from './entities/contacts.js';
import { extractMoments } from './entities/dates.js';
import { extractFreeText, findBecause } from './entities/free-text.js';
import { extractIdentifiers } from './entities/identifiers.js';
import { extractItems } from './entities/items.js';
import { extractLabelled } from './entities/labelled.js';
import { extractNames } from './entities/names.js';
import { extractNumbers } from './entities/numbers.js';
import { extractOptions } from './entities/options.js';
import { extractQuoted } from './entities/quoted.js';
import { extractStructured } from './entities/structured.js';
import { beginFilling, type FillingInput } from './filling.js';

/**
 * Finds values for open slots in an utterance, the surest signs first: what one extractor took, the
 * next leave alone, so that the entities never overlap. They come in the order of the utterance.
 */
export function fillSlots(input: FillingInput): readonly Entity[] {
  if (input.slots.length === 0) return [];
  const filling = beginFilling(input);
  extractStructured(filling);
  extractQuoted(filling);
  extractLabelled(filling);
  // What stands after "because" is told as a reason, so its numbers and days are its own.
  const because = findBecause(filling);
  if (because) filling.blocked.push(because);
  extractContacts(filling);
  extractAddresses(filling);
  extractIdentifiers(filling);
  extractMoments(filling);
  extractOptions(filling);
  extractNumbers(filling);
  extractBooleans(filling);
  extractNames(filling);
  extractItems(filling);
  extractFreeText(filling, because);
  return filling.entities.toSorted((a, b) => a.start - b.start);
}
