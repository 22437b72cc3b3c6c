import { CONVERSATION_BASE_PATH, CONVERSATION_ROUTES } from '@sim/contracts';
import type { SessionAnswer } from '@sim/engine';
import { jsonBody, principalOf, requireRole, validate, type EventStreams } from '@sim/service-kit';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { ConversationContext } from '../context.js';
import { workflowOf } from '../path-ids.js';
import { firstAfter } from '../sessions/stream-events.js';
import { beginRun, openRun, type OpenedRun } from './open-run.js';
import { preferenceOf } from './preference.js';
import { runResult } from './run-result.js';
import { cancelRun, isSettled, settleRun } from './settle-run.js';
import { streamRun } from './stream-run.js';

const { runWorkflowDirectly: route } = CONVERSATION_ROUTES;

/** Runs of workflows without a conversation. */
export function runRoutes(
  context: ConversationContext,
  streams: EventStreams,
  limitCommands: RequestHandler,
): Router {
  const router = Router();
  router.post(
    route.path,
    requireRole(route.access),
    limitCommands,
    jsonBody(),
    async (req, res) => {
      const workflowId = workflowOf(req);
      const query = validate(route.request.query)(req.query, 'query');
      const headers = validate(route.request.headers)(req.headers, 'headers');
      const { input = {} } = validate(route.request.body.schema)(req.body ?? {}, 'body');
      const principal = principalOf(req);
      const idempotencyKey = headers['idempotency-key'];
      const run = await openRun(context, { principal, workflowId, input, idempotencyKey });
      res.set('X-Session-Id', run.sessionId);
      const gone = whenGone(res);
      if (query.cancelOnDisconnect) {
        gone.addEventListener('abort', () => void cancelRun(context, run), { once: true });
      }
      const outputs = query.outputs ?? false;
      if (req.accepts(['application/json', 'text/event-stream']) === 'text/event-stream') {
        const from = firstAfter(headers['last-event-id'], 0);
        await streamRun(context, streams.open(req, res), run, { from, outputs });
      } else {
        await answer(context, { req, res, run, outputs, gone });
      }
    },
  );
  return router;
}

/** Aborted where the client goes away before it has the whole answer. */
function whenGone(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => {
    // An end of ours, as at shutdown, is no word of the client.
    if (!res.writableEnded) gone.abort();
  });
  return gone.signal;
}

interface Asked {
  readonly req: Request;
  readonly res: Response;
  readonly run: OpenedRun;
  readonly outputs: boolean;
  readonly gone: AbortSignal;
}

async function answer(
  context: ConversationContext,
  { req, res, run, outputs, gone }: Asked,
): Promise<void> {
  const { withinMs, applied } = preferenceOf(req.get('prefer'), context.config.runs.waitMs);
  const startedAt = performance.now();
  const first = await beginRun(context, run, withinMs);
  const left = Math.max(0, withinMs - (performance.now() - startedAt));
  const state = await settleRun(context, run, first, left, gone);
  if (gone.aborted) return;
  if (!isSettled(state)) accepted(res, state, applied);
  res.json(await runResult(context, state, outputs));
}

function accepted(res: Response, { sessionId }: SessionAnswer, applied: string | null): void {
  res.status(202).location(`${CONVERSATION_BASE_PATH}/sessions/${sessionId}`);
  if (applied !== null) res.set('Preference-Applied', applied);
}
