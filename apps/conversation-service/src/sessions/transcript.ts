import type { StoredEvent, Turn } from '@sim/engine';

/** A turn as the API shows it: what belongs to replaying it stays inside. */
export function turnBody(turn: Turn): object {
  const { turnId, speaker, content, intent, confidence, entities, workflowAction } = turn;
  return {
    turnId,
    speaker,
    content,
    intent,
    confidence,
    entities,
    workflowAction,
    createdAt: turn.createdAt.toISOString(),
  };
}

/** An event as the API and the stream show it. */
export function eventBody({ sequence, event, nodeId, durationMs, createdAt }: StoredEvent) {
  const { type, ...data } = event;
  return { sequence, type, nodeId, durationMs, data, createdAt: createdAt.toISOString() };
}
