import fc from 'fast-check';
import {
  CHILD_FIELDS,
  ENV,
  FORM_FIELDS,
  References,
  START_FIELDS,
  VARIABLES,
} from './arbitrary-references.js';
import { fill } from './block-contents.js';
import { Draft, type DraftBlock } from './draft.js';
import { DraftOrder } from './draft-order.js';
import { recordOf, type Json, type JsonRecord } from './json.js';
import type { Case, Oracle } from './reference-interpreter.js';
import { childPlan, mainPlan, type DocumentPlan } from './workflow-plan.js';

/** What the runs of a case are given. */
interface Answers {
  readonly start: JsonRecord;
  readonly routes: readonly number[];
  readonly forms: readonly number[];
}

const small = fc.oneof(fc.nat({ max: 6 }), fc.constantFrom('x', 'y', 'two words'));

const answers: fc.Arbitrary<Answers> = fc.record({
  start: fc.record({
    n: fc.nat({ max: 6 }),
    s: fc.constantFrom('x', 'y', 'two words'),
    flag: fc.boolean(),
    list: fc.array(small, { minLength: 1, maxLength: 3 }),
    rec: fc.dictionary(fc.constantFrom('k', 'm', 'z'), small, {
      minKeys: 1,
      maxKeys: 2,
    }),
  }),
  routes: fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 12 }),
  forms: fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 6 }),
});

/**
 * Whole workflows of up to 60 blocks with those that they call, and what their runs are given: conditions,
 * routers, joins, fan-out, loops, parallels, error edges, retries, disabled blocks, forms, responses,
 * variables, called workflows, and references of all forms. What blocks read never depends on which of
 * them is faster. Shrinks to a start and plain blocks.
 */
export function arbitraryCase(): fc.Arbitrary<Case> {
  const children = fc.tuple(childPlan, childPlan);
  return fc.tuple(mainPlan, children, answers).map(([main, called, given]) => {
    const [first, second] = called.map((plan, index) => documentOf(plan, `c${index}`, index));
    const document = documentOf(main, '', null);
    const documents = [document, first!, second!];
    return {
      document: document.json,
      children: { 'child-0': first!.json, 'child-1': second!.json },
      oracle: oracleOf(documents, given),
    };
  });
}

interface Rendered {
  readonly json: JsonRecord;
  readonly draft: Draft;
}

/** @param child its place among the called workflows, of which it may call those behind it; null for the main one */
function documentOf(plan: DocumentPlan, prefix: string, child: number | null): Rendered {
  const children = ['child-0', 'child-1'].slice(child === null ? 0 : child + 1);
  const draft = new Draft(plan, prefix, children.length > 0);
  const fields = child === null ? START_FIELDS : CHILD_FIELDS;
  const references = new References(draft, new DraftOrder(draft), Object.keys(fields));
  const blocks = draft.blocks.map((block): readonly [string, Json] => [
    block.id,
    block === draft.start ? startJson(block, fields) : blockJson(block, references, children),
  ]);
  const edges = draft.edges.map(({ from, to, handle }, index) => ({
    id: `${prefix}e${index}`,
    source: from.id,
    target: to.id,
    ...(handle !== null && { sourceHandle: handle }),
    targetHandle: 'target',
  }));
  const name = child === null ? 'Generated' : `Called ${child}`;
  const state = {
    blocks: recordOf(blocks),
    edges,
    loops: containerMap(draft, blocks, 'loop'),
    parallels: containerMap(draft, blocks, 'parallel'),
    variables: variablesJson(),
    metadata: { name },
  };
  return { draft, json: { version: '1.0', exportedAt: '2026-01-01T00:00:00.000Z', state } };
}

function startJson(block: DraftBlock, fields: Readonly<Record<string, string>>): Json {
  const inputFormat = Object.entries(fields).map(([name, type]) => ({ id: name, name, type }));
  return json(block, { inputFormat }, {}, null);
}

function blockJson(block: DraftBlock, references: References, children: readonly string[]): Json {
  const { params, data, maxTries } = fill(block, references, children);
  return json(block, params, data, maxTries);
}

function json(
  block: DraftBlock,
  params: JsonRecord,
  data: JsonRecord,
  maxTries: number | null,
): Json {
  const { id, type, name, enabled, parent } = block;
  const subBlocks = Object.entries(params).map(([key, value]): [string, Json] => [
    key,
    { id: key, type: 'short-input', value },
  ]);
  return {
    id,
    type,
    name,
    position: { x: 0, y: 0 },
    enabled,
    subBlocks: recordOf(subBlocks),
    outputs: {},
    ...(maxTries !== null && { retry: { enabled: true, maxTries, waitBetweenTriesMs: 0 } }),
    data: { ...data, ...(parent && { parentId: parent.id, extent: 'parent' }) },
  };
}

/** The maps that the editor makes of the containers. */
function containerMap(
  { blocks }: Draft,
  rendered: readonly (readonly [string, Json])[],
  type: 'loop' | 'parallel',
): JsonRecord {
  const data = new Map(rendered);
  const containers = blocks.filter((block) => block.type === type);
  return recordOf(
    containers.map((container): [string, Json] => {
      const settings = (data.get(container.id) as { data: JsonRecord }).data;
      const { count, collection } = settings;
      const kept = ['loopType', 'parallelType', 'whileCondition', 'doWhileCondition'];
      const others = Object.entries(settings).filter(([key]) => kept.includes(key));
      const nodes = blocks.filter(({ parent }) => parent === container).map(({ id }) => id);
      const counted = type === 'loop' ? 'iterations' : 'count';
      const items = type === 'loop' ? 'forEachItems' : 'distribution';
      return [
        container.id,
        {
          id: container.id,
          nodes,
          ...recordOf(others),
          ...(count !== undefined && { [counted]: count }),
          ...(collection !== undefined && { [items]: collection }),
        },
      ];
    }),
  );
}

function variablesJson(): JsonRecord {
  return recordOf(
    VARIABLES.map((name, index): [string, Json] => [
      `var-${name}`,
      { id: `var-${name}`, name, type: 'plain', value: index === 0 ? 'blue' : 3 },
    ]),
  );
}

function oracleOf(documents: readonly Rendered[], { start, routes, forms }: Answers): Oracle {
  const blocks = documents.flatMap(({ draft }) => draft.blocks.map((block) => ({ draft, block })));
  const routers = blocks.filter(({ block }) => block.type.startsWith('router'));
  const asked = blocks.filter(({ block }) => block.type === 'human_in_the_loop');
  return {
    start,
    env: { ...ENV },
    routes: Object.fromEntries(
      routers.map(({ draft, block }, place) => [
        block.id,
        picksOf(routesOf(draft, block), routes, place),
      ]),
    ),
    picks: Object.fromEntries(
      routers.flatMap(({ draft, block }) => {
        const [first] = routesOf(draft, block);
        return first === undefined ? [] : [[block.id, first] as const];
      }),
    ),
    forms: Object.fromEntries(
      asked.map(({ block }, place) => [
        block.id,
        [0, 1, 2].map((turn) => answerOf(forms[(place + turn) % forms.length] ?? 0)),
      ]),
    ),
  };
}

/** Ids of its routes; of an older router the blocks that it leads to. */
function routesOf(draft: Draft, router: DraftBlock): readonly string[] {
  if (router.type === 'router_v2') return router.ways;
  const targets = draft.edges.filter(({ from, handle }) => from === router && handle === null);
  return targets.filter(({ to }) => to.enabled).map(({ to }) => to.id);
}

/** Up to three picks by iteration, some of them of no route. */
function picksOf(
  ids: readonly string[],
  numbers: readonly number[],
  place: number,
): (string | null)[] {
  return [0, 1, 2].map((turn) => {
    const number = numbers[(place * 3 + turn) % numbers.length] ?? 0;
    return number >= 92 ? null : (ids[number % Math.max(1, ids.length)] ?? null);
  });
}

function answerOf(number: number): JsonRecord {
  const texts = ['x', 'yes', 'no'];
  const [choice, note] = FORM_FIELDS;
  return { [choice]: texts[number % 3] ?? 'x', [note]: `note ${number % 5}` };
}
