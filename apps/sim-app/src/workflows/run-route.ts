import { CONVERSATION_ROUTES, ROUTES, workflowId } from '@sim/contracts';
import type { WorkflowStore } from '@sim/postgres';
import { notFound, principalOf, requireRole } from '@sim/service-kit';
import type { Request, RequestHandler } from 'express';
import type { Audit } from '../audit/audit.js';
import type { Forwarding } from '../forwarding/forward.js';
import type { EndpointHost } from '../http/endpoint.js';

/** What a run needs here: the engine is elsewhere. */
export interface RunPorts {
  readonly workflows: Pick<WorkflowStore, 'get'>;
  readonly audit: Audit;
  readonly conversations: Forwarding;
}

/**
 * Runs of workflows: who asks, their role and the workflow are checked here, the rest is conversation-service's.
 * The body goes on unread and the answer comes back unbuffered, a stream too.
 */
export function runRoute({ router, authenticate }: EndpointHost, ports: RunPorts): void {
  const { path, access } = ROUTES.runWorkflow;
  router.post(
    path,
    authenticate,
    requireRole(access),
    workflowExists(ports.workflows),
    ports.conversations.to({
      path: (req) => `${pathOf(idIn(req))}${queryOf(req)}`,
      onAnswer: ({ statusCode = 500, headers }, req) => {
        if (statusCode >= 400) return;
        const target = { type: 'workflow', id: idIn(req) } as const;
        const sessionId = headers['x-session-id'];
        void ports.audit.record(req, 'workflow.run', target, {
          ...(typeof sessionId === 'string' && { sessionId }),
        });
      },
    }),
  );
}

function pathOf(id: string): string {
  return CONVERSATION_ROUTES.runWorkflowDirectly.path.replace(':workflowId', id);
}

function queryOf({ originalUrl }: Request): string {
  const start = originalUrl.indexOf('?');
  return start < 0 ? '' : originalUrl.slice(start);
}

/** What has not the form of an id is the id of nothing, and never part of a path. */
function idIn(req: Request): string {
  const parsed = workflowId.safeParse(req.params['workflowId']);
  if (parsed.success) return parsed.data;
  throw notFound('workflow_not_found', 'There is no such workflow in this workspace.');
}

function workflowExists(workflows: RunPorts['workflows']): RequestHandler {
  return async (req, _res, next) => {
    const id = idIn(req);
    if ((await workflows.get(principalOf(req).workspaceId, id)) === null) {
      throw notFound('workflow_not_found', 'There is no such workflow in this workspace.');
    }
    next();
  };
}
