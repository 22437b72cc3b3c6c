import * as z from 'zod';
import { journeyId, sessionId, workflowId } from './ids.js';
import { jsonObject, jsonValue, timestamp } from './json.js';
import { awaiting, executionStatus } from './session.js';

/** What a run is started with. */
export const runBody = z
  .strictObject({
    input: jsonObject.optional().meta({
      description:
        'The start values by name, all that are needed. Further fields are passed on as they are',
    }),
  })
  .meta({ id: 'Run', example: { input: { orderId: 'A-1042', amount: 90 } } });

const yesOrNo = z.enum(['true', 'false']).transform((value) => value === 'true');

export const runQuery = z.strictObject({
  outputs: yesOrNo
    .optional()
    .meta({ description: 'true: with what each block put out; the answer may become large' }),
  cancelOnDisconnect: yesOrNo
    .optional()
    .meta({ description: 'true: the run is cancelled when this connection closes before its end' }),
});

/** One block of a run; of a block in a loop or parallel there is one for each iteration. */
export const ranBlock = z
  .strictObject({
    blockId: z.string(),
    name: z.string(),
    type: z.string().meta({ example: 'api' }),
    status: z.enum(['completed', 'failed', 'running', 'waiting']),
    durationMs: z.number().min(0).meta({ description: 'Of the latest attempt' }),
    attempts: z
      .int()
      .min(0)
      .meta({ description: '0 where there was nothing to run, as at a start' }),
    iteration: z
      .array(z.int().min(0))
      .optional()
      .meta({ description: 'Inside loops and parallels: which iterations, the outermost first' }),
    output: jsonValue.optional().meta({ description: 'With outputs=true' }),
    error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'RanBlock' });

/** How a run stands, or ended. Over SSE it is the `data` of the last event, `run-completed`. */
export const runResult = z
  .strictObject({
    sessionId,
    workflowId,
    journeyId,
    journeyVersion: z.string(),
    status: executionStatus.meta({
      description:
        'completed, failed and cancelled are ends; waiting-for-input needs a person, see awaiting; ' +
        'running goes on by itself',
    }),
    output: jsonValue.meta({
      description: 'Of a completed run: what the Response or the last block put out; else null',
    }),
    error: z
      .strictObject({
        code: z.string(),
        message: z.string(),
        retryable: z.boolean(),
        blockId: z.string().nullable(),
      })
      .optional()
      .meta({ description: 'Of a failed run' }),
    awaiting: awaiting.nullable(),
    startedAt: timestamp,
    finishedAt: timestamp.nullable(),
    durationMs: z.number().min(0).meta({ description: 'Up to its end, or up to now' }),
    blocks: z.array(ranBlock).meta({ description: 'In the order in which they were begun' }),
    blocksOmitted: z
      .int()
      .min(0)
      .meta({ description: 'How many of the earliest are left out; the events have them all' }),
  })
  .meta({ id: 'RunResult' });

/** A run as clients see it. */
export type RunResultBody = z.output<typeof runResult>;
