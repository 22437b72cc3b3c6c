import * as z from 'zod';
import { journeyId } from './ids.js';
import { issue } from './issue.js';
import { jsonObject, jsonValue } from './json.js';

const stateId = z.string().regex(/^st_/).meta({ example: 'st_block1' });
const transitionId = z.string().regex(/^tr_/).meta({ example: 'tr_block1.source.block2' });

/** An accepted value of a slot and how it is said. */
export const slotOption = z
  .strictObject({ value: jsonValue, label: z.string() })
  .meta({ id: 'SlotOption' });

export const slotType = z.enum(['string', 'number', 'boolean', 'object', 'array', 'file[]']);
export const slotFormat = z.enum(['date', 'time', 'date-time', 'email', 'url', 'phone']);

/** A typed value asked of a person. */
export const slot = z
  .strictObject({
    name: z.string(),
    label: z.string(),
    type: slotType,
    format: slotFormat.nullable(),
    description: z.string().nullable(),
    required: z.boolean(),
    default: jsonValue,
    options: z.array(slotOption).nullable(),
  })
  .meta({ id: 'Slot' });

const stateBase = {
  id: stateId,
  parent: stateId.optional().meta({ description: 'The loop or parallel whose body it stands in' }),
  child: z
    .string()
    .optional()
    .meta({ description: 'Key of the child workflow that it belongs to; absent in the own' }),
  blockId: z.string(),
  blockType: z.string(),
  label: z.string(),
  refName: z.string(),
  description: z.string().nullable(),
  outputFields: z.array(z.string()).nullable(),
};

const displayItem = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: z.string() }),
  z.strictObject({ kind: z.literal('field'), name: z.string(), value: jsonValue }),
]);

const branch = z.strictObject({
  id: z.string(),
  title: z.string(),
  expression: z.string().nullable().meta({ description: 'JavaScript; null for else' }),
});

const route = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable().meta({ description: 'When to go this way' }),
});

const retry = z.strictObject({ maxTries: z.int(), waitBetweenTriesMs: z.int() }).nullable();

/** A state of a journey; what it has beside the common fields goes by its kind. */
export const journeyState = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('start'), ...stateBase, slots: z.array(slot) }),
    z.strictObject({
      kind: z.literal('form'),
      ...stateBase,
      display: z.array(displayItem),
      slots: z.array(slot),
    }),
    z.strictObject({ kind: z.literal('inputs'), ...stateBase, slots: z.array(slot) }),
    z.strictObject({
      kind: z.literal('router'),
      ...stateBase,
      routes: z.array(route),
      params: jsonObject,
      retry,
      hasErrorPath: z.boolean(),
    }),
    z.strictObject({
      kind: z.literal('loop'),
      ...stateBase,
      loopType: z.enum(['for', 'forEach', 'while', 'doWhile']),
      iterations: z.number().nullable(),
      items: jsonValue,
      condition: z.string().nullable().meta({ description: 'JavaScript' }),
      hasErrorPath: z.boolean(),
    }),
    z.strictObject({
      kind: z.literal('parallel'),
      ...stateBase,
      parallelType: z.enum(['count', 'collection']),
      count: z.number().nullable(),
      items: jsonValue,
      batchSize: z.int().min(1).max(20),
      hasErrorPath: z.boolean(),
    }),
    z.strictObject({
      kind: z.literal('subjourney'),
      ...stateBase,
      workflowId: z.string().nullable(),
      calls: z
        .string()
        .nullable()
        .meta({ description: 'Key of the child; null where it is missing' }),
      params: jsonObject,
      retry,
      hasErrorPath: z.boolean(),
    }),
    z.strictObject({ kind: z.literal('fork'), ...stateBase, branches: z.array(branch) }),
    z.strictObject({ kind: z.literal('timer'), ...stateBase, delayMs: z.number() }),
    z.strictObject({
      kind: z.literal('tool'),
      ...stateBase,
      params: jsonObject,
      sideEffect: z.enum(['none', 'read', 'write']),
      retry,
      hasErrorPath: z.boolean(),
      inputs: stateId
        .optional()
        .meta({ description: 'The state before it whose answers complete its parameters' }),
    }),
    z.strictObject({ kind: z.literal('response'), ...stateBase, params: jsonObject }),
  ])
  .meta({ id: 'JourneyState' });

export const transition = z
  .strictObject({
    id: transitionId,
    from: stateId,
    to: stateId,
    kind: z
      .enum(['next', 'error', 'branch', 'enter'])
      .meta({ description: '`enter` leads from a loop or parallel into its body' }),
    branchId: z.string().nullable(),
    edgeIds: z.array(z.string()),
  })
  .meta({ id: 'Transition' });

const variables = z.array(
  z.strictObject({ id: z.string(), name: z.string(), type: z.string(), value: jsonValue }),
);

const absentNames = z
  .array(z.string())
  .optional()
  .meta({ description: 'Reference names of blocks that were left out: they have no value' });

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const childJourney = z
  .strictObject({
    key: z.string().meta({ description: 'Marks its states' }),
    workflowId: z.string(),
    name: z.string(),
    version: hash.meta({ description: 'Which content of it is linked' }),
    initial: stateId.nullable(),
    variables,
    absentNames,
  })
  .meta({ id: 'ChildJourney', description: 'A workflow that another calls' });

/** A journey as `?format=json` gives it. */
export const journey = z
  .strictObject({
    id: journeyId,
    version: hash.meta({ description: 'SHA-256 of the content and the mapper' }),
    mapperVersion: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    initial: stateId.nullable(),
    states: z.array(journeyState),
    transitions: z.array(transition),
    absentNames,
    variables,
    children: z.array(childJourney).optional(),
  })
  .meta({ id: 'Journey', description: 'A workflow compiled to a state machine that talks' });

/** What became of every block and edge. */
export const provenance = z
  .strictObject({
    nodeStateMappings: z.record(z.string(), z.array(stateId)),
    edgeTransitionMappings: z.record(z.string(), z.array(transitionId)),
    contextVariableMappings: z.record(z.string(), z.string()),
    leftOut: z.array(
      z.strictObject({ kind: z.enum(['block', 'edge']), id: z.string(), reason: z.string() }),
    ),
    coverage: z.number().min(0).max(1),
  })
  .meta({ id: 'Provenance' });

/** The answer of `convert` and `preview`. */
export const conversion = z
  .strictObject({
    journeyId,
    version: hash,
    states: z.array(journeyState),
    transitions: z.array(transition),
    provenance,
    issues: z.array(issue),
  })
  .meta({ id: 'Conversion' });

/** The forms in which a journey is given. */
export const JOURNEY_FORMATS = ['json', 'mermaid', 'xstate', 'parlant'] as const;

export const journeyQuery = z.strictObject({
  format: z.enum(JOURNEY_FORMATS).default('json').meta({ description: 'How it is written' }),
});

/** The body of `preview`. */
export const previewBody = z.strictObject({
  workflow: jsonValue.meta({ description: 'A workflow in any of the accepted envelopes' }),
});
