import { CONVERSATION_ROUTES, type analyzeBody } from '@sim/contracts';
import type { Slot, UnderstandingContext } from '@sim/domain';
import { JOURNEYS_AT_HAND, type JourneyMapping } from '@sim/engine';
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
    const { workflowIds } = validate(warmCache.request.body.schema)(req.body ?? {}, 'body');
    const startedAt = performance.now();
    const mappings = await mappingsFor(context, principalOf(req).workspaceId, workflowIds);
    // The engine forgets the longest unused first, so the latest mapped goes in last.
    for (const { journey } of mappings.toReversed()) context.engine.remember(journey);
    const durationMs = Math.round(performance.now() - startedAt);
    res.json({ warmed: true, journeys: mappings.length, durationMs });
  });
  return router;
}

async function mappingsFor(
  { journeyService }: ConversationContext,
  workspaceId: string,
  workflowIds: readonly string[] | undefined,
): Promise<readonly JourneyMapping[]> {
  if (!workflowIds) return journeyService.latest(workspaceId, JOURNEYS_AT_HAND);
  const mappings: JourneyMapping[] = [];
  for (const id of new Set(workflowIds))
    mappings.push(await journeyService.current(id, workspaceId));
  return mappings;
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
