import { EXECUTION_STATUSES } from '@sim/domain';
import * as z from 'zod';
import { journeyId, sessionId, workflowId } from './ids.js';
import { slotOption, slotType } from './journey.js';
import { jsonObject, jsonValue, timestamp } from './json.js';

export const executionStatus = z.enum(EXECUTION_STATUSES).meta({ id: 'ExecutionStatus' });

const awaitedSlot = z
  .strictObject({
    name: z.string(),
    type: slotType,
    description: z.string().nullable(),
    required: z.boolean(),
    options: z.array(slotOption).optional(),
  })
  .meta({ id: 'AwaitedSlot' });

/** What a session waits for. */
export const awaiting = z
  .strictObject({
    kind: z.enum(['slots', 'confirmation', 'choice', 'timer', 'repair']),
    prompt: z.string(),
    slots: z.array(awaitedSlot),
    options: z
      .array(z.string())
      .optional()
      .meta({ description: 'With repair and choice: what can be answered' }),
    until: timestamp.optional().meta({ description: 'With timer: when it goes on by itself' }),
  })
  .meta({ id: 'Awaiting' });

/** A session as clients see it. */
export const sessionState = z
  .strictObject({
    sessionId,
    workflowId,
    journeyId,
    journeyVersion: z.string(),
    executionStatus,
    currentNodeId: z.string().nullable(),
    currentStateId: z.string().nullable(),
    awaiting: awaiting.nullable(),
    completedNodes: z.array(z.string()),
    progressPercentage: z.number().min(0).max(100),
    slots: jsonObject,
    output: jsonValue.optional(),
    error: z
      .strictObject({
        code: z.string(),
        message: z.string(),
        retryable: z.boolean(),
        suggestedActions: z.array(z.string()),
      })
      .optional(),
    createdAt: timestamp,
    updatedAt: timestamp,
    expiresAt: timestamp,
  })
  .meta({ id: 'SessionState' });

/** A session's `state`. */
export type SessionStateBody = z.output<typeof sessionState>;
