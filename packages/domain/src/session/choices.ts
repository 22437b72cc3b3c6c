import type { JsonValue } from '../json.js';
import type { Route, RouterState, SlotOption } from '../journey/types.js';
import { complete } from './completion.js';
import { stateOf } from './graph.js';
import { ask, close, emit, nextId, placeOf, say, type Place, type Step } from './step.js';
import type { BlockError, BlockRun, ChoiceQuestion } from './types.js';

/** The answer that none of the routes fits; no route has this id. */
const NONE = '';

/** Where no model chose a route, the person is asked. */
export function askChoice(
  step: Step,
  block: BlockRun,
  error: BlockError,
  durationMs: number,
): void {
  const state = stateOf(step.graph, block.stateId);
  if (state.kind !== 'router') return;
  emit(step, {
    type: 'node-failed',
    ...placeOf(block),
    runId: block.id,
    error,
    effectDone: false,
    durationMs,
  });
  askRoute(step, block, state);
}

function askRoute(step: Step, place: Place, state: RouterState): void {
  const options = optionsOf(state);
  ask(step, { ...placeOf(place), id: nextId(step, 'qst'), kind: 'choice', options });
}

/** The ways that a person may choose from. */
export function optionsOf({ routes, hasErrorPath }: RouterState): SlotOption[] {
  const none = hasErrorPath ? [{ value: NONE, label: 'none of these' }] : [];
  return [...routes.map(({ id, title }) => ({ value: id, label: title })), ...none];
}

/** Takes the chosen route; what is no option is told. */
export function answerChoice(step: Step, question: ChoiceQuestion, given: JsonValue): void {
  step.mustPrompt = true;
  const state = stateOf(step.graph, question.stateId);
  const option = question.options.find(({ value, label }) => value === given || label === given);
  if (state.kind !== 'router' || !option) {
    say(step, 'choose-one');
    return;
  }
  close(step, question, 'chosen');
  const route = state.routes.find(({ id }) => id === option.value);
  if (!route) {
    const message = 'None of the routes fits.';
    complete(step, question, {
      output: { error: message, errorCode: 'no_route_matched' },
      failed: true,
    });
    return;
  }
  complete(step, question, { output: routeOutput(route), branchId: route.id });
}

/** What a router puts out, as where a model chose. */
function routeOutput({ id, title }: Route): JsonValue {
  return { selectedRoute: id, selectedPath: { blockId: id, blockTitle: title } };
}
