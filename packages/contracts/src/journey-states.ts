import * as z from 'zod';
import { jsonObject, jsonValue } from './json.js';

const text = (description: string) => z.string().meta({ description });

export const stateId = z
  .string()
  .regex(/^st_/)
  .meta({ description: 'The id of a state: `st_` and its block', example: 'st_block1' });

/** An accepted value of a slot and how it is said. */
export const slotOption = z
  .strictObject({
    value: jsonValue.meta({ description: 'The value that is taken; any JSON value' }),
    label: text('How it is said'),
  })
  .meta({ id: 'SlotOption', description: 'A value that can be chosen' });

export const slotType = z.enum(['string', 'number', 'boolean', 'object', 'array', 'file[]']);
export const slotFormat = z.enum(['date', 'time', 'date-time', 'email', 'url', 'phone']);

/** A typed value asked of a person. */
export const slot = z
  .strictObject({
    name: text('The key of the value in the output of its state'),
    label: text('How the value is called when it is asked for'),
    type: slotType.meta({ description: 'The type of the value' }),
    format: slotFormat.nullable().meta({ description: 'Narrows a text; null where it does not' }),
    description: z.string().nullable().meta({ description: 'What the value is for; null: unsaid' }),
    required: z.boolean().meta({ description: 'False: the person may leave it out' }),
    default: jsonValue.meta({
      description: 'Taken where nothing is said; null where there is none',
    }),
    options: z
      .array(slotOption)
      .nullable()
      .meta({ description: 'The only values that are accepted; null where any is' }),
  })
  .meta({ id: 'Slot', description: 'A typed value asked of a person' });

const stateBase = {
  id: stateId,
  parent: stateId
    .optional()
    .meta({ description: 'The loop or parallel in whose body it stands; absent at the top' }),
  child: text(
    'The key of the child workflow that it belongs to; absent in the journey’s own',
  ).optional(),
  blockId: text('The block that it was made from'),
  blockType: text('The type of that block'),
  label: text('The name of the block, as it is said to the person'),
  refName: text('The name by which references find its output'),
  description: z.string().nullable().meta({ description: 'What the author wrote of it, or null' }),
  outputFields: z
    .array(z.string())
    .nullable()
    .meta({ description: 'Top-level fields of its output; null where the block declares none' }),
};

const slots = (description: string) => z.array(slot).meta({ description });
const hasErrorPath = z
  .boolean()
  .meta({ description: 'A transition of kind error leaves it: a failure is part of the path' });
const params = jsonObject.meta({
  description: 'Parameters of the block, references and {{ENV}} markers unresolved',
});
const retry = z
  .strictObject({
    maxTries: z.int().meta({ description: 'Runs in all' }),
    waitBetweenTriesMs: z.int().meta({ description: 'Milliseconds before the next run' }),
  })
  .nullable()
  .meta({ description: 'Whether it runs again by itself after a failure; null: it does not' });
const items = jsonValue.meta({
  description: 'What it goes over: a list, a record, JSON text of one, or a reference to one',
});

const displayItem = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text').meta({ description: 'Plain text' }),
    text: text('What is shown, references unresolved'),
  }),
  z.strictObject({
    kind: z.literal('field').meta({ description: 'A labelled value' }),
    name: text('Its label'),
    value: jsonValue.meta({ description: 'The value, references unresolved' }),
  }),
]);

const branch = z.strictObject({
  id: text('Named by the transitions that go this way'),
  title: text('How the branch is called'),
  expression: z.string().nullable().meta({ description: 'JavaScript; null for else' }),
});

const route = z.strictObject({
  id: text('Named by the transitions that go this way'),
  title: text('How the route is called'),
  description: z.string().nullable().meta({ description: 'When to go this way, or null' }),
});

/** What tells one kind of state from another, and what that kind does. */
const kind = <const K extends string>(name: K, description: string) =>
  z.literal(name).meta({ description });

/** A state of a journey; what it has beside the common fields goes by its kind. */
export const journeyState = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: kind('start', 'Takes the input of a workflow'),
      ...stateBase,
      slots: slots('The input; asked for where it is not given'),
    }),
    z.strictObject({
      kind: kind('form', 'Shows something and asks the person for a form'),
      ...stateBase,
      display: z.array(displayItem).meta({ description: 'What is shown before the questions' }),
      slots: slots('The fields of the form; empty where it only waits to be seen'),
    }),
    z.strictObject({
      kind: kind('inputs', 'Asks for values that a block needs and its workflow does not give'),
      ...stateBase,
      slots: slots('The parameters that are missing'),
    }),
    z.strictObject({
      kind: kind('fork', 'Takes the first branch whose expression is true'),
      ...stateBase,
      branches: z.array(branch).meta({ description: 'The branches, in the order of trying' }),
    }),
    z.strictObject({
      kind: kind('router', 'A model, or else the person, chooses one of the routes'),
      ...stateBase,
      routes: z.array(route).meta({ description: 'What can be chosen' }),
      params,
      retry,
      hasErrorPath,
    }),
    z.strictObject({
      kind: kind('timer', 'Waits, then goes on by itself'),
      ...stateBase,
      delayMs: z.number().meta({ description: 'Milliseconds' }),
    }),
    z.strictObject({
      kind: kind('tool', 'Runs a block'),
      ...stateBase,
      params,
      sideEffect: z
        .enum(['none', 'read', 'write'])
        .meta({ description: 'What it does to the world outside; write wants a confirmation' }),
      retry,
      hasErrorPath,
      inputs: stateId
        .optional()
        .meta({ description: 'The state whose answers complete the parameters; absent: none do' }),
    }),
    z.strictObject({
      kind: kind('loop', 'Runs its body, the states that name it parent, once an iteration'),
      ...stateBase,
      loopType: z
        .enum(['for', 'forEach', 'while', 'doWhile'])
        .meta({ description: 'What decides how often' }),
      iterations: z
        .number()
        .nullable()
        .meta({ description: 'How often, of for and of doWhile without condition; else null' }),
      items,
      condition: z
        .string()
        .nullable()
        .meta({ description: 'JavaScript, of while and doWhile; null where there is none' }),
      hasErrorPath,
    }),
    z.strictObject({
      kind: kind('parallel', 'Runs its body in several branches side by side'),
      ...stateBase,
      parallelType: z
        .enum(['count', 'collection'])
        .meta({ description: 'Whether a number or items decide how many branches there are' }),
      count: z.number().nullable().meta({ description: 'How many branches, or null' }),
      items,
      batchSize: z.int().min(1).meta({ description: 'Branches at a time' }),
      hasErrorPath,
    }),
    z.strictObject({
      kind: kind('subjourney', 'Runs another workflow in a scope of its own'),
      ...stateBase,
      workflowId: z
        .string()
        .nullable()
        .meta({ description: 'The workflow that the block names; null where it is lost' }),
      calls: z
        .string()
        .nullable()
        .meta({ description: 'The key of the child workflow; null where it is not known' }),
      params,
      retry,
      hasErrorPath,
    }),
    z.strictObject({
      kind: kind('response', 'Ends the run of its workflow with a result'),
      ...stateBase,
      params,
    }),
  ])
  .meta({ id: 'JourneyState', description: 'A state; what it holds goes by its kind' });
