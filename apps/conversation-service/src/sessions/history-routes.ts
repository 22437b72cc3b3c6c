import { CONVERSATION_ROUTES } from '@sim/contracts';
import { InvalidCursorError } from '@sim/postgres';
import { principalOf, validate, type EventStreams } from '@sim/service-kit';
import type { Request, Router } from 'express';
import type { ConversationContext } from '../context.js';
import { sessionOf } from '../path-ids.js';
import { firstAfter, streamEvents } from './stream-events.js';
import { eventBody, turnBody } from './transcript.js';

const { listTurns, listEvents } = CONVERSATION_ROUTES;

/** What was said in a session and what happened in it. */
export function addHistory(
  router: Router,
  context: ConversationContext,
  streams: EventStreams,
): void {
  router.get(listTurns.path, async (req, res) => {
    const { limit, cursor } = validate(listTurns.request.query)(req.query, 'query');
    const sessionId = await visibleSession(context, req);
    const page = await context.sessions.turns(sessionId, limit, cursor);
    res.json({ items: page.items.map(turnBody), nextCursor: page.nextCursor });
  });
  router.get(listEvents.path, async (req, res) => {
    const { limit, cursor } = validate(listEvents.request.query)(req.query, 'query');
    const headers = validate(listEvents.request.headers)(req.headers, 'headers');
    const from = firstEvent(cursor);
    const sessionId = await visibleSession(context, req);
    if (req.accepts(['application/json', 'text/event-stream']) === 'text/event-stream') {
      const next = firstAfter(headers['last-event-id'], from);
      await streamEvents(context, streams.open(req, res), sessionId, next);
      return;
    }
    // One more than the page holds tells whether there is a next one.
    const found = await context.sessions.events(sessionId, from, limit + 1);
    const nextCursor = found.length > limit ? String(from + limit) : null;
    res.json({ items: found.slice(0, limit).map(eventBody), nextCursor });
  });
}

/** @throws EngineError `session_not_found` for another workspace's session */
async function visibleSession(context: ConversationContext, req: Request): Promise<string> {
  const sessionId = sessionOf(req);
  await context.engine.view(sessionId, principalOf(req).workspaceId);
  return sessionId;
}

/** An event page's cursor is the sequence of its first event. */
function firstEvent(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new InvalidCursorError(cursor);
}
