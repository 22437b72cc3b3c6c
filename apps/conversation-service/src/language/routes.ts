import { CONVERSATION_ROUTES, type analyzeBody } from '@sim/contracts';
import type { Slot, UnderstandingContext } from '@sim/domain';
import { jsonBody, principalOf, requireRole, validate } from '@sim/service-kit';
import { Router } from 'express';
import type * as z from 'zod';
import type { ConversationContext } from '../context.js';

const { analyzeUtterance, warmCache } = CONVERSATION_ROUTES;

/** Understanding outside of a session, and warming up. */
export function languageRoutes(context: ConversationContext): Router {
  const router = Router();
  router.post(analyzeUtterance.path, jsonBody(), async (req, res) => {
    const body = validate(analyzeUtterance.request.body.schema)(req.body, 'body');
    res.json(await context.understanding.understand(body.input, heardAgainst(context, body)));
  });
  router.post(warmCache.path, requireRole(warmCache.access), jsonBody(), async (req, res) => {
    const { workflowIds = [] } = validate(warmCache.request.body.schema)(req.body ?? {}, 'body');
    const startedAt = performance.now();
    const { workspaceId } = principalOf(req);
    for (const id of workflowIds) await context.journeyService.current(id, workspaceId);
    const durationMs = Math.round(performance.now() - startedAt);
    res.json({ warmed: true, journeys: workflowIds.length, durationMs });
  });
  return router;
}

function heardAgainst(
  { clock, config }: ConversationContext,
  { context = {} }: z.output<typeof analyzeBody>,
): UnderstandingContext {
  const open = (context.slots ?? []).map((slot): Slot => ({
    name: slot.name,
    label: slot.label ?? slot.name,
    type: slot.type,
    format: slot.format ?? null,
    description: slot.description ?? null,
    required: slot.required ?? true,
    default: null,
    options: slot.options ?? null,
  }));
  return {
    awaiting: context.awaiting ?? (open.length > 0 ? 'slots' : null),
    focus: open[0] ?? null,
    open,
    answered: [],
    choices: context.choices ?? [],
    now: clock().toISOString(),
    timeZone: context.timeZone ?? config.engine.timeZone,
  };
}
