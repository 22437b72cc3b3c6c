import type { JsonObject, JsonValue } from '@sim/domain';

/** Workflows of a wanted size, in the form of an export of the editor. */

/** Every block is a function that reads the one before. */
interface Drawn {
  readonly id: string;
  readonly type?: string;
  readonly params?: JsonObject;
  readonly data?: JsonObject;
}

/** Diamonds in a row, so that every third block joins two ways. */
export function diamonds(count: number): JsonObject {
  const blocks = Array.from({ length: count }, (_, index) => drawn(index));
  const edges = blocks.flatMap(({ id }, index) => {
    const targets = index % 3 === 0 ? [index + 1, index + 2] : [index - (index % 3) + 3];
    return targets.filter((target) => target < count).map((target) => edge(id, `b${target}`));
  });
  return documentOf(blocks, edges);
}

/** One loop after another, each over two items with two blocks inside. */
export function chainedLoops(count: number): JsonObject {
  const blocks: Drawn[] = [drawn(0)];
  const edges: JsonObject[] = [];
  let last = 'b0';
  for (let index = 1; index + 2 < count; index += 3) {
    const [loop, first, second] = [`b${index}`, `b${index + 1}`, `b${index + 2}`];
    blocks.push(
      { id: loop, type: 'loop', data: { loopType: 'for', count: 2 } },
      { ...drawn(index + 1), data: { parentId: loop } },
      { ...drawn(index + 2), data: { parentId: loop } },
    );
    edges.push(edge(last, loop, last === 'b0' ? 'source' : 'loop-end-source'));
    edges.push(edge(loop, first, 'loop-start-source'), edge(first, second));
    last = loop;
  }
  return documentOf(blocks, edges);
}

/** Conditions one after another, both ways of each leading on to the next. */
export function successiveMerges(count: number): JsonObject {
  const blocks: Drawn[] = [drawn(0)];
  const edges: JsonObject[] = [];
  for (let index = 0; index < count; index += 1) {
    const [fork, yes, no] = [`c${index}`, `y${index}`, `n${index}`];
    const conditions = [
      { id: `${fork}-if`, title: 'if', value: `<block0.input> > ${index}` },
      { id: `${fork}-else`, title: 'else', value: '' },
    ];
    const code = { code: 'return 1' };
    blocks.push(
      { id: fork, type: 'condition', params: { conditions } },
      { id: yes, params: code },
      { id: no, params: code },
    );
    const before = index === 0 ? ['b0'] : [`y${index - 1}`, `n${index - 1}`];
    edges.push(...before.map((id) => edge(id, fork)));
    edges.push(edge(fork, yes, `condition-${fork}-if`), edge(fork, no, `condition-${fork}-else`));
  }
  return documentOf(blocks, edges);
}

/**
 * Steps in a row that call nothing outside and hold no function: a start, variables that read the one before,
 * every fourth a condition, and a response.
 */
export function steps(count: number): JsonObject {
  const inputFormat = [
    { id: 'f0', name: 'order', type: 'string' },
    { id: 'f1', name: 'amount', type: 'number' },
  ];
  const blocks: Drawn[] = [{ id: 'b0', type: 'start_trigger', params: { inputFormat } }];
  const edges: JsonObject[] = [];
  for (let index = 1; index < count - 1; index += 1) {
    const id = `b${index}`;
    const isFork = index % 4 === 0;
    blocks.push(isFork ? forkAt(id) : { id, type: 'variables', params: variablesAt(index) });
    edges.push(
      edge(`b${index - 1}`, id, (index - 1) % 4 === 0 && index > 1 ? branch(index - 1) : 'source'),
    );
  }
  const end = `b${count - 1}`;
  const data = '{"order": "<block0.order>", "last": "<variable.last>"}';
  blocks.push({ id: end, type: 'response', params: { dataMode: 'json', data } });
  edges.push(edge(`b${count - 2}`, end, (count - 2) % 4 === 0 ? branch(count - 2) : 'source'));
  return documentOf(blocks, edges, { v1: { id: 'v1', name: 'last', type: 'string', value: '' } });
}

function branch(index: number): string {
  return `condition-b${index}-if`;
}

function forkAt(id: string): Drawn {
  const conditions = [
    { id: `${id}-if`, title: 'if', value: '<block0.amount> > 100' },
    { id: `${id}-else`, title: 'else', value: '' },
  ];
  return { id, type: 'condition', params: { conditions } };
}

function variablesAt(index: number): JsonObject {
  const value = `<block0.order> at step ${index}`;
  return { variables: [{ variableId: 'v1', variableName: 'last', type: 'string', value }] };
}

function drawn(index: number): Drawn {
  if (index === 0) return { id: 'b0', type: 'start_trigger', params: { inputFormat: [] } };
  return { id: `b${index}`, params: { code: `return <block${index - 1}.result>` } };
}

function edge(source: string, target: string, sourceHandle = 'source'): JsonObject {
  return { id: `${source}-${sourceHandle}-${target}`, source, target, sourceHandle };
}

function documentOf(
  blocks: readonly Drawn[],
  edges: readonly JsonObject[],
  variables: JsonObject = {},
): JsonObject {
  return {
    version: '1.0',
    exportedAt: '2026-01-01T00:00:00.000Z',
    state: {
      blocks: Object.fromEntries(blocks.map((block) => [block.id, exported(block)])),
      edges,
      loops: {},
      parallels: {},
      variables,
    },
  };
}

function exported({ id, type = 'function', params = {}, data = {} }: Drawn): JsonObject {
  const subBlocks = Object.entries(params).map(([key, value]): [string, JsonValue] => [
    key,
    { id: key, type: 'code', value },
  ]);
  return {
    ...{ id, type, name: id.replace(/^b/, 'Block '), position: { x: 0, y: 0 }, enabled: true },
    ...{ subBlocks: Object.fromEntries(subBlocks), outputs: {}, data },
  };
}
