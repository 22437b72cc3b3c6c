import type { Engine, SessionAnswer } from '@sim/engine';

/** The answer to the end of a session. */
export interface EndedSession {
  readonly sessionId: string;
  readonly terminated: boolean;
  readonly finalState: SessionAnswer;
}

const ENDED: readonly string[] = ['completed', 'failed', 'cancelled', 'expired'];

/** Ends a session at once; one that has ended keeps the end it had. */
export async function endSession(
  engine: Engine,
  sessionId: string,
  workspaceId: string,
): Promise<EndedSession> {
  const before = await engine.view(sessionId, workspaceId);
  if (ENDED.includes(before.executionStatus)) {
    return { sessionId, terminated: true, finalState: before };
  }
  const { state } = await engine.command({
    sessionId,
    workspaceId,
    input: { kind: 'act', action: 'cancel', parameters: { confirmed: true } },
  });
  return { sessionId, terminated: ENDED.includes(state.executionStatus), finalState: state };
}
