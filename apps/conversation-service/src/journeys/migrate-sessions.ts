import { CONVERSATION_ROUTES, type migrateSessionsBody } from '@sim/contracts';
import type { Journey } from '@sim/domain';
import { EngineError, type JourneyStore, type MoveReport, type SessionMover } from '@sim/engine';
import { jsonBody, notFound, principalOf, requireRole, validate } from '@sim/service-kit';
import { Router } from 'express';
import type * as z from 'zod';
import { workflowOf } from '../path-ids.js';
import type { JourneyService } from './journey-service.js';

const { migrateSessions } = CONVERSATION_ROUTES;

/** What the migration of sessions works with. */
export interface MigrationPorts {
  readonly journeyService: JourneyService;
  readonly journeys: JourneyStore;
  readonly mover: SessionMover;
}

/** Moves the sessions of a workflow to another version of its journey. */
export function migrationRoutes(ports: MigrationPorts): Router {
  const router = Router();
  router.post(
    migrateSessions.path,
    requireRole(migrateSessions.access),
    jsonBody(),
    async (req, res) => {
      const body = validate(migrateSessions.request.body.schema)(req.body ?? {}, 'body');
      res.json(await migrate(ports, workflowOf(req), principalOf(req).workspaceId, body));
    },
  );
  return router;
}

async function migrate(
  ports: MigrationPorts,
  workflowId: string,
  workspaceId: string,
  body: z.output<typeof migrateSessionsBody>,
): Promise<MoveReport> {
  const to = await target(ports, workflowId, workspaceId, body.toVersion);
  if (to.initial === null) {
    throw new EngineError(
      'workflow_not_runnable',
      `${to.name} has no block to start with in that version. Add a start block and convert it again.`,
    );
  }
  const { dryRun, limit, sessionIds, cursor } = body;
  return ports.mover.move({
    workflowId,
    workspaceId,
    to,
    dryRun,
    limit,
    ...(sessionIds && { sessionIds }),
    ...(cursor && { cursor }),
  });
}

/** The version in force is made anew where the workflow has changed, as for a session that is opened. */
async function target(
  { journeyService, journeys }: MigrationPorts,
  workflowId: string,
  workspaceId: string,
  version: string | undefined,
): Promise<Journey> {
  const stored =
    version === undefined ? null : await journeys.mapped(workflowId, workspaceId, version);
  if (stored) return stored;
  const { journey } = await journeyService.current(workflowId, workspaceId);
  if (version === undefined || journey.version === version) return journey;
  throw notFound(
    'journey_version_not_found',
    `This workflow was never mapped to the version ${version}. Leave toVersion out for the current one.`,
  );
}
