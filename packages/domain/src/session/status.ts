import type { StateId } from '../journey/types.js';
import { ROOT_SCOPE } from './evolve.js';
import type { JourneyGraph } from './graph.js';
import type { ExecutionStatus, SessionState } from './types.js';

export { ROOT_SCOPE };

/** The status that others see: a session that is asking waits for input. */
export function executionStatus(state: SessionState): ExecutionStatus {
  return state.status === 'running' && state.questions.length > 0
    ? 'waiting-for-input'
    : state.status;
}

/** The state that the session is about: the pending question's, else one that runs or waits. */
export function currentState(state: SessionState): StateId | null {
  const busy = [
    ...state.questions,
    ...Object.values(state.runs),
    ...Object.values(state.timers),
  ][0];
  return busy?.stateId ?? state.error?.stateId ?? null;
}

/** Share of the journey's states that are done or passed over, 0 to 100. */
export function progress(graph: JourneyGraph, state: SessionState): number {
  if (state.status === 'completed') return 100;
  const nodes = Object.values(state.scopes[ROOT_SCOPE]?.nodes ?? {});
  const past = nodes.filter(({ status }) => status === 'done' || status === 'skipped').length;
  return graph.states.size === 0 ? 0 : Math.floor((past / graph.states.size) * 100);
}
