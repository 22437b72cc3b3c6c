import * as z from 'zod';
import {
  actionBody,
  commandBody,
  openSessionBody,
  sessionMode,
  utterance,
} from '../conversation.js';
import { sessionId } from '../ids.js';
import { idempotencyKey } from '../routes/headers.js';

/** Where socket.io is served. */
export const SOCKET_PATH = '/socket.io/';

/** The id of an event: its sequence in the log of its session, from 0 without gaps. */
export const eventId = z
  .int()
  .min(0)
  .meta({ description: 'The sequence of the event in the log of its session', example: 17 });

const joinSession = z
  .strictObject({
    sessionId,
    lastEventId: eventId.optional().meta({
      description: 'The last event that came; without it everything from the beginning is missed',
    }),
  })
  .meta({ id: 'JoinSession' });

const leaveSession = z
  .strictObject({ sessionId: sessionId.optional() })
  .nullish()
  .meta({ id: 'LeaveSession', description: 'Without a session: all that were joined' });

/** What is said, or done without language; as text it is what is said. */
const command = z.union([utterance, commandBody, actionBody]);

const executeCommand = z
  .strictObject({ sessionId, command, idempotencyKey: idempotencyKey.optional() })
  .meta({ id: 'ExecuteCommand' });

const createConversationalWorkflow = openSessionBody
  .extend({ idempotencyKey: idempotencyKey.optional() })
  .meta({ id: 'CreateConversationalWorkflow' });

const switchWorkflowMode = z
  .strictObject({
    sessionId,
    targetMode: sessionMode,
    idempotencyKey: idempotencyKey.optional(),
  })
  .meta({ id: 'SwitchWorkflowMode' });

/** What a client may send, by the event's name: one argument of this shape, then the acknowledgement. */
export const CLIENT_EVENTS = {
  'join-session': joinSession,
  'leave-session': leaveSession,
  'execute-command': executeCommand,
  'create-conversational-workflow': createConversationalWorkflow,
  'switch-workflow-mode': switchWorkflowMode,
} as const;

/** The name of an event that a client may send. */
export type ClientEventName = keyof typeof CLIENT_EVENTS;

/** What comes with a client's event, checked. */
export type ClientEvent<N extends ClientEventName> = z.output<(typeof CLIENT_EVENTS)[N]>;

/** Whether a name is that of an event that a client may send. */
export const isClientEventName = (name: string): name is ClientEventName =>
  Object.hasOwn(CLIENT_EVENTS, name);

/**
 * `auth` of the handshake. `token` is an access token, `apiKey` an API key; both may come as headers
 * instead, where the client can set them.
 */
export const handshakeAuth = z
  .looseObject({
    token: z.string().max(8192).optional(),
    apiKey: z.string().max(200).optional(),
    workspaceUpdates: z.boolean().optional().meta({
      description:
        'Also send workflow-state-update for sessions of the workspace that nobody joined here',
    }),
  })
  .meta({ id: 'SocketAuth' });
