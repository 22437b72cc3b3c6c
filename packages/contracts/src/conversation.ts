import { ACTIONS, EXECUTION_MODES, INTENTS } from '@sim/domain';
import * as z from 'zod';
import { journeyId, sessionId, turnId, workflowId } from './ids.js';
import { slotFormat, slotOption, slotType } from './journey.js';
import { characters, jsonObject, jsonValue, timestamp } from './json.js';
import { page, pageQuery } from './page.js';
import { executionStatus, sessionState } from './session.js';

/** The most characters that one utterance has. */
export const MAX_UTTERANCE_LENGTH = 4000;

/** What a person says; an empty text is answered too. */
export const utterance = z
  .string()
  .refine((text) => characters(text) <= MAX_UTTERANCE_LENGTH, {
    error: `Must have at most ${MAX_UTTERANCE_LENGTH} characters`,
  })
  .meta({ maxLength: MAX_UTTERANCE_LENGTH, example: 'two large pizzas, tomorrow at seven' });

/** An IANA time zone that this machine knows. */
export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'Must be an IANA time zone such as Europe/Berlin' })
  .meta({ description: 'IANA name', example: 'Europe/Berlin' });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const sessionMode = z.enum(['visual', 'conversational', 'hybrid']);

/** How the system speaks; what is left out has its default. */
export const conversationalConfig = z
  .strictObject({
    communicationStyle: z.enum(['formal', 'casual', 'technical', 'friendly']).optional(),
    verbosityLevel: z.enum(['minimal', 'normal', 'detailed', 'verbose']).optional(),
    showProgress: z.boolean().optional(),
    explainSteps: z.boolean().optional(),
    askForConfirmation: z.boolean().optional(),
    provideSuggestions: z.boolean().optional(),
  })
  .meta({ id: 'ConversationalConfig' });

/** How the session runs. */
export const executionConfig = z
  .strictObject({
    mode: sessionMode.optional(),
    timeZone: timeZone.optional(),
    sessionTimeoutMs: z
      .int()
      .min(60_000)
      .max(2_592_000_000)
      .optional()
      .meta({ description: 'Expires after this long without a turn; 1 minute to 30 days' }),
    executionMode: z
      .enum(EXECUTION_MODES)
      .optional()
      .meta({
        description:
          'step-by-step asks before each step; autonomous asks for nothing but missing values, and before ' +
          'doing again what may have been done; hybrid, the default, asks before what acts outside',
      }),
    pausePoints: z
      .array(z.string().min(1).max(200))
      .max(1000)
      .optional()
      .meta({ description: 'Blocks, by id or name, before which the session pauses' }),
    timeoutMs: z.int().min(1000).max(2_592_000_000).optional().meta({
      description:
        'Fails when it has not ended this long after its start, pauses and waits included; up to 30 days',
    }),
    reminderAfterMs: z
      .int()
      .refine((ms) => ms === 0 || (ms >= 1000 && ms <= 2_592_000_000), {
        error: 'Must be 0, or 1 second to 30 days',
      })
      .optional()
      .meta({ description: 'Who does not answer is reminded after this long; 0 for never' }),
  })
  .meta({ id: 'ExecutionConfig' });

export const openSessionBody = z
  .strictObject({
    workflowId,
    initialInput: jsonObject.optional().meta({ description: 'Start values known already' }),
    conversationalConfig: conversationalConfig.optional(),
    executionConfig: executionConfig.optional(),
    metadata: jsonObject.optional().meta({ description: "The client's own notes" }),
  })
  .meta({
    id: 'OpenSession',
    example: {
      workflowId: 'wf_3k9x0q7m2c5v8b1n4z6p',
      conversationalConfig: { verbosityLevel: 'normal' },
    },
  });

export const openSessionAnswer = z
  .strictObject({
    sessionId,
    journeyId,
    welcomeMessage: z.string(),
    state: sessionState,
    availableCommands: z.array(z.string()),
  })
  .meta({ id: 'OpenedSession' });

export const sessionParams = z.strictObject({ sessionId });

export const sessionsQuery = pageQuery.extend({
  status: executionStatus.optional(),
  workflowId: workflowId.optional(),
});
export const sessionsPage = page(sessionState).meta({ id: 'SessionPage' });

export const sessionAnswer = z.strictObject({ state: sessionState }).meta({ id: 'Session' });

export const commandBody = z
  .strictObject({
    naturalLanguageInput: utterance,
    context: z
      .strictObject({
        timeZone: timeZone.optional(),
        locale: z.string().max(35).optional().meta({ description: 'BCP 47', example: 'en' }),
        metadata: jsonObject.optional().meta({ description: "The client's own notes" }),
      })
      .optional()
      .meta({ description: 'What the client knows of the situation' }),
  })
  .meta({ id: 'Command', example: { naturalLanguageInput: 'my order number is 4711' } });

/** A command without language. */
export const actionBody = z
  .strictObject({
    action: z.enum(ACTIONS),
    parameters: jsonObject.optional().meta({
      description:
        'answer: {values: {slot: value}}, {slot, value} or, to a repair, {option} · ' +
        'pause: {running: "cancel"} calls off the blocks that run, which are finished otherwise · ' +
        'back: {to} a step by its block id or name, the latest answer otherwise · ' +
        'confirm: {confirmed} · switch-mode: {mode} · ' +
        'cancel, restart: {confirmed: true} skips the question whether that is meant',
    }),
  })
  .meta({ id: 'Action', example: { action: 'confirm', parameters: { confirmed: true } } });

export const intent = z.enum(INTENTS);

const entity = z
  .strictObject({
    slot: z.string().optional(),
    type: z.union([slotType, slotFormat, z.literal('choice')]),
    value: jsonValue,
    raw: z.string(),
    start: z.int().min(0),
    end: z.int().min(0),
    confidence: z.number().min(0).max(1),
  })
  .meta({ id: 'Entity' });

const confidence = z.number().min(0).max(1);
const provider = z.enum(['internal', 'openai']);

/** How an utterance was understood. */
export const nlu = z
  .strictObject({ intent, confidence, entities: z.array(entity), provider })
  .meta({ id: 'Understanding' });

/** The answer to a command or an action. */
export const turnAnswer = z
  .strictObject({
    turnId,
    commandProcessed: z
      .boolean()
      .meta({ description: 'False while blocks are at work: the rest arrives by events' }),
    workflowAction: z.string().meta({ description: 'What was done: an intent or an action' }),
    agentResponse: z.string(),
    messages: z.array(z.strictObject({ key: z.string(), text: z.string() })),
    state: sessionState,
    suggestedActions: z.array(z.string()).max(5),
    nlu: nlu.nullable().meta({ description: 'Null for an action' }),
  })
  .meta({ id: 'TurnAnswer' });

export const turn = z
  .strictObject({
    turnId,
    speaker: z.enum(['user', 'agent']),
    content: z.string(),
    intent: z.string().nullable(),
    confidence: confidence.nullable(),
    entities: jsonValue,
    workflowAction: z.string().nullable(),
    createdAt: timestamp,
  })
  .meta({ id: 'Turn' });
export const turnsPage = page(turn).meta({ id: 'TurnPage' });

/** An event; over SSE it is the `data`, its `sequence` the id, its `type` the event's name. */
export const sessionEvent = z
  .strictObject({
    sequence: z.int().min(0),
    type: z.string().meta({ example: 'node-completed' }),
    nodeId: z.string().nullable(),
    durationMs: z.number().nullable(),
    data: jsonObject.meta({ description: 'The fields of this type of event' }),
    createdAt: timestamp,
  })
  .meta({ id: 'SessionEvent' });
export const eventsPage = page(sessionEvent).meta({ id: 'EventPage' });

export const endedSession = z
  .strictObject({ sessionId, terminated: z.boolean(), finalState: sessionState })
  .meta({ id: 'EndedSession' });

const heardSlot = z.strictObject({
  name: z.string().min(1).max(200),
  label: z.string().max(500).optional(),
  type: slotType,
  format: slotFormat.nullable().optional(),
  description: z.string().max(2000).nullable().optional(),
  required: z.boolean().optional(),
  options: z.array(slotOption).max(500).nullable().optional(),
});

/** An utterance to be understood outside of a session. */
export const analyzeBody = z
  .strictObject({
    input: utterance,
    context: z
      .strictObject({
        slots: z
          .array(heardSlot)
          .max(100)
          .optional()
          .meta({ description: 'What was asked for; the first is the one in focus' }),
        choices: z.array(slotOption).max(100).optional(),
        awaiting: z.enum(['slots', 'confirmation', 'choice', 'timer', 'repair']).optional(),
        timeZone: timeZone.optional(),
      })
      .optional(),
  })
  .meta({ id: 'Analyze', example: { input: 'cancel that, please' } });

export const analysis = z
  .strictObject({
    intent,
    confidence,
    entities: z.array(entity),
    alternatives: z.array(z.strictObject({ intent, confidence })),
    provider,
  })
  .meta({ id: 'Analysis' });

export const warmCacheBody = z.strictObject({
  workflowIds: z.array(workflowId).max(1000).optional().meta({
    description: 'Whose journeys; where not given, the latest of the workspace that are mapped',
  }),
});

export const warmCacheAnswer = z
  .strictObject({ warmed: z.boolean(), journeys: z.int().min(0), durationMs: z.number().min(0) })
  .meta({ id: 'WarmedCache' });
