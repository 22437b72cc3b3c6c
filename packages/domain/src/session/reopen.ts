import { setDeadline } from './deadline.js';
import { askRepair } from './failures.js';
import { stateOf, writes } from './graph.js';
import { goOn } from './pause.js';
import { run } from './running.js';
import { emit, nextId, placeOf, say, type Step } from './step.js';
import type { BlockError, BlockRun, PendingTimer } from './types.js';

/**
 * Takes an expired session up where it was left. What was called off is begun again: waits that are not over
 * yet, and blocks that change nothing outside; about the others the person is asked.
 */
export function reopen(step: Step): void {
  const timers = Object.values(step.state.suspended?.timers ?? {});
  emit(step, { type: 'reopened' });
  say(step, 'resumed');
  step.mustPrompt = true;
  if (step.state.status !== 'running') {
    say(step, 'ready-to-start');
    return;
  }
  // What the whole may take is counted anew: the time away is not held against it.
  setDeadline(step);
  for (const block of Object.values(step.state.runs)) {
    endLost(step, block, !writes(stateOf(step.graph, block.stateId)));
  }
  for (const timer of timers) if (timer.fireAt > step.now) setAgain(step, timer);
  // Waits that are over have no timer now, and end.
  goOn(step);
}

/** Ends a run whose outcome nobody will tell, and runs its block again where that is safe. */
export function endLost(step: Step, block: BlockRun, safe: boolean): void {
  const state = stateOf(step.graph, block.stateId);
  const error: BlockError = {
    code: 'outcome_unknown',
    message: `"${state.label}" was interrupted, and it is not known whether it was done.`,
    retryable: true,
  };
  emit(step, {
    type: 'node-failed',
    ...placeOf(block),
    runId: block.id,
    error,
    effectDone: writes(state),
    durationMs: 0,
  });
  if (safe) run(step, block);
  else askRepair(step, block, error);
}

function setAgain(step: Step, { scopeId, stateId, fireAt }: PendingTimer): void {
  const timer = { scopeId, stateId, id: nextId(step, 'tmr'), fireAt };
  emit(step, { type: 'timer-set', timer });
  step.effects.push({ type: 'start-timer', timer });
  const delayMs = Date.parse(fireAt) - Date.parse(step.now);
  say(step, 'timer-set', { label: stateOf(step.graph, stateId).label, fireAt, delayMs });
}
