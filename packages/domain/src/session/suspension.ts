import type { Question, SessionState } from './types.js';

const INTERRUPTING: ReadonlySet<string> = new Set(['cancel', 'restart', 'rewind']);

/** True for a confirmation of what the person wants with the session itself, not with its workflow. */
export function isInterruption(question: Question): boolean {
  return question.kind === 'confirmation' && INTERRUPTING.has(question.purpose.type);
}

/** Puts what is open aside before a session expires: nothing of it goes on by itself any more. */
export function suspend(state: SessionState): void {
  const { status, questions, runs, timers } = state;
  state.suspended = { status, questions, runs, timers };
}

/**
 * Has an expired session stand where it stood. Who comes back wants to go on, so that what was asked about
 * cancelling or going back is dropped. Runs and waits were called off: they are begun anew.
 */
export function takeUp(state: SessionState): void {
  const { suspended } = state;
  if (!suspended) return;
  delete state.suspended;
  state.status = suspended.status === 'paused' ? 'running' : suspended.status;
  state.questions = suspended.questions.filter((question) => !isInterruption(question));
  state.runs = suspended.runs;
}

/** True for an expired session that can be taken up again. */
export function isReopenable({ status, suspended }: SessionState): boolean {
  return status === 'expired' && suspended !== undefined;
}
