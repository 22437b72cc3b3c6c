import { sessionId, workflowId } from '@sim/contracts';
import { EngineError } from '@sim/engine';
import { bindSession } from '@sim/service-kit';
import type { Request } from 'express';

/** How much of something that is no id is told back. */
const SHOWN = 80;

/**
 * The workflow that a path names. What has not the form of an id is the id of nothing.
 * @throws EngineError `workflow_not_found`
 */
export function workflowOf(req: Request): string {
  const parsed = workflowId.safeParse(req.params['workflowId']);
  if (parsed.success) return parsed.data;
  throw new EngineError('workflow_not_found', missing('workflow', req.params['workflowId']));
}

/**
 * The session that a path names, which the request's log lines carry from here on.
 * @throws EngineError `session_not_found`
 */
export function sessionOf(req: Request): string {
  const parsed = sessionId.safeParse(req.params['sessionId']);
  if (!parsed.success) {
    throw new EngineError('session_not_found', missing('session', req.params['sessionId']));
  }
  bindSession(req, parsed.data);
  return parsed.data;
}

function missing(what: string, given: unknown): string {
  return `There is no ${what} ${JSON.stringify(String(given).slice(0, SHOWN))} in this workspace.`;
}
