import { isJsonObject, own, type JsonValue } from '../json.js';
import type { LoopState, ParallelState, StateId } from '../journey/types.js';
import { complete, completeChild, resultOf } from './completion.js';
import { fail } from './failures.js';
import { asks, bodyOf, stateOf, writes } from './graph.js';
import { enterSoon, run } from './running.js';
import { isAboutSession, scopeOf } from './scopes.js';
import {
  close,
  emit,
  hasArrived,
  isSettled,
  nextId,
  placeOf,
  say,
  type Place,
  type Step,
} from './step.js';
import type { BlockRun, BodyProgress, Scope, ScopeId } from './types.js';

/** More iterations than this are a fault of the workflow, as in Sim's editor. */
export const MAX_ITERATIONS = 1_000;

/** Begins a loop or parallel: learns first what it goes over, where that is not written down. */
export function startBody(step: Step, place: Place, state: LoopState | ParallelState): void {
  if (bodyOfPlace(step, place).length === 0) {
    complete(step, place, { output: { results: [] } });
    return;
  }
  const counted = countOf(state);
  if (counted !== null) plan(step, place, null, counted);
  else if (state.kind === 'loop' && state.loopType !== 'forEach') plan(step, place, null, null);
  else run(step, place);
}

function bodyOfPlace(step: Step, place: Place): readonly StateId[] {
  return step.graph.bodies.get(place.stateId) ?? [];
}

/** How often, where that is a plain number; null where items or a condition decide. */
function countOf(state: LoopState | ParallelState): number | null {
  if (state.kind === 'parallel') return state.parallelType === 'count' ? (state.count ?? 0) : null;
  if (state.loopType === 'for') return state.iterations ?? 0;
  return state.loopType === 'doWhile' && state.condition === null ? (state.iterations ?? 0) : null;
}

function plan(
  step: Step,
  place: Place,
  items: readonly JsonValue[] | null,
  total: number | null,
): void {
  if (total !== null && total > MAX_ITERATIONS) {
    failBody(step, place, total);
    return;
  }
  emit(step, { type: 'body-planned', ...placeOf(place), total, items });
  advance(step, place);
}

function failBody(step: Step, place: Place, total: number | null): void {
  const { label } = stateOf(step.graph, place.stateId);
  const many = total === null ? `more than ${MAX_ITERATIONS}` : String(total);
  fail(
    step,
    place,
    {
      code: 'iteration_limit',
      message: `"${label}" would repeat ${many} times; ${MAX_ITERATIONS} is the most.`,
      retryable: false,
    },
    { runId: null, durationMs: 0 },
  );
}

/** Takes what a loop or parallel wanted to know: `{items}`, or `{goesOn}` of its condition. */
export function bodyLearned(step: Step, block: BlockRun, output: JsonValue): void {
  emit(step, { type: 'node-prepared', ...placeOf(block), runId: block.id });
  const items = isJsonObject(output) ? own(output, 'items') : undefined;
  if (Array.isArray(items)) {
    plan(step, block, items as readonly JsonValue[], items.length);
  } else if (isJsonObject(output) && own(output, 'goesOn') === true) {
    emit(step, { type: 'loop-continued', ...placeOf(block) });
    advance(step, block);
  } else {
    completeBody(step, block);
  }
}

/** Opens what comes next of a loop or parallel, or ends it; nothing where something in it goes on. */
export function advance(step: Step, place: Place): void {
  const node = scopeOf(step.state, place.scopeId).nodes[place.stateId];
  const progress = node?.progress;
  if (step.state.status !== 'running' || node?.status !== 'running' || !progress) return;
  if (progress.opened > progress.closed || isRunning(step, place)) return;
  const state = stateOf(step.graph, place.stateId);
  if (progress.total !== null && progress.opened >= progress.total) {
    completeBody(step, place);
  } else if (state.kind === 'parallel') {
    const left = (progress.total ?? 0) - progress.opened;
    for (let n = Math.min(state.batchSize, left); n > 0; n -= 1)
      openIteration(step, place, progress);
  } else if (state.kind === 'loop') {
    if (!mustCheck(state, progress)) openIteration(step, place, progress);
    else if (progress.opened >= MAX_ITERATIONS) failBody(step, place, null);
    else run(step, place);
  }
}

function isRunning(step: Step, { scopeId, stateId }: Place): boolean {
  const runs = Object.values(step.state.runs);
  return runs.some((other) => other.scopeId === scopeId && other.stateId === stateId);
}

/** A `while` asks its condition before each iteration, a `doWhile` before each but the first. */
function mustCheck({ loopType }: LoopState, { total, goesOn, opened }: BodyProgress): boolean {
  if (total !== null || goesOn) return false;
  return loopType === 'while' || opened > 0;
}

function openIteration(step: Step, place: Place, progress: BodyProgress): void {
  const scope = scopeOf(step.state, place.scopeId);
  const state = stateOf(step.graph, place.stateId);
  const index = progress.opened;
  const id = nextId(step, 'scp');
  const ways = step.graph.enters.get(place.stateId) ?? [];
  const redo = scope.redo === true || progress.redo;
  if (announces(step, place)) sayItem(step, place, index, 'loop-item');
  emit(step, {
    type: 'scope-opened',
    scope: {
      id,
      kind: state.kind === 'loop' ? 'iteration' : 'branch',
      parent: placeOf(place),
      index,
      ...(redo && { redo }),
      nodes: {},
      edges: Object.fromEntries(ways.map((way) => [way.id, 'live' as const])),
      outputs: {},
      order: [],
    },
  });
  for (const stateId of new Set(ways.map(({ to }) => to))) {
    if (hasArrived(step, { scopeId: id, stateId })) enterSoon(step, { scopeId: id, stateId });
  }
}

/** Each item is named where the person is asked about it, or wants to hear of every step. */
function announces(step: Step, place: Place): boolean {
  const { verbosityLevel, showProgress, explainSteps, askForConfirmation } = step.state.config;
  if (stateOf(step.graph, place.stateId).kind === 'parallel') return false;
  if (verbosityLevel === 'minimal') return false;
  if (showProgress || explainSteps || verbosityLevel !== 'normal') return true;
  return bodyOfPlace(step, place).some((id) => {
    const state = stateOf(step.graph, id);
    return state.kind === 'form' || asks(state) || (askForConfirmation && writes(state));
  });
}

/** Says which item of a loop or parallel comes, or is meant. */
export function sayItem(
  step: Step,
  place: Place,
  index: number,
  key: 'loop-item' | 'about-item',
): void {
  const { progress } = scopeOf(step.state, place.scopeId).nodes[place.stateId] ?? {};
  say(step, key, {
    label: stateOf(step.graph, place.stateId).label,
    number: index + 1,
    total: progress?.total ?? 0,
    item: progress?.items?.[index] ?? null,
  });
}

function completeBody(step: Step, place: Place): void {
  const node = scopeOf(step.state, place.scopeId).nodes[place.stateId];
  complete(step, place, { output: { results: node?.progress?.results ?? [] } });
}

/** Ends a scope all of whose states are done: its iteration, or the child workflow's call. */
export function settle(step: Step, scopeId: ScopeId): void {
  const scope = own(step.state.scopes, scopeId);
  if (!scope?.parent || !isSettled(step, scope)) return;
  if (scope.kind === 'subjourney') {
    completeChild(step, scope, resultOf(step.graph, scope));
    return;
  }
  // Whether to go back in it is no longer a question.
  for (const question of step.state.questions.filter((asked) => asked.scopeId === scopeId)) {
    if (!isAboutSession(question)) close(step, question, 'superseded');
  }
  emit(step, { type: 'scope-closed', scopeId, order: resultOrder(step, scope) });
  advance(step, scope.parent);
}

/** In the order of the journey's states: which of two concurrent blocks came first is chance. */
function resultOrder(step: Step, scope: Scope): StateId[] {
  return bodyOf(step.graph, scope).filter(
    (id) => Object.hasOwn(scope.outputs, id) && stateOf(step.graph, id).kind !== 'inputs',
  );
}
