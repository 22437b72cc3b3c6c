import type { SessionRecord, StoredEvent, Turn } from '@sim/engine';
import type { JsonObject, JsonValue, SessionEvent, SessionState } from '@sim/domain';
import type { events, sessions, turns } from '../schema/index.js';

/** A session's row with what is left of its lease, told by the database's clock. */
export type SessionRow = Omit<typeof sessions.$inferSelect, 'leaseExpiresAt'> & {
  readonly leaseRemainingMs: number | null;
};
export type TurnRow = typeof turns.$inferSelect;
export type EventRow = typeof events.$inferSelect;

/** `now` is the caller's clock, into whose time the end of the lease is carried over. */
export function toRecord(row: SessionRow, now: Date): SessionRecord {
  return {
    sessionId: row.sessionId as SessionRecord['sessionId'],
    workflowId: row.workflowId,
    journeyId: row.journeyId,
    journeyVersion: row.journeyVersion,
    userId: row.userId,
    workspaceId: row.workspaceId,
    metadata: row.metadata as JsonObject,
    state: row.state as unknown as SessionState,
    version: row.version,
    leaseOwner: row.leaseOwner,
    leaseExpiresAt:
      row.leaseRemainingMs === null ? null : new Date(now.getTime() + row.leaseRemainingMs),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    expiresAt: row.expiresAt,
  };
}

/** A turn as the domain knows it. */
export function toTurn(row: TurnRow): Turn {
  return {
    turnId: row.turnId as Turn['turnId'],
    speaker: row.speaker,
    content: row.content,
    intent: row.intent,
    confidence: row.confidence,
    entities: row.entities,
    workflowAction: row.workflowAction,
    idempotencyKey: row.idempotencyKey,
    answer: row.answer as JsonObject | null,
    requestHash: row.requestHash,
    createdAt: row.createdAt,
  };
}

/** An event as the domain knows it. */
export function toEvent(row: EventRow): StoredEvent {
  return {
    sequence: row.sequence,
    event: { type: row.eventType, ...(row.data as JsonObject) } as unknown as SessionEvent,
    nodeId: row.nodeId,
    durationMs: row.durationMs,
    createdAt: row.createdAt,
  };
}

/** Named as the columns of `conversation_turns`, for `json_to_recordset`. */
export function turnColumns(turn: Turn): object {
  return {
    turn_id: turn.turnId,
    speaker: turn.speaker,
    content: turn.content,
    intent: turn.intent,
    confidence: turn.confidence,
    entities: turn.entities,
    workflow_action: turn.workflowAction,
    idempotency_key: turn.idempotencyKey,
    answer: turn.answer,
    request_hash: turn.requestHash,
    created_at: turn.createdAt,
  };
}

/** Named as the columns of `workflow_execution_events`, for `json_to_recordset`. */
export function eventColumns({
  sequence,
  event,
  nodeId,
  durationMs,
  createdAt,
}: StoredEvent): object {
  const { type, ...data } = event;
  return {
    sequence,
    event_type: type,
    node_id: nodeId,
    data: data as JsonValue,
    // A clock that is set back in the meantime makes a negative duration.
    duration_ms: durationMs === null ? null : Math.max(0, Math.round(durationMs)),
    created_at: createdAt,
  };
}
