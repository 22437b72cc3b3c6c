import type { JsonObject } from '../json.js';
import { advance, settle } from './bodies.js';
import { complete } from './completion.js';
import { bodyOf, stateOf, writes } from './graph.js';
import { enterSoon } from './running.js';
import { emit, placeOf, say, type Place, type Step } from './step.js';
import type { BlockRun, Scope } from './types.js';

/**
 * Pauses: nothing new begins. What runs is finished first or, where that is asked for, called off; what
 * was called off begins again after the pause, and asks before it does if it acts outside.
 */
export function pause(step: Step, callingOff: boolean): void {
  emit(step, { type: 'paused' });
  if (callingOff) for (const run of outsideRuns(step)) callOffRun(step, run);
  const steps = Object.values(step.state.runs).map(({ stateId }) => labelOf(step, stateId));
  if (steps.length > 0) say(step, 'pausing', { steps });
  else say(step, 'paused');
}

/** Runs that may take long; those that prepare loops, parallels and calls do not. */
function outsideRuns({ graph, state }: Step): BlockRun[] {
  return Object.values(state.runs).filter(({ stateId }) => {
    const { kind } = stateOf(graph, stateId);
    return kind === 'tool' || kind === 'router';
  });
}

function labelOf({ graph }: Step, stateId: Place['stateId']): string {
  return stateOf(graph, stateId).label;
}

function callOffRun(step: Step, run: BlockRun): void {
  const effectDone = writes(stateOf(step.graph, run.stateId));
  step.effects.push({ type: 'cancel-run', runId: run.id });
  emit(step, { type: 'run-called-off', ...placeOf(run), runId: run.id, effectDone });
}

/** Leaves out a block that runs; false where none does. */
export function skipRun(step: Step): boolean {
  const run = outsideRuns(step).find(({ stateId }) => stateOf(step.graph, stateId).kind === 'tool');
  if (!run) return false;
  step.effects.push({ type: 'cancel-run', runId: run.id });
  say(step, 'skipped', { label: labelOf(step, run.stateId) });
  complete(step, run, { output: null, runId: run.id });
  return true;
}

/** The output of a wait that is over. */
export function waited(step: Step): JsonObject {
  return { status: 'completed', resumedAt: step.now };
}

/** Goes on after a pause: ends the waits whose time came in it, and begins what became ready. */
export function goOn(step: Step): void {
  for (const place of places(step, isElapsed)) complete(step, place, { output: waited(step) });
  for (const place of places(step, isReady)) enterSoon(step, place);
  for (const scopeId of Object.keys(step.state.scopes)) settle(step, scopeId);
  for (const place of places(step, isUnderWay)) advance(step, place);
}

type Test = (step: Step, scope: Scope, stateId: Place['stateId']) => boolean;

function places(step: Step, test: Test): Place[] {
  return Object.values(step.state.scopes).flatMap((scope) =>
    bodyOf(step.graph, scope)
      .filter((stateId) => test(step, scope, stateId))
      .map((stateId) => ({ scopeId: scope.id, stateId })),
  );
}

/** A wait whose timer is gone: nothing wakes it any more. */
function isElapsed(step: Step, scope: Scope, stateId: Place['stateId']): boolean {
  return (
    scope.nodes[stateId]?.status === 'waiting' &&
    !Object.values(step.state.timers).some(
      (timer) => timer.scopeId === scope.id && timer.stateId === stateId,
    )
  );
}

/** A loop or parallel that may have something to open. */
function isUnderWay(step: Step, { nodes }: Scope, stateId: Place['stateId']): boolean {
  return nodes[stateId]?.progress !== undefined;
}

/** A state that could have begun, and has not. */
function isReady(step: Step, { nodes, edges }: Scope, stateId: Place['stateId']): boolean {
  if ((nodes[stateId]?.status ?? 'undone') !== 'undone') return false;
  const ways = step.graph.incoming.get(stateId) ?? [];
  if (ways.length === 0) return true;
  const decided = ways.every(({ id }) => edges[id] !== undefined);
  return decided && ways.some(({ id }) => edges[id] === 'live');
}
