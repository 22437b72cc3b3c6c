import { isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import type { Reader } from './reader.js';

/**
 * The values of `subBlocks` by key. Their `type` says nothing that can be relied on, so the values are
 * taken as they are; of basic/advanced twins only the live value is kept, under the basic key.
 */
export function readSubBlocks(raw: JsonObject, path: string, reader: Reader): JsonObject {
  const subBlocks = own(raw, 'subBlocks');
  if (!isJsonObject(subBlocks)) return {};
  const params: Record<string, JsonValue> = {};
  for (const [key, subBlock] of Object.entries(subBlocks)) {
    const value = isJsonObject(subBlock) ? own(subBlock, 'value') : subBlock;
    setOwn(params, key, reader.json(value, `${path}.subBlocks`));
  }
  return settleTwins(reader.object(params, path), raw);
}

/** The `type` of each sub-block by key: what the editor showed, which says nothing about the value. */
export function readKinds(raw: JsonObject, reader: Reader): Record<string, string> {
  const kinds: Record<string, string> = {};
  const subBlocks = own(raw, 'subBlocks');
  if (!isJsonObject(subBlocks)) return kinds;
  for (const [key, subBlock] of Object.entries(subBlocks)) {
    const kind = isJsonObject(subBlock) ? reader.text(own(subBlock, 'type')) : null;
    // A key that is repaired goes by another name among the values.
    if (kind !== null && !/[\0\p{Cs}]/u.test(key)) setOwn(kinds, key, kind);
  }
  return kinds;
}

const ADVANCED = /^manual(\p{Lu}.*)$/su;

/** Decides between `workflowId` and `manualWorkflowId` and the like. */
function settleTwins(params: JsonObject, raw: JsonObject): JsonObject {
  const data = own(raw, 'data');
  const modes = isJsonObject(data) ? own(data, 'canonicalModes') : undefined;
  const settled: Record<string, JsonValue> = { ...params };
  for (const key of Object.keys(params)) {
    const stem = ADVANCED.exec(key)?.[1];
    const basicKey = stem === undefined ? undefined : basicTwin(params, stem);
    if (stem === undefined || basicKey === undefined) continue;
    const basic = own(params, basicKey) ?? null;
    const advanced = own(params, key) ?? null;
    const mode = modeOf(modes, basicKey, stem) ?? defaultMode(raw, basic, advanced);
    setOwn(settled, basicKey, mode === 'advanced' ? advanced : basic);
    Reflect.deleteProperty(settled, key);
  }
  return settled;
}

/** `manualFolderId` stands beside `folderId`, or beside `folder`. */
function basicTwin(params: JsonObject, stem: string): string | undefined {
  const plain = stem.charAt(0).toLowerCase() + stem.slice(1);
  return [plain, plain.replace(/Id$/, '')].find((key) => own(params, key) !== undefined);
}

function modeOf(modes: JsonValue | undefined, basicKey: string, stem: string): string | undefined {
  if (!isJsonObject(modes)) return undefined;
  const names = [basicKey, stem.charAt(0).toLowerCase() + stem.slice(1), `oauth${stem}`];
  const mode = names.map((name) => own(modes, name)).find((value) => value !== undefined);
  return mode === 'advanced' || mode === 'basic' ? mode : undefined;
}

function defaultMode(raw: JsonObject, basic: JsonValue, advanced: JsonValue): string {
  const filled = advanced !== null && advanced !== '';
  if (own(raw, 'advancedMode') === true) return filled ? 'advanced' : 'basic';
  return filled && (basic === null || basic === '') ? 'advanced' : 'basic';
}
