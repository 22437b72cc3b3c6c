import * as z from 'zod';
import { issue } from '../issue.js';

/** The media type of every answer that is no success. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** RFC 9457, with members of ours. */
export const problem = z
  .strictObject({
    type: z.string().meta({ description: "The page of the problem's code" }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'What happened and what to do, for people' }),
    code: z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/)
      .meta({ description: 'Stable, for programs' }),
    instance: z.string().meta({ description: 'The path that was asked for' }),
    requestId: z.string().meta({ description: 'Finds the request in the log' }),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What is wrong with the request, place by place' }),
    issues: z
      .array(issue)
      .optional()
      .meta({ description: 'What is wrong with the workflow, block by block' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

/** An `application/problem+json` body. */
export type Problem = z.output<typeof problem>;
