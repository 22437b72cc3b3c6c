import { MOVE_REFUSALS } from '@sim/domain';
import * as z from 'zod';
import { journeyId, sessionId } from './ids.js';
import { MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE } from './page.js';

const journeyVersion = z
  .string()
  .regex(/^[0-9a-f]{64}$/, { error: 'Must be a version of a journey: 64 hexadecimal digits' })
  .meta({ description: 'A version of a journey, as convert gives it' });

export const migrateSessionsBody = z
  .strictObject({
    dryRun: z.boolean().default(false).meta({ description: 'Only reports what would come of it' }),
    sessionIds: z.array(sessionId).min(1).max(MAX_PAGE_SIZE).optional().meta({
      description:
        'Which sessions; where absent, all of the workflow that are not over and run on another version',
    }),
    toVersion: journeyVersion.optional().meta({
      description: 'Where absent, the version in force: that of the current workflow',
    }),
    limit: z
      .int()
      .min(1)
      .max(MAX_PAGE_SIZE)
      .default(DEFAULT_PAGE_SIZE)
      .meta({ description: 'The most sessions that one report is about' }),
    cursor: sessionId.optional().meta({ description: 'The `nextCursor` of the report before' }),
  })
  .meta({ id: 'MigrateSessions', example: { dryRun: true } });

/** Why a session stays on its version; docs/versions.md says what each means. */
export const migrationRefusal = z
  .enum([...MOVE_REFUSALS, 'session_not_found', 'already_there'])
  .meta({ id: 'MigrationRefusal' });

const movedSession = z
  .strictObject({
    sessionId,
    from: z.string().meta({ description: 'The version that it ran on' }),
    to: z.string().meta({ description: 'The version that it runs on now' }),
    currentNodeId: z.string().nullable(),
    currentStateId: z.string().nullable(),
    putAnew: z.boolean().meta({
      description: 'The pending question reads differently, which the person was told',
    }),
  })
  .meta({ id: 'MovedSession' });

const stayingSession = z
  .strictObject({
    sessionId,
    from: z.string().nullable().meta({ description: 'The version that it runs on' }),
    code: migrationRefusal,
    reason: z.string(),
    hint: z.string().meta({ description: 'What can be done about it' }),
    blockId: z.string().optional().meta({ description: 'The block that is in the way' }),
    blockName: z.string().optional(),
  })
  .meta({ id: 'StayingSession' });

export const migrationReport = z
  .strictObject({
    journeyId,
    journeyVersion,
    dryRun: z.boolean(),
    moved: z.array(movedSession).meta({ description: 'With dryRun: those that would be' }),
    notMoved: z.array(stayingSession),
    counts: z.strictObject({
      examined: z.int().min(0),
      moved: z.int().min(0),
      notMoved: z.int().min(0),
    }),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'To be sent as `cursor` for the sessions that are left; else null' }),
  })
  .meta({ id: 'MigrationReport' });
