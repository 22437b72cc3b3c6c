import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../json.js';

const TYPES = [
  'start_trigger',
  'starter',
  'schedule',
  'condition',
  'router',
  'router_v2',
  'function',
  'api',
  'agent',
  'human_in_the_loop',
  'wait',
  'response',
  'loop',
  'parallel',
  'note',
  'slack',
];

const HANDLES = [
  null,
  'source',
  'error',
  'true',
  'condition-if',
  'condition-else',
  'router-a',
  'loop-start-source',
  'loop-end-source',
  'odd',
];

const json: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => value as JsonValue);

const text = fc.oneof(
  json,
  fc.constantFrom<JsonValue>('<start.input>', '<b1.result> > 1', '{{KEY}}', '[{"name":"a"}]'),
);

const params = fc.dictionary(
  fc.constantFrom(
    'conditions',
    'inputFormat',
    'builderData',
    'timeValue',
    'code',
    'url',
    'options',
    '__proto__',
  ),
  text,
  { maxKeys: 4 },
);

interface Drawn {
  readonly types: readonly string[];
  readonly params: readonly Record<string, JsonValue>[];
  readonly enabled: readonly boolean[];
  readonly parents: readonly number[];
  readonly edges: readonly (readonly [number, number, string | null])[];
}

const drawn: fc.Arbitrary<Drawn> = fc.integer({ min: 0, max: 12 }).chain((size) => {
  const each = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.array(arbitrary, { minLength: size, maxLength: size });
  const end = fc.integer({ min: 0, max: size });
  return fc.record({
    types: each(fc.constantFrom(...TYPES)),
    params: each(params),
    enabled: each(fc.integer({ min: 0, max: 5 }).map((n) => n > 0)),
    parents: each(
      fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: end }),
    ),
    edges: fc.array(fc.tuple(end, end, fc.constantFrom(...HANDLES)), { maxLength: 3 * size }),
  });
});

/**
 * Legacy documents over every type and handle, with containers, cycles, disabled blocks and edges to
 * nothing; block `n` is called `b<n>` and has the id that it is given.
 */
export const workflowDocuments = (idOf: (n: number) => string): fc.Arbitrary<JsonObject> =>
  drawn.map(({ types, params: values, enabled, parents, edges }) => ({
    name: 'Drawn',
    blocks: types.map((type, n) => ({
      id: idOf(n),
      type,
      name: `b${n}`,
      enabled: enabled[n] ?? true,
      config: { params: values[n] ?? {} },
      data: (parents[n] ?? -1) >= 0 ? { parentId: idOf(parents[n] ?? 0) } : {},
    })),
    edges: edges.map(([source, target, sourceHandle]) => ({
      source: idOf(source),
      target: idOf(target),
      sourceHandle,
    })),
  }));

/** Any JSON, and JSON that looks like a workflow until one looks closer. */
export const almostWorkflows: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      version: json,
      name: json,
      blocks: fc.oneof(json, fc.array(json), fc.dictionary(fc.string(), odd())),
      edges: fc.oneof(json, fc.array(odd())),
      connections: json,
      loops: fc.dictionary(fc.string(), odd()),
      parallels: json,
      variables: fc.oneof(json, fc.array(odd())),
      state: json,
      data: json,
    },
    { requiredKeys: [] },
  ),
);

function odd(): fc.Arbitrary<JsonValue> {
  const keys = [
    'id',
    'type',
    'name',
    'subBlocks',
    'config',
    'data',
    'retry',
    'source',
    'target',
    'nodes',
  ];
  return fc.oneof(
    json,
    fc.dictionary(
      fc.constantFrom(...keys, 'metadata', 'outputs', 'rows', 'value', 'parentId'),
      json,
    ),
  );
}
