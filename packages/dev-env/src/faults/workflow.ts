import type { JsonObject, JsonValue } from '@sim/domain';
import type { Random } from './random.js';

/** What one person is going to answer, and with it what their session does outside. */
export interface Script {
  /** Names the session to the tool server. */
  readonly ref: string;
  readonly guests: readonly string[];
  readonly budget: number;
  readonly note: string;
  /** Whether each act outside is asked about before. */
  readonly confirms: boolean;
}

/** Above it the order is a large one. */
const LARGE = 100;

/** Draws a script. */
export function drawScript(ref: string, random: Random): Script {
  const all = ['Ada', 'Bo', 'Cy'];
  return {
    ref,
    guests: all.slice(0, random.between(1, all.length)),
    budget: random.between(1, 2 * LARGE),
    note: random.pick(['ring twice', 'by the gate', 'no nuts']),
    confirms: random.chance(0.5),
  };
}

/** The answers to what is asked, by the name of the slot. */
export function answersOf({ ref, guests, budget, note }: Script): Readonly<Record<string, string>> {
  return { ref, guests: guests.join(', '), budget: String(budget), note };
}

/** Names what one call brings about: each is needed once, under one idempotency key. */
export function effectName(body: unknown): string {
  const { ref, step, item } = (body ?? {}) as Partial<Record<string, JsonValue>>;
  return [ref, step, item].filter((part) => typeof part === 'string').join(' ');
}

/** The effects that a completed session has had, no more and no fewer. */
export function neededEffects({ ref, guests, budget }: Script): string[] {
  const size = budget > LARGE ? 'large' : 'small';
  const steps = ['reserve', size, ...guests.map((guest) => `invite ${guest}`), 'book'];
  return [...steps, ...guests.map((guest) => `seat ${guest}`)].map((step) => `${ref} ${step}`);
}

/**
 * The workflow of the run, as an export: questions, a condition, a loop, a wait, a form, a parallel, and
 * writes to the tool server all along.
 */
export function faultsWorkflow(toolServer: string): JsonObject {
  const write = (step: string, item?: string, parentId?: string): Drawn => ({
    type: 'api',
    params: {
      url: `${toolServer}/${step}`,
      method: 'POST',
      body: JSON.stringify({ ref: '<start.ref>', step, ...(item !== undefined && { item }) }),
    },
    ...(parentId !== undefined && { data: { parentId } }),
  });
  const over = { collection: '<start.guests>' };
  return documentOf(
    {
      start: { type: 'start_trigger', params: { inputFormat: FIELDS } },
      reserve: write('reserve'),
      check: { type: 'condition', params: { conditions: CONDITIONS } },
      large: write('large'),
      small: write('small'),
      each: { type: 'loop', data: { loopType: 'forEach', ...over } },
      invite: write('invite', '<loop.currentItem>', 'each'),
      rest: { type: 'wait', params: { timeValue: '1', timeUnit: 'seconds' } },
      wishes: { type: 'human_in_the_loop', params: { inputFormat: [field('note')] } },
      book: write('book'),
      all: { type: 'parallel', data: { parallelType: 'collection', ...over } },
      seat: write('seat', '<parallel.currentItem>', 'all'),
      end: { type: 'response', params: { dataMode: 'json', data: '{"ref": "<start.ref>"}' } },
    },
    [
      ['start', 'reserve'],
      ['reserve', 'check'],
      ['check', 'large', 'condition-check-if'],
      ['check', 'small', 'condition-check-else'],
      ['large', 'each'],
      ['small', 'each'],
      ['each', 'invite', 'loop-start-source'],
      ['each', 'rest', 'loop-end-source'],
      ['rest', 'wishes'],
      ['wishes', 'book'],
      ['book', 'all'],
      ['all', 'seat', 'parallel-start-source'],
      ['all', 'end', 'parallel-end-source'],
    ],
  );
}

interface Drawn {
  readonly type: string;
  readonly params?: JsonObject;
  readonly data?: JsonObject;
}

const field = (name: string, type = 'string'): JsonObject => ({
  id: `field-${name}`,
  name,
  type,
  required: true,
});
const FIELDS = [field('ref'), field('guests', 'array'), field('budget', 'number')];
const CONDITIONS = [
  { id: 'check-if', title: 'if', value: `<start.budget> > ${LARGE}` },
  { id: 'check-else', title: 'else', value: '' },
];

function documentOf(
  blocks: Readonly<Record<string, Drawn>>,
  ways: readonly (readonly [source: string, target: string, handle?: string])[],
): JsonObject {
  return {
    version: '1.0',
    exportedAt: '2026-01-01T00:00:00.000Z',
    state: {
      blocks: Object.fromEntries(Object.entries(blocks).map(([id, b]) => [id, exported(id, b)])),
      edges: ways.map(([source, target, sourceHandle = 'source'], index) => ({
        ...{ id: `e${index}`, source, target, sourceHandle, targetHandle: 'target' },
      })),
      loops: {},
      parallels: {},
      variables: {},
    },
  };
}

function exported(id: string, { type, params = {}, data = {} }: Drawn): JsonObject {
  const subBlocks = Object.entries(params).map(([key, value]): [string, JsonValue] => [
    key,
    { id: key, type: 'short-input', value },
  ]);
  return {
    ...{ id, type, name: id, position: { x: 0, y: 0 }, enabled: true, outputs: {}, data },
    subBlocks: Object.fromEntries(subBlocks),
  };
}
