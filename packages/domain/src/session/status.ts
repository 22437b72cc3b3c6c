import type { StateId } from '../journey/types.js';
import { ROOT_SCOPE } from './scopes.js';
import type { JourneyGraph } from './graph.js';
import type { Place } from './step.js';
import type { ExecutionStatus, NodeState, SessionState } from './types.js';

export { ROOT_SCOPE };

/** The status that others see: a session that is asking waits for input. */
export function executionStatus(state: SessionState): ExecutionStatus {
  return state.status === 'running' && state.questions.length > 0
    ? 'waiting-for-input'
    : state.status;
}

/** The state that the session is about: the pending question's, else one that runs or waits. */
export function currentState(state: SessionState): StateId | null {
  return currentPlace(state)?.stateId ?? state.error?.stateId ?? null;
}

/** Where the session is at work or asks; null where nothing is under way. */
export function currentPlace(state: SessionState): Place | null {
  const busy = [...state.questions, ...Object.values(state.runs), ...Object.values(state.timers)];
  return busy[0] ?? null;
}

/** Share of the journey's own states that are done or passed over, 0 to 100. */
export function progress(graph: JourneyGraph, state: SessionState): number {
  if (state.status === 'completed') return 100;
  const nodes = Object.values(state.scopes[ROOT_SCOPE]?.nodes ?? {});
  const past = nodes.reduce((sum, node) => sum + shareOf(node), 0);
  const all = graph.bodies.get('')?.length ?? 0;
  return all === 0 ? 0 : Math.floor((past / all) * 100);
}

/** Of a loop or parallel under way, the iterations that are done count. */
function shareOf({ status, progress: body }: NodeState): number {
  if (status === 'done' || status === 'skipped') return 1;
  return body?.total ? body.closed / body.total : 0;
}
