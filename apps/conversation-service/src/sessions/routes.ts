import { CONVERSATION_ROUTES } from '@sim/contracts';
import type { Action } from '@sim/domain';
import type { TurnAnswer, TurnInput } from '@sim/engine';
import {
  bindSession,
  jsonBody,
  principalOf,
  requireRole,
  validate,
  type EventStreams,
} from '@sim/service-kit';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import * as z from 'zod';
import type { ConversationContext } from '../context.js';
import { endSession } from './end-session.js';
import { openSession } from './open-session.js';
import { eventBody, turnBody } from './transcript.js';
import { streamEvents } from './stream-events.js';

const R = CONVERSATION_ROUTES;
/** An event page's cursor is the sequence of its first event. */
const EVENT_CURSOR = z.object({ cursor: z.coerce.number().int().min(0).max(2_147_483_647) });

/** Sessions, what is said in them and what happens in them. */
export function sessionRoutes(
  context: ConversationContext,
  streams: EventStreams,
  limitCommands: RequestHandler,
): Router {
  const router = Router();
  router.post(
    R.openSession.path,
    requireRole(R.openSession.access),
    jsonBody(),
    async (req, res) => {
      const headers = validate(R.openSession.request.headers)(req.headers, 'headers');
      const body = validate(R.openSession.request.body.schema)(req.body, 'body');
      const answer = await openSession(context, principalOf(req), body, headers['idempotency-key']);
      res.status(201).location(`${R.openSession.path}/${answer.sessionId}`).json(answer);
    },
  );
  router.get(R.listSessions.path, async (req, res) => {
    const query = validate(R.listSessions.request.query)(req.query, 'query');
    const { workspaceId } = principalOf(req);
    res.json(await context.engine.list({ workspaceId, ...defined(query) }));
  });
  router.get(R.getSessionState.path, async (req, res) => {
    const sessionId = sessionOf(req);
    res.json({ state: await context.engine.view(sessionId, principalOf(req).workspaceId) });
  });
  router.delete(R.endSession.path, requireRole(R.endSession.access), async (req, res) => {
    res.json(await endSession(context.engine, sessionOf(req), principalOf(req).workspaceId));
  });
  addCommands(router, context, limitCommands);
  addHistory(router, context, streams);
  return router;
}

function addCommands(
  router: Router,
  context: ConversationContext,
  limitCommands: RequestHandler,
): void {
  router.post(
    R.sendCommand.path,
    requireRole(R.sendCommand.access),
    limitCommands,
    jsonBody(),
    async (req, res) => {
      const body = validate(R.sendCommand.request.body.schema)(req.body, 'body');
      const input = { kind: 'say', text: body.naturalLanguageInput } as const;
      await answerTurn(context, req, res, input, body.context?.timeZone);
    },
  );
  router.post(
    R.performAction.path,
    requireRole(R.performAction.access),
    limitCommands,
    jsonBody(),
    async (req, res) => {
      const body = validate(R.performAction.request.body.schema)(req.body, 'body');
      const action: Action = body.action;
      const input = { kind: 'act', action, parameters: body.parameters ?? {} } as const;
      await answerTurn(context, req, res, input);
    },
  );
}

async function answerTurn(
  context: ConversationContext,
  req: Request,
  res: Response,
  input: TurnInput,
  timeZone?: string,
): Promise<void> {
  const sessionId = sessionOf(req);
  const headers = validate(R.sendCommand.request.headers)(req.headers, 'headers');
  const key = headers['idempotency-key'];
  const async = /\brespond-async\b/.test(req.get('prefer') ?? '');
  const observe = context.turnMetrics.begin();
  const answer = await context.engine
    .command({
      sessionId,
      workspaceId: principalOf(req).workspaceId,
      input,
      ...(key !== undefined && { idempotencyKey: key }),
      ...(timeZone !== undefined && { timeZone }),
      ...(async && { replyWithinMs: 0 }),
    })
    .catch((error: unknown) => {
      observe.failed(input.kind === 'act' ? input.action : 'say', error);
      throw error;
    });
  observe.answered(answer);
  res.status(statusOf(answer, async)).json(answer);
}

/** 202 only where it was asked for: a client that waits gets 200 with what there is. */
function statusOf(answer: TurnAnswer, async: boolean): number {
  return async && !answer.commandProcessed ? 202 : 200;
}

function addHistory(router: Router, context: ConversationContext, streams: EventStreams): void {
  router.get(R.listTurns.path, async (req, res) => {
    const { limit, cursor } = validate(R.listTurns.request.query)(req.query, 'query');
    const sessionId = await visibleSession(context, req);
    const page = await context.sessions.turns(sessionId, limit, cursor);
    res.json({ items: page.items.map(turnBody), nextCursor: page.nextCursor });
  });
  router.get(R.listEvents.path, async (req, res) => {
    const { limit, cursor } = validate(R.listEvents.request.query)(req.query, 'query');
    const sessionId = await visibleSession(context, req);
    if (req.accepts(['application/json', 'text/event-stream']) === 'text/event-stream') {
      await streamEvents(context, streams.open(req, res), sessionId);
      return;
    }
    const from = eventCursor(cursor);
    const items = await context.sessions.events(sessionId, from, limit);
    const next = items.length < limit ? null : String(from + items.length);
    res.json({ items: items.map(eventBody), nextCursor: next });
  });
}

/** @throws EngineError `session_not_found` for another workspace's session */
async function visibleSession(context: ConversationContext, req: Request): Promise<string> {
  const sessionId = sessionOf(req);
  await context.engine.view(sessionId, principalOf(req).workspaceId);
  return sessionId;
}

function eventCursor(cursor: string | undefined): number {
  return cursor === undefined ? 0 : validate(EVENT_CURSOR)({ cursor }, 'query').cursor;
}

function sessionOf(req: Request): string {
  const { sessionId } = validate(R.getSessionState.request.params)(req.params, 'params');
  bindSession(req, sessionId);
  return sessionId;
}

function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
