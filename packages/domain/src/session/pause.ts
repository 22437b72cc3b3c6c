import type { JsonObject } from '../json.js';
import { advance, settle } from './bodies.js';
import { complete } from './completion.js';
import { bodyOf } from './graph.js';
import { enterSoon } from './running.js';
import type { Place, Step } from './step.js';
import type { Scope } from './types.js';

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
