import type { Journey, StateId } from '@sim/domain';
import { isList, isRecord, own, recordOf, textOf, type Json, type JsonRecord } from './json.js';

/** New ids for the blocks and edges of a document; nothing else has them. */
export function renamingOf(document: JsonRecord): (id: string) => string {
  const state = own(document, 'state');
  const blocks = own(state, 'blocks');
  const edges = own(state, 'edges');
  const ids = [
    ...Object.keys(isRecord(blocks) ? blocks : {}),
    ...(isList(edges) ? edges : []).map((edge) => textIn(edge, 'id')),
  ];
  const names = new Map(ids.map((id, index) => [id, `renamed ${index}/é`]));
  return (id) => names.get(id) ?? id;
}

function textIn(record: Json, key: string): string {
  return textOf(own(record, key) ?? '');
}

/** A document with other ids for its blocks and edges. */
export function renamedDocument(document: JsonRecord, rename: (id: string) => string): JsonRecord {
  const state = own(document, 'state') as JsonRecord;
  const keyed = (record: Json | undefined, change: (value: Json) => Json): JsonRecord =>
    recordOf(
      Object.entries(isRecord(record) ? record : {}).map(([id, value]) => [
        rename(id),
        change(value),
      ]),
    );
  const renamedIn = (value: Json, keys: readonly string[]): Json => {
    if (!isRecord(value)) return value;
    const entries = Object.entries(value).map(([key, item]): [string, Json] => [
      key,
      keys.includes(key) && typeof item === 'string' ? rename(item) : item,
    ]);
    return recordOf(entries);
  };
  const block = (value: Json): Json => {
    const renamed = renamedIn(value, ['id']) as JsonRecord;
    return { ...renamed, data: renamedIn(own(renamed, 'data') ?? {}, ['parentId']) };
  };
  const container = (value: Json): Json => {
    const renamed = renamedIn(value, ['id']) as JsonRecord;
    const nodes = own(renamed, 'nodes');
    return { ...renamed, nodes: (isList(nodes) ? nodes : []).map((id) => rename(textOf(id))) };
  };
  const edges = own(state, 'edges');
  return {
    ...document,
    state: {
      ...state,
      blocks: keyed(own(state, 'blocks'), block),
      edges: (isList(edges) ? edges : []).map((edge) =>
        renamedIn(edge, ['id', 'source', 'target']),
      ),
      loops: keyed(own(state, 'loops'), container),
      parallels: keyed(own(state, 'parallels'), container),
    },
  };
}

const ASKING = '~inputs';

/** A journey with other ids for what its own blocks and edges became; its hash is left out. */
export function renamedJourney(journey: Journey, rename: (id: string) => string): Journey {
  const children = new Set<string>(
    journey.states.filter(({ child }) => child !== undefined).map(({ id }) => id),
  );
  const state = (id: StateId): StateId => {
    if (children.has(id)) return id;
    const block = id.slice('st_'.length);
    return block.endsWith(ASKING)
      ? `st_${rename(block.slice(0, -ASKING.length))}${ASKING}`
      : `st_${rename(block)}`;
  };
  return {
    ...journey,
    id: 'jrn_',
    version: '',
    initial: journey.initial && state(journey.initial),
    states: journey.states.map((each) =>
      each.child === undefined
        ? {
            ...each,
            id: state(each.id),
            blockId: rename(each.blockId),
            ...(each.parent !== undefined && { parent: state(each.parent) }),
            ...(each.kind === 'tool' && each.inputs && { inputs: state(each.inputs) }),
            // The older router names its routes after their targets.
            ...(each.kind === 'router' && {
              routes: each.routes.map((route) => ({ ...route, id: rename(route.id) })),
            }),
          }
        : each,
    ),
    transitions: journey.transitions.map((way) =>
      children.has(way.from)
        ? way
        : {
            ...way,
            id: `tr_${rename(way.id.slice('tr_'.length))}` as const,
            from: state(way.from),
            to: state(way.to),
            branchId: way.branchId === null ? null : rename(way.branchId),
            edgeIds: way.edgeIds.map(rename),
          },
    ),
  };
}
