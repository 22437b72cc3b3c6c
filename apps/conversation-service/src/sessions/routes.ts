import { CONVERSATION_ROUTES } from '@sim/contracts';
import type { Action } from '@sim/domain';
import type { TurnAnswer, TurnInput } from '@sim/engine';
import { jsonBody, principalOf, requireRole, validate, type EventStreams } from '@sim/service-kit';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { ConversationContext } from '../context.js';
import { sessionOf } from '../path-ids.js';
import { endSession } from './end-session.js';
import { addHistory } from './history-routes.js';
import { openSession } from './open-session.js';

const R = CONVERSATION_ROUTES;

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
  const async = /\brespond-async\b/i.test(headers.prefer ?? '');
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
  sendTurn(res, answer, async);
}

/** 202 only where it was asked for: a client that waits gets 200 with what there is. */
function sendTurn(res: Response, answer: TurnAnswer, async: boolean): void {
  if (async && !answer.commandProcessed) res.status(202).set('Preference-Applied', 'respond-async');
  res.json(answer);
}

function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
