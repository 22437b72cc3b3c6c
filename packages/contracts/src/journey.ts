import * as z from 'zod';
import { journeyId } from './ids.js';
import { issue } from './issue.js';
import { journeyState, stateId } from './journey-states.js';
import { jsonObject, jsonValue } from './json.js';

export { journeyState, slot, slotFormat, slotOption, slotType } from './journey-states.js';

const transitionId = z
  .string()
  .regex(/^tr_/)
  .meta({ description: 'The id of a transition', example: 'tr_block1.source.block2' });

export const transition = z
  .strictObject({
    id: transitionId,
    from: stateId.meta({ description: 'The state that it leaves' }),
    to: stateId.meta({ description: 'The state that it leads to' }),
    kind: z.enum(['next', 'error', 'branch', 'enter']).meta({
      description:
        'When it is taken: after success (next), after failure (error), when its branch was ' +
        'chosen (branch), when an iteration of a loop or branch of a parallel begins (enter)',
    }),
    branchId: z
      .string()
      .nullable()
      .meta({ description: 'With kind branch: the id of the branch or route; else null' }),
    edgeIds: z.array(z.string()).meta({ description: 'Edges of the workflow that it stands for' }),
  })
  .meta({ id: 'Transition', description: 'A way from one state to another' });

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const variables = z
  .array(
    z.strictObject({
      id: z.string().meta({ description: 'As the workflow has it' }),
      name: z.string().meta({ description: 'References call it <variable.name>' }),
      type: z.string().meta({ description: 'As the workflow has it: plain, number, …' }),
      value: jsonValue.meta({ description: 'What it is at the start' }),
    }),
  )
  .meta({ description: 'Variables of the workflow' });

const absentNames = z
  .array(z.string())
  .optional()
  .meta({ description: 'Reference names of blocks that were left out: they have no value' });

const childJourney = z
  .strictObject({
    key: z.string().meta({ description: 'Marks its states, and the calls of it' }),
    workflowId: z.string().meta({ description: 'The workflow that it was made from' }),
    name: z.string().meta({ description: 'The name of that workflow' }),
    version: z.string().meta({ description: 'The version of its own journey' }),
    initial: stateId
      .nullable()
      .meta({ description: 'Where it begins; null where it has nothing to start with' }),
    variables,
    absentNames,
  })
  .meta({ id: 'ChildJourney', description: 'A workflow that is called by another' });

/** A journey as `?format=json` gives it. */
export const journey = z
  .strictObject({
    id: journeyId.meta({ description: '`jrn_` and the first 24 digits of the version' }),
    version: hash.meta({ description: 'SHA-256 of the content and the mapper' }),
    mapperVersion: z.string().meta({ description: 'The version of the mapping' }),
    name: z.string().meta({ description: 'The name of the workflow' }),
    description: z
      .string()
      .nullable()
      .meta({ description: 'What its author wrote of the workflow, or null' }),
    initial: stateId
      .nullable()
      .meta({ description: 'Where it begins; null where it has nothing to start with' }),
    states: z
      .array(journeyState)
      .meta({ description: 'Every state, those of bodies and child workflows too' }),
    transitions: z.array(transition).meta({ description: 'Every way; together without cycles' }),
    variables,
    children: z
      .array(childJourney)
      .optional()
      .meta({ description: 'Workflows that it calls, each once; absent where there are none' }),
    absentNames,
  })
  .meta({ id: 'Journey', description: 'A workflow compiled to a state machine that talks' });

/** The JSON schema (draft 2020-12) of an exported journey; every field has a description. */
export function journeyJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(journey, {
    target: 'draft-2020-12',
    // OpenAPI says `example`, JSON Schema `examples`.
    override: ({ jsonSchema }) => {
      if (jsonSchema.example === undefined) return;
      jsonSchema.examples = [jsonSchema.example];
      delete jsonSchema.example;
    },
  });
}

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
export type JourneyFormat = (typeof JOURNEY_FORMATS)[number];

export const journeyQuery = z.strictObject({
  format: z.enum(JOURNEY_FORMATS).default('json').meta({ description: 'How it is written' }),
});

/** A journey as `?format=xstate` gives it. */
export const xstateExport = z
  .strictObject({
    config: jsonObject.meta({ description: 'The machine of the journey itself' }),
    machines: z
      .record(z.string(), jsonObject)
      .meta({ description: 'By name, the machines that it starts' }),
  })
  .meta({ id: 'XStateExport', description: 'Configurations for XState v5: docs/xstate.md' });

/** The body of `preview`. */
export const previewBody = z.strictObject({
  workflow: jsonValue.meta({ description: 'A workflow in any of the accepted envelopes' }),
});
