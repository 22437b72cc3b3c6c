import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { Block, Container, EnvelopeKind, LoopContainer } from './types.js';
import type { ReadBlock } from './blocks.js';
import { quote } from './issue-log.js';
import { settleParents } from './parents.js';
import { readList, readNumber, type Reader } from './reader.js';

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
    if (block.type === 'loop') containers.push(readLoop(block, data, maps.loops, reader));
    if (block.type === 'parallel')
      containers.push(readParallel(block, data, maps.parallels, reader));
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

function readLoop(block: Block, data: JsonObject, map: JsonObject, reader: Reader): LoopContainer {
  const places = [data, block.params, own(map, block.id)];
  const given = setting(['loopType'], ...places);
  const loopType = LOOP_TYPES.find((type) => type === given);
  if (given !== null && loopType === undefined) reportSetting(block, 'kind', given, reader);
  const kind = loopType ?? 'for';
  const count = setting(['count', 'iterations'], ...places);
  const condition = setting(
    [kind === 'doWhile' ? 'doWhileCondition' : 'whileCondition'],
    ...places,
  );
  return {
    kind: 'loop',
    blockId: block.id,
    loopType: kind,
    iterations: kind === 'for' ? readCount(block, count, reader) : null,
    items: kind === 'forEach' ? setting(['collection', 'forEachItems'], ...places) : null,
    condition: kind === 'while' || kind === 'doWhile' ? reader.text(condition) : null,
  };
}

function readParallel(block: Block, data: JsonObject, map: JsonObject, reader: Reader): Container {
  const places = [data, block.params, own(map, block.id)];
  const given = setting(['parallelType'], ...places);
  if (given !== null && given !== 'count' && given !== 'collection') {
    reportSetting(block, 'kind', given, reader);
  }
  const items = setting(['collection', 'distribution'], ...places);
  const isCount = given === 'count' || (given !== 'collection' && isBlankList(items));
  const count = setting(['count'], ...places);
  return {
    kind: 'parallel',
    blockId: block.id,
    parallelType: isCount ? 'count' : 'collection',
    count: isCount ? readCount(block, count, reader) : null,
    items: isCount ? null : items,
    batchSize: readNumber(setting(['batchSize'], ...places)),
  };
}

function isBlankList(items: JsonValue): boolean {
  return items === null || readList(items)?.length === 0;
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
