import { slotTypeOfKind } from '../catalogue/read-entry.js';
import type { ParamEntry } from '../catalogue/types.js';
import type { Slot, SlotFormat, SlotOption } from '../journey/types.js';
import { spokenName } from '../workflow/names.js';
import { formatOf } from './slot-formats.js';

/** Kinds whose values are built in the editor or name things of the author's workspace. */
const AUTHORS_KINDS: ReadonlySet<string> = new Set([
  'condition-input',
  'document-selector',
  'document-tag-entry',
  'eval-input',
  'filter-format',
  'input-format',
  'input-mapping',
  'knowledge-base-selector',
  'knowledge-tag-filters',
  'mcp-dynamic-args',
  'mcp-server-selector',
  'mcp-tool-selector',
  'messages-input',
  'response-format',
  'router-input',
  'sim-folder-tree-selector',
  'sort-format',
  'table-selector',
  'tool-input',
  'variables-input',
  'workflow-selector',
]);

/** Kinds that a person types or ticks, of types that nothing else is known of. */
const PERSONS_KINDS: ReadonlySet<string> = new Set([
  'short-input',
  'long-input',
  'dropdown',
  'combobox',
  'slider',
  'switch',
  'table',
  'code',
  'date-input',
  'time-input',
]);

/** What the editor keeps of a block's trigger, which is no input. */
const HOUSEKEEPING =
  /^(?:samplePayload|webhookUrlDisplay|triggerInstructions|triggerConfig|selectedTriggerId)/;

const FORMAT_BY_KIND: Readonly<Record<string, SlotFormat>> = {
  'date-input': 'date',
  'time-input': 'time',
};

/** True for kinds that only the workflow's author can fill in. */
export function isAuthorsKind(kind: string): boolean {
  return AUTHORS_KINDS.has(kind);
}

/** True for kinds that the editor fills from a list of what the connected account holds. */
export function isPickedKind(kind: string): boolean {
  return kind.endsWith('-selector');
}

/** The question for a parameter of the catalogue. */
export function slotOf(param: ParamEntry, key: string): Slot {
  const options = param.options.length === 0 ? null : param.options.map(optionOf);
  return {
    name: key,
    label: spokenName(plainKey(key)),
    type: param.type,
    format: param.type === 'string' && !options ? formatFor(key, param.kind) : null,
    description: null,
    required: param.default === null,
    default: param.default,
    options,
  };
}

/** The slot for a blank of a type that is not in the catalogue; null where no person fills it in. */
export function looseSlot(key: string, kind: string): Slot | null {
  if (!PERSONS_KINDS.has(kind) || HOUSEKEEPING.test(key)) return null;
  const type = slotTypeOfKind(kind);
  return {
    name: key,
    label: spokenName(plainKey(key)),
    type,
    format: type === 'string' ? formatFor(key, kind) : null,
    description: null,
    required: false,
    default: null,
    options: null,
  };
}

function formatFor(key: string, kind: string): SlotFormat | null {
  return Object.hasOwn(FORMAT_BY_KIND, kind)
    ? (FORMAT_BY_KIND[kind] ?? null)
    : formatOf(key, null, {});
}

/** `manualTeamId`, `downloadManualFileId` and `teamSelector` without the word that only the editor needs. */
function plainKey(key: string): string {
  const plain = key.replace(/^manual(?=\p{Lu})|Manual(?=\p{Lu})|Selector$/gu, '');
  return plain === '' ? key : plain;
}

/** Ids that are words are spoken as such; `text/plain`, `gpt-4o` and `-1` stay as they are. */
function optionOf(id: string): SlotOption {
  return { value: id, label: /^[a-z]+(?:[_A-Z][a-zA-Z]*)*$/.test(id) ? spokenName(id) : id };
}
