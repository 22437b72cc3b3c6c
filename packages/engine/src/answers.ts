import {
  availableCommands,
  render,
  suggestActions,
  viewSession,
  type Entity,
  type Journey,
  type JsonObject,
  type Message,
  type SessionView,
  type Understanding,
} from '@sim/domain';
import type { SessionRecord, Turn } from './ports.js';

/** The `state` of the API: a session as clients see it. */
export interface SessionAnswer extends SessionView {
  readonly sessionId: string;
  readonly workflowId: string;
  readonly journeyId: string;
  readonly journeyVersion: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly expiresAt: string;
}

/** The answer to a command. */
export interface TurnAnswer {
  readonly turnId: string;
  /** False where the turn is still at work: the rest arrives by events. */
  readonly commandProcessed: boolean;
  /** What was done: an intent or an action. */
  readonly workflowAction: string;
  readonly agentResponse: string;
  readonly messages: readonly { readonly key: string; readonly text: string }[];
  readonly state: SessionAnswer;
  readonly suggestedActions: readonly string[];
  /** Null for a command without language. */
  readonly nlu: {
    readonly intent: string;
    readonly confidence: number;
    readonly entities: readonly Entity[];
    readonly provider: string;
  } | null;
}

/** The answer to the opening of a session. */
export interface OpenAnswer {
  readonly sessionId: string;
  readonly journeyId: string;
  readonly welcomeMessage: string;
  readonly state: SessionAnswer;
  readonly availableCommands: readonly string[];
}

/** A record as clients see it. */
export function sessionAnswer(record: SessionRecord, journey: Journey): SessionAnswer {
  return {
    sessionId: record.sessionId,
    workflowId: record.workflowId,
    journeyId: record.journeyId,
    journeyVersion: record.journeyVersion,
    ...viewSession(journey, record.state),
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
    expiresAt: record.expiresAt.toISOString(),
  };
}

/** The answer of a turn as it stands. */
export function turnAnswer(
  record: SessionRecord,
  journey: Journey,
  turn: {
    readonly turnId: string;
    readonly processed: boolean;
    readonly action: string;
    readonly said: readonly Message[];
    readonly understanding: Understanding | null;
  },
): TurnAnswer {
  const messages = turn.said.map((message) => ({ key: message.key, text: render(message) }));
  const { understanding } = turn;
  return {
    turnId: turn.turnId,
    commandProcessed: turn.processed,
    workflowAction: turn.action,
    agentResponse: inOneText(messages),
    messages,
    state: sessionAnswer(record, journey),
    suggestedActions: suggestActions(record.state),
    nlu: understanding && {
      intent: understanding.intent,
      confidence: understanding.confidence,
      entities: understanding.entities,
      provider: understanding.provider,
    },
  };
}

function inOneText(messages: readonly { readonly text: string }[]): string {
  return messages
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join('\n');
}

/** The answer to an opening. */
export function openAnswer(
  record: SessionRecord,
  journey: Journey,
  said: readonly Message[],
): OpenAnswer {
  return {
    sessionId: record.sessionId,
    journeyId: record.journeyId,
    welcomeMessage: inOneText(said.map((message) => ({ text: render(message) }))),
    state: sessionAnswer(record, journey),
    availableCommands: availableCommands(record.state),
  };
}

/** What the system said, as a row of the transcript. */
export function agentTurn(turnId: Turn['turnId'], content: string, now: Date): Turn {
  return {
    turnId,
    speaker: 'agent',
    content,
    intent: null,
    confidence: null,
    entities: [],
    workflowAction: null,
    idempotencyKey: null,
    answer: null,
    requestHash: null,
    createdAt: now,
  };
}

/** An answer as the store keeps it. */
export function storedAnswer(answer: TurnAnswer | OpenAnswer): JsonObject {
  return JSON.parse(JSON.stringify(answer)) as JsonObject;
}
