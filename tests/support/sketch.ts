import type { JsonObject, JsonValue } from '@sim/domain';

/** A block of a sketch: its type, its sub-block values and what else differs from the usual. */
export interface Sketched {
  readonly type: string;
  readonly params?: JsonObject;
  readonly name?: string;
  readonly enabled?: boolean;
  readonly outputs?: JsonObject;
  readonly retry?: JsonObject;
  readonly data?: JsonObject;
}

/**
 * A workflow in the form of a Sim export. Edges are written `from -> to` or `from -handle-> to`.
 */
export function sketch(
  blocks: Readonly<Record<string, Sketched>>,
  ways: readonly string[],
): JsonObject {
  return {
    version: '1.0',
    exportedAt: '2026-01-01T00:00:00.000Z',
    state: {
      blocks: Object.fromEntries(
        Object.entries(blocks).map(([id, block]) => [id, drawn(id, block)]),
      ),
      edges: ways.map(edge),
      loops: {},
      parallels: {},
      variables: {},
      metadata: { name: 'Sketch', description: 'A workflow for a test.' },
    },
  };
}

function drawn(
  id: string,
  { type, params = {}, name, enabled = true, outputs = {}, retry, data = {} }: Sketched,
): JsonObject {
  const subBlocks = Object.entries(params).map(([key, value]): [string, JsonValue] => [
    key,
    { id: key, type: 'short-input', value },
  ]);
  return {
    id,
    type,
    name: name ?? id,
    position: { x: 0, y: 0 },
    enabled,
    subBlocks: Object.fromEntries(subBlocks),
    outputs,
    data,
    ...(retry && { retry }),
  };
}

function edge(way: string, index: number): JsonObject {
  const parts = /^(\S+) -(?:(\S+)-)?> (\S+)$/.exec(way);
  if (!parts) throw new TypeError(`Not a way: ${way}`);
  const [, source = '', sourceHandle = 'source', target = ''] = parts;
  return { id: `e${index}`, source, target, sourceHandle, targetHandle: 'target' };
}

/** A start block that asks for these fields. */
export const startWith = (...fields: JsonObject[]): Sketched => ({
  type: 'start_trigger',
  params: {
    inputFormat: fields.map((field, index) => ({ id: `f${index}`, type: 'string', ...field })),
  },
});
