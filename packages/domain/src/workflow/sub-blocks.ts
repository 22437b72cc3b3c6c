import { isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import { field, type Reader } from './reader.js';
import type { Block } from './types.js';

/** Values and kinds of parameters by key. */
export type Parameters = Pick<Block, 'params' | 'kinds'>;

/**
 * The values of `subBlocks` by key, and their types. A `type` says nothing that can be relied on, so the
 * values are taken as they are; of basic/advanced twins only the live one is kept, under the basic key.
 */
export function readSubBlocks(raw: JsonObject, path: string, reader: Reader): Parameters {
  const subBlocks = own(raw, 'subBlocks');
  if (!isJsonObject(subBlocks)) return { params: {}, kinds: {} };
  const params: Record<string, JsonValue> = {};
  const kinds: Record<string, JsonValue> = {};
  for (const [key, subBlock] of Object.entries(subBlocks)) {
    const value = isJsonObject(subBlock) ? own(subBlock, 'value') : subBlock;
    setOwn(params, key, reader.json(value, `${path}.subBlocks`));
    const kind = reader.text(field(subBlock, 'type'));
    if (kind !== null) setOwn(kinds, key, kind);
  }
  return settleTwins(reader.object(params, path), reader.object(kinds, path), raw);
}

const ADVANCED = /^manual(\p{Lu}.*)$/su;

/** Decides between `workflowId` and `manualWorkflowId` and the like. */
function settleTwins(params: JsonObject, kinds: JsonObject, raw: JsonObject): Parameters {
  const data = own(raw, 'data');
  const modes = isJsonObject(data) ? own(data, 'canonicalModes') : undefined;
  const settled: Record<string, JsonValue> = { ...params };
  const settledKinds = { ...kinds } as Record<string, string>;
  for (const key of Object.keys(params)) {
    const stem = ADVANCED.exec(key)?.[1];
    const basicKey = stem === undefined ? undefined : basicTwin(params, stem);
    if (stem === undefined || basicKey === undefined) continue;
    const basic = own(params, basicKey) ?? null;
    const advanced = own(params, key) ?? null;
    const mode = modeOf(modes, basicKey, stem) ?? defaultMode(raw, basic, advanced);
    setOwn(settled, basicKey, mode === 'advanced' ? advanced : basic);
    Reflect.deleteProperty(settled, key);
    const kind = own(settledKinds, key);
    if (mode === 'advanced' && kind !== undefined) setOwn(settledKinds, basicKey, kind);
    Reflect.deleteProperty(settledKinds, key);
  }
  return { params: settled, kinds: settledKinds };
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
