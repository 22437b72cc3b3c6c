import { noticesOf, type Journey, type JsonObject, type SessionState } from '@sim/domain';
import type { FollowUps, NewJob, SessionNotice, SessionRecord, StoredEvent } from './ports.js';
import type { EnginePorts } from './settings.js';

/** The queue's name for reminders; their payload is `{sessionId, sequence}`. */
export const REMINDER_TASK = 'session-reminder';

/** A session as a commit leaves it. */
interface Left {
  readonly session: Pick<
    SessionRecord,
    'sessionId' | 'workflowId' | 'journeyId' | 'journeyVersion' | 'userId'
  >;
  readonly journey: Journey;
  readonly state: SessionState;
}

/**
 * What a commit is to bring about later; empty where there is nothing, which a plain turn's statement
 * depends on.
 */
export function followUps(
  ports: Pick<EnginePorts, 'newId' | 'settings'>,
  left: Left,
  events: readonly StoredEvent[],
  { goesOn, now }: { readonly goesOn: boolean; readonly now: Date },
): { readonly followUps?: FollowUps } {
  const notices = noticesTo(ports, left, events, now);
  const { jobs, jobsCancelled } = reminders(ports, left, goesOn, now);
  if (notices.length + jobs.length + jobsCancelled.length === 0) return {};
  return { followUps: { jobs, jobsCancelled, notices } };
}

function noticesTo(
  { newId }: Pick<EnginePorts, 'newId'>,
  { session, journey, state }: Left,
  events: readonly StoredEvent[],
  now: Date,
): SessionNotice[] {
  const notices = noticesOf(
    journey,
    state,
    events.map(({ event }) => event),
  );
  return notices.map(({ kind, data, formQuestionId }) => {
    const { sessionId, workflowId, journeyId, journeyVersion, userId } = session;
    const about: JsonObject = { sessionId, workflowId, journeyId, journeyVersion, userId };
    const told = { ...about, workflowName: journey.name, ...data };
    return {
      id: newId('ntc'),
      kind,
      payload: { timestamp: now.toISOString(), data: told, formQuestionId },
    };
  });
}

/** A session that waits for the person has one reminder set, any other none. */
function reminders(
  { settings }: Pick<EnginePorts, 'settings'>,
  { session: { sessionId }, state }: Left,
  goesOn: boolean,
  now: Date,
): { readonly jobs: NewJob[]; readonly jobsCancelled: string[] } {
  const firstMs = state.execution.reminderAfterMs ?? settings.reminderAfterMs;
  // A turn that goes on commits again.
  if (firstMs === 0 || goesOn) return { jobs: [], jobsCancelled: [] };
  const key = `reminder:${sessionId}`;
  const reminded = state.reminded ?? 0;
  const waits = state.status === 'running' && state.questions.length > 0;
  if (!waits || reminded >= settings.maxReminders) return { jobs: [], jobsCancelled: [key] };
  const runAt = new Date(now.getTime() + firstMs * 2 ** reminded);
  const payload = { sessionId, sequence: state.sequence };
  return { jobs: [{ task: REMINDER_TASK, payload, runAt, key }], jobsCancelled: [] };
}
