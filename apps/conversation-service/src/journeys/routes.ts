import { CONVERSATION_ROUTES, MAX_WORKFLOW_BYTES, type JourneyFormat } from '@sim/contracts';
import { toMermaid, toXState, type Journey } from '@sim/domain';
import { jsonBody, principalOf, requireRole, unprocessable, validate } from '@sim/service-kit';
import { Router, type Response } from 'express';
import { workflowOf } from '../path-ids.js';
import type { Mapped, JourneyService } from './journey-service.js';

const { convertWorkflow, getJourney, previewWorkflow } = CONVERSATION_ROUTES;

/** Conversion, preview and the journey in its forms. */
export function journeyRoutes(journeys: JourneyService): Router {
  const router = Router();
  router.post(convertWorkflow.path, requireRole(convertWorkflow.access), async (req, res) => {
    const { workspaceId } = principalOf(req);
    res.json(conversion(await journeys.convert(workflowOf(req), workspaceId)));
  });
  router.get(getJourney.path, async (req, res) => {
    const { format } = validate(getJourney.request.query)(req.query, 'query');
    const { journey } = await journeys.current(workflowOf(req), principalOf(req).workspaceId);
    sendJourney(res, journey, format);
  });
  router.post(previewWorkflow.path, jsonBody({ limit: MAX_WORKFLOW_BYTES }), async (req, res) => {
    const { workflow } = validate(previewWorkflow.request.body.schema)(req.body, 'body');
    res.json(conversion(await journeys.preview(workflow, principalOf(req).workspaceId)));
  });
  return router;
}

function conversion({ journey, provenance, issues }: Mapped): object {
  const { id: journeyId, version, states, transitions } = journey;
  return { journeyId, version, states, transitions, provenance, issues };
}

function sendJourney(res: Response, journey: Journey, format: JourneyFormat): void {
  if (format === 'json') res.json(journey);
  else if (format === 'mermaid') res.type('text/plain').send(toMermaid(journey));
  else if (format === 'xstate') res.json(toXState(journey));
  else {
    throw unprocessable(
      'journey_format_unavailable',
      `The format ${format} is not available here. Ask for json, mermaid or xstate.`,
    );
  }
}
