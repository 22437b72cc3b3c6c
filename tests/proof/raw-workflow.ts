import { isList, isRecord, own, recordOf, type Json, type JsonRecord } from './json.js';

/** A block as its document has it. */
export interface RawBlock {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly refName: string;
  readonly enabled: boolean;
  readonly params: JsonRecord;
  readonly data: JsonRecord;
  /** Top-level fields that references may name; null where any may be. */
  readonly fields: readonly string[] | null;
  /** Runs at most; 1 without retry. */
  readonly maxTries: number;
  readonly parentId: string | null;
  /** Place in the document. */
  readonly index: number;
}

export interface RawEdge {
  readonly source: string;
  readonly target: string;
  /** `source` where the document says nothing. */
  readonly handle: string;
}

/** What runs together: the blocks of the root, or those right inside one container. */
export interface Body {
  readonly containerId: string | null;
  /** Enabled and reachable, in topological order: by longest way from the entries, then as they stand. */
  readonly blocks: readonly RawBlock[];
  readonly entries: ReadonlySet<string>;
  readonly incoming: ReadonlyMap<string, readonly RawEdge[]>;
  readonly outgoing: ReadonlyMap<string, readonly RawEdge[]>;
  /** Blocks that an enabled path leads to from a block. */
  descendants(id: string): ReadonlySet<string>;
}

export interface RawWorkflow {
  readonly name: string;
  readonly blocks: ReadonlyMap<string, RawBlock>;
  /** Of two blocks with one name the first in the document. */
  readonly byRefName: ReadonlyMap<string, RawBlock>;
  readonly start: RawBlock | null;
  readonly variables: ReadonlyMap<string, Json>;
  body(containerId: string | null): Body;
}

/** Which start a chat takes, and which one a child workflow takes: the first that there is. */
const STARTS = {
  chat: ['start_trigger', 'chat_trigger', 'starter'],
  child: ['start_trigger', 'input_trigger', 'starter'],
};
const OTHER_STARTS = [
  'input_trigger',
  'chat_trigger',
  'api_trigger',
  'manual_trigger',
  'webhook',
  'generic_webhook',
  'schedule',
];

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  function: ['result', 'stdout'],
  api: ['data', 'status', 'headers'],
  agent: ['content', 'model', 'tokens', 'toolCalls', 'cost'],
  condition: ['conditionResult', 'selectedPath', 'selectedOption'],
  loop: ['results'],
  parallel: ['results'],
  workflow: ['success', 'childWorkflowName', 'result', 'error'],
  workflow_input: ['success', 'childWorkflowName', 'result', 'error'],
};

/** Lower case, white space and dots removed. */
export function refNameOf(name: string): string {
  return name.toLowerCase().replaceAll(/[\s.]/g, '');
}

/** Fields of an `inputFormat`. */
export function formFields(block: RawBlock): JsonRecord[] {
  const format = own(block.params, 'inputFormat');
  return isList(format) ? format.filter(isRecord) : [];
}

/** Reads `{version, state: {blocks, edges, variables}}`, straight and without repair. */
export function readWorkflow(document: JsonRecord, use: 'chat' | 'child'): RawWorkflow {
  const state = own(document, 'state');
  const listed = own(state, 'blocks');
  const blocks = new Map<string, RawBlock>();
  for (const [id, raw] of Object.entries(isRecord(listed) ? listed : {})) {
    blocks.set(id, readBlock(id, raw, blocks.size));
  }
  const byRefName = new Map<string, RawBlock>();
  for (const block of blocks.values()) {
    if (!byRefName.has(block.refName)) byRefName.set(block.refName, block);
  }
  const start = chooseStart([...blocks.values()], use);
  const edges = readEdges(own(state, 'edges'));
  const bodies = new Map<string | null, Body>();
  const name = own(own(state, 'metadata'), 'name');
  return {
    name: typeof name === 'string' ? name : '',
    blocks,
    byRefName,
    start,
    variables: readVariables(own(state, 'variables')),
    body(containerId) {
      const known = bodies.get(containerId);
      if (known) return known;
      const made = makeBody(containerId, blocks, edges, start);
      bodies.set(containerId, made);
      return made;
    },
  };
}

function readBlock(id: string, raw: Json, index: number): RawBlock {
  const text = (key: string) => {
    const value = own(raw, key);
    return typeof value === 'string' ? value : '';
  };
  const subBlocks = own(raw, 'subBlocks');
  const params = Object.entries(isRecord(subBlocks) ? subBlocks : {}).map(
    ([key, value]): [string, Json] => [key, own(value, 'value') ?? null],
  );
  const data = own(raw, 'data');
  const retry = own(raw, 'retry');
  const tries = own(retry, 'enabled') === true ? own(retry, 'maxTries') : 1;
  const parent = own(data, 'parentId');
  const block = {
    id,
    type: text('type'),
    name: text('name'),
    refName: refNameOf(text('name')),
    enabled: own(raw, 'enabled') !== false,
    params: recordOf(params),
    data: isRecord(data) ? data : {},
    maxTries: typeof tries === 'number' ? tries : 1,
    parentId: typeof parent === 'string' ? parent : null,
    index,
  };
  return { ...block, fields: fieldsOf({ ...block, fields: null }, own(raw, 'outputs')) };
}

function fieldsOf(block: RawBlock, outputs: Json | undefined): readonly string[] | null {
  const declared = isRecord(outputs) ? Object.keys(outputs) : [];
  const fields = declared.length > 0 ? declared : own(FIELDS, block.type);
  const asked = formFields(block).flatMap((field) => {
    const name = own(field, 'name');
    return typeof name === 'string' ? [name] : [];
  });
  if (STARTS.chat.includes(block.type)) {
    return [...asked, ...declared, 'input', 'conversationId', 'files'];
  }
  if (block.type === 'human_in_the_loop') {
    return [...asked, ...declared, 'response', 'submission', 'error'];
  }
  return isList(fields) ? [...fields.map(String), 'error'] : null;
}

function readEdges(raw: Json | undefined): RawEdge[] {
  return (isList(raw) ? raw : []).map((edge) => {
    const [source, target, handle] = ['source', 'target', 'sourceHandle'].map((key) => {
      const value = own(edge, key);
      return typeof value === 'string' ? value : '';
    });
    const isPlain = handle === '' || handle === 'source-right';
    return { source: source ?? '', target: target ?? '', handle: isPlain ? 'source' : handle! };
  });
}

function readVariables(raw: Json | undefined): Map<string, Json> {
  const variables = new Map<string, Json>();
  for (const variable of isRecord(raw) ? Object.values(raw) : []) {
    const name = own(variable, 'name');
    if (typeof name === 'string') variables.set(name, own(variable, 'value') ?? null);
  }
  return variables;
}

function chooseStart(blocks: readonly RawBlock[], use: 'chat' | 'child'): RawBlock | null {
  const enabled = blocks.filter(({ enabled, parentId }) => enabled && parentId === null);
  for (const type of [...STARTS[use], ...OTHER_STARTS]) {
    const start = enabled.find((block) => block.type === type);
    if (start) return start;
  }
  return null;
}

function makeBody(
  containerId: string | null,
  blocks: ReadonlyMap<string, RawBlock>,
  edges: readonly RawEdge[],
  start: RawBlock | null,
): Body {
  const isMember = (id: string) => {
    const block = blocks.get(id);
    return block?.enabled === true && block.parentId === containerId && block.type !== 'note';
  };
  const within = edges.filter(({ source, target }) => isMember(source) && isMember(target));
  const entries = new Set(
    containerId === null
      ? start
        ? [start.id]
        : []
      : edges.filter((e) => e.source === containerId && isMember(e.target)).map((e) => e.target),
  );
  const reached = spread(
    entries,
    groupBy(within, ({ source }) => source),
  );
  const ways = within.filter(({ source }) => reached.has(source));
  const levels = levelsOf(reached, ways);
  const level = (block: RawBlock) => levels.get(block.id) ?? 0;
  const members = [...blocks.values()].filter(({ id }) => reached.has(id));
  const outgoing = groupBy(ways, ({ source }) => source);
  const after = new Map<string, ReadonlySet<string>>();
  return {
    containerId,
    blocks: members.sort((a, b) => level(a) - level(b) || a.index - b.index),
    entries,
    incoming: groupBy(ways, ({ target }) => target),
    outgoing,
    descendants(id) {
      const known = after.get(id);
      if (known) return known;
      const next = (outgoing.get(id) ?? []).map(({ target }) => target);
      const found = spread(next, outgoing);
      after.set(id, found);
      return found;
    },
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const known = groups.get(keyOf(item));
    if (known) known.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function spread(
  from: Iterable<string>,
  outgoing: ReadonlyMap<string, readonly RawEdge[]>,
): ReadonlySet<string> {
  const seen = new Set(from);
  // What is added to a set while it is walked is walked too.
  for (const id of seen) for (const { target } of outgoing.get(id) ?? []) seen.add(target);
  return seen;
}

/** The longest way to each block; a cycle would not end, so the number of rounds is bounded. */
function levelsOf(reached: ReadonlySet<string>, ways: readonly RawEdge[]): Map<string, number> {
  const levels = new Map<string, number>();
  for (let round = 0; round <= reached.size; round += 1) {
    let changed = false;
    for (const { source, target } of ways) {
      const next = (levels.get(source) ?? 0) + 1;
      if (next <= (levels.get(target) ?? 0)) continue;
      levels.set(target, next);
      changed = true;
    }
    if (!changed) return levels;
  }
  throw new RangeError('The workflow has a cycle outside of its containers.');
}
