import * as z from 'zod';
import { slotOption, slotType } from './journey.js';
import { jsonObject, jsonValue, timestamp } from './json.js';

const field = z
  .strictObject({
    name: z.string(),
    label: z.string(),
    type: slotType,
    description: z.string().nullable(),
    required: z.boolean(),
    default: jsonValue,
    options: z.array(slotOption).optional(),
  })
  .meta({ id: 'QuestionField' });

/** One question by itself. */
export const resumeQuestion = z
  .strictObject({
    kind: z.enum(['slots', 'confirmation', 'choice', 'repair']),
    label: z.string().meta({ description: 'The name of the block that asks' }),
    description: z.string().nullable(),
    prompt: z.string(),
    shown: z.strictObject({ text: z.string(), values: jsonObject }),
    fields: z.array(field).meta({ description: 'With slots: what is still open' }),
    options: z.array(z.string()).optional(),
  })
  .meta({ id: 'ResumeQuestion' });

export const resumeParams = z.strictObject({
  token: z.string().meta({ description: 'As it stands in the link' }),
});

export const openResumeQuestion = z
  .strictObject({ workflowName: z.string(), question: resumeQuestion, expiresAt: timestamp })
  .meta({ id: 'OpenResumeQuestion' });

export const answerResumeBody = z
  .strictObject({
    values: jsonObject.optional().meta({ description: 'To slots: values by field' }),
    approved: z.boolean().optional().meta({ description: 'To a yes-or-no question or field' }),
    option: jsonValue.optional().meta({ description: 'To a question with options' }),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    error: 'Must have values, approved or option',
  })
  .meta({ id: 'AnswerResumeQuestion', example: { values: { approved: true, comment: 'Fine.' } } });

export const resumeOutcome = z
  .strictObject({
    answered: z.boolean().meta({ description: 'False where something is missing or not accepted' }),
    messages: z.array(z.string()).meta({ description: 'What is wrong with the answer' }),
    question: resumeQuestion.nullable().meta({ description: 'What is still open' }),
  })
  .meta({ id: 'ResumeOutcome' });
