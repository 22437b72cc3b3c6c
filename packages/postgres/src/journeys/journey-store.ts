import type { Issue, Journey, JsonValue, Provenance } from '@sim/domain';
import type { JourneyMapping, JourneyStore, WorkflowContents } from '@sim/engine';
import { and, desc, eq, ne, or, type SQL } from 'drizzle-orm';
import type { Database, Drizzle, Transaction } from '../connection/database.js';
import {
  workflowJourneyMappings as mappings,
  workflows,
  workflowVersions,
} from '../schema/index.js';
import { UnknownWorkflowError } from '../workflows/errors.js';
import { documentOf } from '../workflows/document.js';

/**
 * Journeys in PostgreSQL. `saveMapping` throws UnknownWorkflowError where the workflow, or that version
 * of it, is not stored.
 */
export function createJourneyStore(database: Database): JourneyStore {
  return {
    async currentWorkflow(workflowId, workspaceId) {
      const rows = await database.run((db) =>
        currentContents(db).where(
          and(eq(workflows.id, workflowId), eq(workflows.workspaceId, workspaceId)),
        ),
      );
      return rows[0] ? toContent(rows[0]) : null;
    },
    async calledWorkflow(calledId, workspaceId) {
      const isCalled = or(eq(workflows.id, calledId), eq(workflows.sourceId, calledId));
      const rows = await database.run((db) =>
        currentContents(db)
          .where(and(eq(workflows.workspaceId, workspaceId), isCalled))
          // Our own id before another's, and of several imports the latest.
          .orderBy(desc(eq(workflows.id, calledId)), desc(workflows.updatedAt), workflows.id)
          .limit(1),
      );
      return rows[0] ? toContent(rows[0]) : null;
    },
    async activeMapping(workflowId, workspaceId) {
      const [row] = await database.run((db) =>
        db
          .select({ mapping: mappings })
          .from(mappings)
          .innerJoin(workflows, inForce())
          .where(
            and(
              eq(mappings.workflowId, workflowId),
              eq(mappings.active, true),
              eq(workflows.workspaceId, workspaceId),
            ),
          ),
      );
      return row === undefined ? null : toMapping(row.mapping);
    },
    async activeMappings(workspaceId, limit) {
      const rows = await database.run((db) =>
        db
          .select({ mapping: mappings })
          .from(mappings)
          .innerJoin(workflows, inForce())
          .where(and(eq(mappings.active, true), eq(workflows.workspaceId, workspaceId)))
          .orderBy(desc(mappings.mappedAt), mappings.workflowId)
          .limit(limit),
      );
      return rows.map(({ mapping }) => toMapping(mapping));
    },
    saveMapping: (mapping, mappedAt) =>
      database.transaction((tx) => saveMapping(tx, mapping, mappedAt)),
    async journey(journeyId, journeyVersion) {
      // A version is a hash of what it was mapped from: whichever workflow's copy it is, it is the same.
      const [row] = await database.run((db) =>
        db
          .select({ journey: mappings.journey })
          .from(mappings)
          .where(
            and(eq(mappings.journeyId, journeyId), eq(mappings.journeyVersion, journeyVersion)),
          )
          .limit(1),
      );
      return row === undefined ? null : (row.journey as unknown as Journey);
    },
    mapped: (workflowId, workspaceId, version) =>
      mapped(database, workflowId, workspaceId, version),
  };
}

async function mapped(
  database: Database,
  workflowId: string,
  workspaceId: string,
  journeyVersion: string,
): Promise<Journey | null> {
  const [row] = await database.run((db) =>
    db
      .select({ journey: mappings.journey })
      .from(mappings)
      .innerJoin(workflows, eq(workflows.id, mappings.workflowId))
      .where(
        and(
          eq(mappings.workflowId, workflowId),
          eq(mappings.journeyVersion, journeyVersion),
          eq(workflows.workspaceId, workspaceId),
        ),
      )
      .limit(1),
  );
  return row === undefined ? null : (row.journey as unknown as Journey);
}

/** Joins a mapping with its workflow where it is that of the current version. */
function inForce(): SQL | undefined {
  return and(
    eq(workflows.id, mappings.workflowId),
    eq(workflows.currentVersion, mappings.workflowVersion),
  );
}

/** The journey of a stored version is never rewritten; which workflow version it is for may move on. */
async function saveMapping(
  tx: Transaction,
  mapping: JourneyMapping,
  mappedAt: Date,
): Promise<void> {
  const { workflowId, workflowVersion, journey } = mapping;
  // Two replicas that map at once take turns on the workflow's row, or both might become active.
  const [known] = await tx
    .select({ id: workflows.id })
    .from(workflows)
    .innerJoin(
      workflowVersions,
      and(
        eq(workflowVersions.workflowId, workflows.id),
        eq(workflowVersions.version, workflowVersion),
      ),
    )
    .where(eq(workflows.id, workflowId))
    .for('no key update', { of: workflows });
  if (known === undefined) throw new UnknownWorkflowError(workflowId, workflowVersion);

  await tx
    .update(mappings)
    .set({ active: false })
    .where(
      and(
        eq(mappings.workflowId, workflowId),
        eq(mappings.active, true),
        ne(mappings.journeyVersion, journey.version),
      ),
    );
  const changing = {
    workflowVersion,
    provenance: asJson(mapping.provenance),
    issues: asJson(mapping.issues),
    toolsHash: mapping.toolsHash ?? '',
    active: true,
    mappedAt,
  };
  await tx
    .insert(mappings)
    .values({
      workflowId,
      journeyId: journey.id,
      journeyVersion: journey.version,
      journey: asJson(journey),
      mapperVersion: journey.mapperVersion,
      ...changing,
    })
    .onConflictDoUpdate({
      target: [mappings.workflowId, mappings.journeyId, mappings.journeyVersion],
      set: changing,
    });
}

function toMapping(row: typeof mappings.$inferSelect): JourneyMapping {
  return {
    workflowId: row.workflowId,
    workflowVersion: row.workflowVersion,
    journey: row.journey as unknown as Journey,
    provenance: row.provenance as unknown as Provenance,
    issues: row.issues as unknown as readonly Issue[],
    ...(row.toolsHash !== '' && { toolsHash: row.toolsHash }),
  };
}

/** Interfaces have no index signature, which the type of JSON wants; these are plain JSON by contract. */
function asJson(value: Journey | Provenance | readonly Issue[]): JsonValue {
  return value as unknown as JsonValue;
}

/** The content of workflows at their current versions. */
function currentContents(db: Drizzle) {
  return db
    .select({
      version: workflowVersions.version,
      name: workflowVersions.name,
      content: workflowVersions.content,
      document: workflowVersions.document,
    })
    .from(workflows)
    .innerJoin(
      workflowVersions,
      and(
        eq(workflowVersions.workflowId, workflows.id),
        eq(workflowVersions.version, workflows.currentVersion),
      ),
    )
    .$dynamic();
}

type ContentRow = Awaited<ReturnType<typeof currentContents>>[number];

function toContent({ content, document, ...row }: ContentRow): WorkflowContents {
  return { ...row, content: documentOf({ content, document }) };
}
