import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { InputsState, Slot } from '../journey/types.js';
import { fillGaps, gapsOf } from '../mapping/gaps.js';
import { complete } from './completion.js';
import { stateOf } from './graph.js';
import { scopesOutwards } from './scopes.js';
import { answeredValues, askSlots } from './slot-questions.js';
import { close, type Place, type Step } from './step.js';

/**
 * Ends a state that asked with what it was given. An answer such as the operation may show that a block
 * needs more, which is asked then.
 */
export function completeAsked(step: Step, place: Place, output: JsonValue): void {
  const state = stateOf(step.graph, place.stateId);
  if (state.kind !== 'inputs' || !isJsonObject(output)) {
    complete(step, place, { output });
    return;
  }
  const further = furtherSlots(step, state, output);
  if (further.length === 0) {
    complete(step, place, { output });
    passOn(step, place, output);
    return;
  }
  const slots = [...state.slots, ...further];
  const given = { ...givenBefore(step, place, further), ...answeredValues(slots, output) };
  const more = askSlots(step, place, slots, given, null);
  if (more !== null) complete(step, place, { output: more });
}

/** What was said for an earlier iteration holds for the next: nobody is asked for it ten times. */
export function givenBefore(step: Step, place: Place, slots: readonly Slot[]): JsonObject {
  for (const { echoes } of scopesOutwards(step.state, place.scopeId)) {
    const earlier = echoes && own(echoes, place.stateId);
    if (earlier !== undefined) return answeredValues(slots, earlier);
  }
  return {};
}

/** What the block turns out to lack once the answers are in its parameters. */
function furtherSlots(step: Step, { id, slots }: InputsState, answers: JsonObject): Slot[] {
  const [way] = step.graph.outgoing.get(id) ?? [];
  const block = way && stateOf(step.graph, way.to);
  if (block?.kind !== 'tool') return [];
  const { slots: open } = gapsOf({
    type: block.blockType,
    params: fillGaps(block.params, answers),
    kinds: {},
    triggerMode: false,
  });
  const known = new Set([...slots.map(({ name }) => name), ...Object.keys(answers)]);
  return open.filter(({ name, required }) => required && !known.has(name));
}

/** The branches of a parallel have asked the same already: one answer is enough. */
function passOn(step: Step, { scopeId, stateId }: Place, output: JsonObject): void {
  const call = callAround(step, scopeId);
  for (const question of [...step.state.questions]) {
    if (question.kind !== 'slots' || question.stateId !== stateId) continue;
    if (callAround(step, question.scopeId) !== call) continue;
    close(step, question, 'answered');
    complete(step, question, { output });
  }
}

/** The call of a child workflow that a scope belongs to; another call may want other values. */
function callAround(step: Step, scopeId: string): string | undefined {
  return scopesOutwards(step.state, scopeId).find(({ kind }) => kind === 'subjourney')?.id;
}
