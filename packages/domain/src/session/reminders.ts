import { emit, pendingQuestion, say, type Step } from './step.js';

/** Puts the pending question once more. Who was answered, paused or ended is not reminded. */
export function remind(step: Step): void {
  if (step.state.status !== 'running' || pendingQuestion(step.state) === null) return;
  const count = (step.state.reminded ?? 0) + 1;
  emit(step, { type: 'reminded', count });
  say(step, 'reminder', { count });
  step.mustPrompt = true;
}
