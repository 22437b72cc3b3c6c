import * as z from 'zod';
import { openSessionAnswer, sessionMode, turnAnswer } from '../conversation.js';
import { sessionId, turnId, workspaceId } from '../ids.js';
import { jsonObject, jsonValue, timestamp } from '../json.js';
import { problem } from '../problems/problem.js';
import { executionStatus, sessionState } from '../session.js';
import { eventId } from './client-events.js';

const block = z.strictObject({ nodeId: z.string(), nodeName: z.string() });

/** One event of a session's log. Each comes once, in order; its `eventId` is what goes on from. */
export const executionEvent = z
  .strictObject({
    sessionId,
    eventId,
    type: z.string().meta({ example: 'node-completed' }),
    nodeId: z.string().nullable(),
    nodeName: z.string().nullable(),
    durationMs: z.number().nullable(),
    data: jsonObject.meta({ description: 'The fields of this type of event, as in the log' }),
    createdAt: timestamp,
    skipped: z
      .array(block)
      .optional()
      .meta({ description: 'The blocks that will not run, as this event decided' }),
    text: z.string().optional().meta({ description: 'With agent-said: what was said' }),
  })
  .meta({ id: 'ExecutionEvent' });

const sessionJoined = z.strictObject({
  sessionId,
  state: sessionState,
  eventId: eventId.nullable().meta({ description: 'The last event that `state` includes' }),
  events: z.array(executionEvent).meta({ description: 'What was missed, in order' }),
  more: z
    .boolean()
    .meta({ description: 'More was missed than fits: the rest follows as execution-event' }),
});

const workflowStateUpdate = z.strictObject({
  sessionId,
  workspaceId,
  state: sessionState,
  eventId: eventId.nullable().meta({ description: 'The last event that `state` includes' }),
});

const agentMessage = z.strictObject({
  sessionId,
  eventId,
  text: z.string(),
  messages: z.array(z.strictObject({ key: z.string(), text: z.string() })),
  createdAt: timestamp,
});

/** A piece of what a model says, while it does. Not in the log: may be lost, the whole comes after. */
export const agentMessageDelta = z.strictObject({
  sessionId,
  runId: z.string(),
  stateId: z.string(),
  nodeId: z.string(),
  index: z.int().min(0),
  text: z.string(),
});

const commandResult = z.strictObject({
  sessionId,
  idempotencyKey: z.string(),
  result: turnAnswer,
});

const modeSwitched = z.strictObject({ sessionId, eventId, mode: sessionMode });

const sessionEnded = z.strictObject({
  sessionId,
  eventId,
  status: executionStatus,
  output: jsonValue.optional(),
  error: jsonObject.optional(),
});

const errorEvent = z.strictObject({
  problem,
  event: z.string().optional().meta({ description: 'The client event that was refused' }),
  retryAfter: z.number().optional().meta({ description: 'Seconds to wait' }),
  closing: z
    .boolean()
    .optional()
    .meta({ description: 'The connection is closed next; the client may connect again' }),
});

/** What the server sends, by the event's name: one argument of this shape. */
export const SERVER_EVENTS = {
  'session-joined': sessionJoined,
  'workflow-state-update': workflowStateUpdate,
  'agent-message': agentMessage,
  'agent-message-delta': agentMessageDelta,
  'execution-event': executionEvent,
  'command-result': commandResult,
  'mode-switched': modeSwitched,
  'session-ended': sessionEnded,
  error: errorEvent,
} as const;

/** The name of an event that the server sends. */
export type ServerEventName = keyof typeof SERVER_EVENTS;

/** What comes with an event of the server. */
export type ServerEvent<N extends ServerEventName> = z.output<(typeof SERVER_EVENTS)[N]>;

const refused = z.strictObject({
  ok: z.literal(false),
  problem,
  retryAfter: z.number().optional().meta({ description: 'Seconds to wait' }),
});
const done = <S extends z.ZodRawShape>(shape: S) =>
  z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true), ...shape }), refused]);

const turnTaken = {
  sessionId,
  turnId,
  commandProcessed: z
    .boolean()
    .meta({ description: 'False while blocks are at work: the rest arrives by events' }),
};

/** The acknowledgement of each client event. */
export const ACKNOWLEDGEMENTS = {
  'join-session': done({ sessionId }),
  'leave-session': done({ left: z.array(sessionId) }),
  'execute-command': done(turnTaken),
  'create-conversational-workflow': done({ session: openSessionAnswer }),
  'switch-workflow-mode': done(turnTaken),
} as const;

/** A client event that was not done, as it is acknowledged. */
export type RefusedEvent = z.output<typeof refused>;

/** The acknowledgement of a client event. */
export type Acknowledgement<N extends keyof typeof ACKNOWLEDGEMENTS> = z.output<
  (typeof ACKNOWLEDGEMENTS)[N]
>;
