import {
  executionStatus,
  viewQuestion,
  type ExecutionStatus,
  type Journey,
  type QuestionView,
} from '@sim/domain';
import type { SessionRecord, SessionStore } from './ports.js';

/** One question of a session, for who is to answer it and sees nothing else. */
export interface AskedQuestion {
  readonly status: ExecutionStatus;
  readonly workflowName: string;
  /** Null once it is answered, or was called off. */
  readonly question: QuestionView | null;
}

/** Reads a question of a session of whatever workspace; null where there is no such session. */
export async function askedQuestion(
  sessions: Pick<SessionStore, 'load'>,
  journeys: { get(session: SessionRecord): Promise<Journey> },
  sessionId: string,
  questionId: string,
): Promise<AskedQuestion | null> {
  const loaded = await sessions.load({ sessionId, workspaceId: null });
  if (loaded === null) return null;
  const { record: session } = loaded;
  const journey = await journeys.get(session);
  return {
    status: executionStatus(session.state),
    workflowName: journey.name,
    question: viewQuestion(journey, session.state, questionId),
  };
}
