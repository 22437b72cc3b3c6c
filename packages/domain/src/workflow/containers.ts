import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { Block, Container, EnvelopeKind, LoopContainer, ParallelContainer } from './types.js';
import type { ReadBlock } from './blocks.js';
import { quote } from './issue-log.js';
import { settleParents } from './parents.js';
import { parseJsonText, readNumber, type Reader } from './reader.js';

const LOOP_TYPES = ['for', 'forEach', 'while', 'doWhile'] as const;

interface Maps {
  readonly loops: JsonObject;
  readonly parallels: JsonObject;
}

/**
 * Reconciles the two places that describe loops and parallels: the blocks themselves and the maps
 * `loops` and `parallels`, which are made from them. The blocks count, but for the executor form, whose
 * blocks do not say where they stand.
 */
export function readContainers(
  blocks: ReadonlyMap<string, ReadBlock>,
  body: JsonObject,
  kind: EnvelopeKind,
  path: string,
  reader: Reader,
): { blocks: Block[]; containers: Container[] } {
  const maps: Maps = {
    loops: reader.object(own(body, 'loops'), `${path}loops`),
    parallels: reader.object(own(body, 'parallels'), `${path}parallels`),
  };
  const members = membersByMaps(maps, reader);
  const placed = [...blocks.values()].map(({ block }) => ({
    ...block,
    parentId: block.parentId ?? (kind === 'executor' ? (members.get(block.id) ?? null) : null),
  }));
  const settled = settleParents(placed, reader.log);
  compare(settled, maps, members, path, reader);
  const containers: Container[] = [];
  for (const { block, data } of blocks.values()) {
    if (block.type !== 'loop' && block.type !== 'parallel') continue;
    const map = own(block.type === 'loop' ? maps.loops : maps.parallels, block.id);
    const container =
      block.type === 'loop'
        ? readLoop(block, [data, block.params, map], reader)
        : readParallel(block, [data, block.params, map], reader);
    reportDifference(block, container, map, reader);
    containers.push(container);
  }
  return { blocks: settled, containers };
}

/** Block id → container id, as the maps have it. */
function membersByMaps({ loops, parallels }: Maps, reader: Reader): Map<string, string> {
  const members = new Map<string, string>();
  for (const [id, entry] of [...Object.entries(loops), ...Object.entries(parallels)]) {
    const nodes = isJsonObject(entry) ? own(entry, 'nodes') : undefined;
    for (const node of Array.isArray(nodes) ? (nodes as readonly JsonValue[]) : []) {
      const member = reader.text(node);
      if (member !== null) members.set(member, id);
    }
  }
  return members;
}

function compare(
  blocks: readonly Block[],
  maps: Maps,
  members: ReadonlyMap<string, string>,
  path: string,
  reader: Reader,
): void {
  const byId = new Map(blocks.map((block) => [block.id, block]));
  for (const [section, type] of [['loops', 'loop'] as const, ['parallels', 'parallel'] as const]) {
    for (const id of Object.keys(maps[section])) {
      if (byId.get(id)?.type === type) continue;
      const at = `${path}${section}`;
      const message = () => `${section} describes ${quote(id)}, but no ${type} block has that id.`;
      reader.log.report('container_map_mismatch', { path: at, message });
    }
  }
  for (const block of blocks) {
    const listed = members.get(block.id) ?? null;
    const container = listed === null ? undefined : byId.get(listed);
    // A container that is not there has been reported; a parent that is nowhere listed is left to it.
    const isListed = listed === null ? hasList(maps, block.parentId) : container !== undefined;
    if (listed === block.parentId || !isListed) continue;
    const parent = block.parentId === null ? undefined : byId.get(block.parentId);
    const message = () =>
      `${quote(block.name)} stands ${parent ? `in ${quote(parent.name)}` : 'outside'}, ` +
      `but is listed ${container ? `in ${quote(container.name)}` : 'nowhere'}.`;
    reader.log.report('container_map_mismatch', { blockId: block.id, message });
  }
}

function hasList({ loops, parallels }: Maps, id: string | null): boolean {
  return id !== null && (own(loops, id) ?? own(parallels, id)) !== undefined;
}

/** The first place that says something: the block's data, its parameters, the map. */
function setting(keys: readonly string[], ...places: readonly unknown[]): JsonValue {
  for (const place of places) {
    for (const key of keys) {
      const value = isJsonObject(place) ? own(place, key) : undefined;
      if (value !== undefined && value !== null && value !== '') return value;
    }
  }
  return null;
}

type Places = readonly unknown[];

function readLoop(block: Block, places: Places, reader: Reader): LoopContainer {
  const given = setting(['loopType'], ...places);
  const loopType = LOOP_TYPES.find((type) => type === given);
  if (given !== null && loopType === undefined) reportSetting(block, 'kind', given, reader);
  const kind = loopType ?? 'for';
  const count = setting(COUNT_KEYS, ...places);
  const condition = setting(conditionKeys(kind), ...places);
  return {
    kind: 'loop',
    blockId: block.id,
    loopType: kind,
    iterations: kind === 'for' ? readCount(block, count, reader) : null,
    items: kind === 'forEach' ? setting(ITEM_KEYS, ...places) : null,
    condition: kind === 'while' || kind === 'doWhile' ? reader.text(condition) : null,
  };
}

const COUNT_KEYS = ['count', 'iterations'];
const ITEM_KEYS = ['collection', 'forEachItems', 'distribution'];

/** Older exports keep the condition of a doWhile under the name of the other. */
const conditionKeys = (kind: LoopContainer['loopType']): string[] =>
  kind === 'doWhile' ? ['doWhileCondition', 'whileCondition'] : ['whileCondition'];

function readParallel(block: Block, places: Places, reader: Reader): ParallelContainer {
  const given = setting(['parallelType'], ...places);
  if (given !== null && given !== 'count' && given !== 'collection') {
    reportSetting(block, 'kind', given, reader);
  }
  const items = setting(ITEM_KEYS, ...places);
  const isCount = given === 'count' || (given !== 'collection' && isBlankList(items));
  const count = setting(COUNT_KEYS, ...places);
  return {
    kind: 'parallel',
    blockId: block.id,
    parallelType: isCount ? 'count' : 'collection',
    count: isCount ? readCount(block, count, reader) : null,
    items: isCount ? null : items,
    batchSize: readNumber(setting(['batchSize'], ...places)),
  };
}

/** Says where the map has another setting than the container; what the map leaves out is no difference. */
function reportDifference(
  block: Block,
  container: Container,
  map: JsonValue | undefined,
  reader: Reader,
): void {
  const differs = (what: string, keys: readonly string[], used: JsonValue) => {
    const mapped = setting(keys, map);
    if (used === null || mapped === null || comparable(used) === comparable(mapped)) return;
    const message = () =>
      `The ${what} of ${quote(block.name)} is ${shown(used)}, but is listed as ${shown(mapped)}.`;
    reader.log.report('container_map_mismatch', { blockId: block.id, message });
  };
  differs('collection', ITEM_KEYS, container.items);
  if (container.kind === 'loop') {
    differs('kind', ['loopType'], container.loopType);
    differs('count', COUNT_KEYS, container.iterations);
    differs('condition', conditionKeys(container.loopType), container.condition);
  } else {
    differs('kind', ['parallelType'], container.parallelType);
    differs('count', ['count'], container.count);
    differs('batch size', ['batchSize'], container.batchSize);
  }
}

/** One text for `5` and `"5"`, and for a list and its JSON text. */
function comparable(value: JsonValue): string {
  const parsed = typeof value === 'string' ? parseJsonText(value) : undefined;
  return JSON.stringify(parsed ?? (typeof value === 'string' ? value.trim() : value));
}

const shown = (value: JsonValue): string => quote(JSON.stringify(value));

/** Whether there is nothing to go over: no list, nor an object with entries. */
function isBlankList(items: JsonValue): boolean {
  const value = typeof items === 'string' ? (parseJsonText(items) ?? items) : items;
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** 5 where nothing is said, as in the editor. */
function readCount(block: Block, value: JsonValue, reader: Reader): number | null {
  if (value === null) return 5;
  const count = readNumber(value);
  if (count !== null && Number.isSafeInteger(count) && count >= 0) return count;
  reportSetting(block, 'count', value, reader);
  return null;
}

function reportSetting(block: Block, what: string, value: JsonValue, reader: Reader): void {
  const message = () =>
    `The ${what} of ${quote(block.name)} is ${quote(JSON.stringify(value))}, which cannot be read.`;
  reader.log.report('container_setting_invalid', { blockId: block.id, message });
}
