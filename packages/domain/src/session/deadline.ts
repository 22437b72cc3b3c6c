import { callOff } from './completion.js';
import { emit, nextId, say, type Step } from './step.js';
import type { TimerId } from './types.js';

/** Sets the end of the time that the whole may take, where the opening gave one. */
export function setDeadline(step: Step): void {
  const { timeoutMs } = step.state.execution;
  if (timeoutMs === undefined) return;
  const fireAt = new Date(Date.parse(step.now) + timeoutMs).toISOString();
  const deadline = { id: nextId(step, 'tmr'), fireAt };
  emit(step, { type: 'deadline-set', deadline });
  step.effects.push({ type: 'start-timer', timer: deadline });
}

/** Ends a session whose time is over; what is under way is called off. */
export function timeOut(step: Step, timerId: TimerId): void {
  emit(step, { type: 'timer-fired', timerId });
  callOff(step);
  const error = {
    code: 'execution_timeout',
    message: 'It took longer than it may.',
    retryable: false,
    suggestedActions: ['restart'],
  };
  emit(step, { type: 'failed', error });
  say(step, 'timed-out', { name: step.graph.journey.name });
  step.mustPrompt = false;
}
