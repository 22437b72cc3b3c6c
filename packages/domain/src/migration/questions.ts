import { acceptValue } from '../conversation/slot-values.js';
import { own, setOwn, type JsonValue } from '../json.js';
import type { JourneyState, Slot } from '../journey/types.js';
import { asks } from '../session/graph.js';
import { namesToAsk, nextFocus } from '../session/slot-questions.js';
import type { ChoiceQuestion, Question, SlotsQuestion } from '../session/types.js';
import { optionsOf } from '../session/choices.js';
import { refusal, type MoveRefusal, type Versions } from './refusals.js';
import { isSame } from './same.js';

/** A pending question as the new version asks it, the answers kept that fit. */
export function askedAs(
  { from, to }: Versions,
  question: Question,
): { readonly question: Question } | MoveRefusal {
  const before = from.states.get(question.stateId);
  const after = to.states.get(question.stateId);
  if (!before || !after) {
    const name = before ?? null;
    return refusal('step_removed', name, (label) => `${label}, where it stands, was removed.`);
  }
  if (question.kind === 'slots') return slotsAsked(before, after, question);
  if (question.kind === 'choice') return choiceAsked(before, after, question);
  const stays = question.kind !== 'confirmation' || isStillAsked(to, question);
  return stays ? { question } : nothingToAsk(after);
}

/** What a person is asked to acknowledge may ask for values now; where it was to go back to may be gone. */
function isStillAsked(
  to: Versions['to'],
  { purpose, stateId }: Extract<Question, { kind: 'confirmation' }>,
): boolean {
  if (purpose.type === 'rewind') return to.states.has(purpose.toStateId);
  const state = to.states.get(stateId);
  return purpose.type !== 'acknowledge' || (state?.kind === 'form' && state.slots.length === 0);
}

function nothingToAsk(state: JourneyState): MoveRefusal {
  return refusal('nothing_to_ask', state, (name) => `${name} does not ask what is asked now.`);
}

function choiceAsked(
  before: JourneyState,
  after: JourneyState,
  question: ChoiceQuestion,
): { readonly question: Question } | MoveRefusal {
  if (after.kind !== 'router' || isSame(before, after)) return { question };
  return after.routes.length === 0
    ? nothingToAsk(after)
    : { question: { ...question, options: optionsOf(after) } };
}

function slotsAsked(
  before: JourneyState,
  after: JourneyState,
  question: SlotsQuestion,
): { readonly question: Question } | MoveRefusal {
  if (!asks(before) || !asks(after)) return nothingToAsk(after);
  if (isSame(before.slots, after.slots)) return { question };
  const slots = [...after.slots, ...furtherSlots(before.slots, after.slots, question)];
  const { values, given } = keptAnswers(slots, question);
  const asked = namesAsked(before, after, slots, question);
  const isOpen = (name: string | null): name is string =>
    name !== null && asked.includes(name) && own(values, name) === undefined;
  const focus = isOpen(question.focus) ? question.focus : nextFocus(asked, values);
  if (focus === null) return nothingToAsk(after);
  const refusals = focus === question.focus ? question.refusals : 0;
  return { question: { ...question, slots, values, given, asked, focus, refusals } };
}

/** What an earlier answer showed to be needed beside what the state itself asks for. */
function furtherSlots(
  before: readonly Slot[],
  after: readonly Slot[],
  { slots }: SlotsQuestion,
): Slot[] {
  const known = new Set([...before, ...after].map(({ name }) => name));
  return slots.filter(({ name }) => !known.has(name));
}

function keptAnswers(
  slots: readonly Slot[],
  question: SlotsQuestion,
): Pick<SlotsQuestion, 'values' | 'given'> {
  const values: Record<string, JsonValue> = {};
  const given: string[] = [];
  for (const name of question.given) {
    const slot = slots.find((candidate) => candidate.name === name);
    const value = own(question.values, name);
    const accepted = slot && value !== undefined ? acceptValue(slot, value, Infinity) : null;
    if (!accepted?.ok || accepted.value === null) continue;
    setOwn(values, name, accepted.value);
    given.push(name);
  }
  return { values, given };
}

/** What was passed over stays so, unless it is needed now. */
function namesAsked(
  before: JourneyState,
  after: JourneyState,
  slots: readonly Slot[],
  question: SlotsQuestion,
): string[] {
  const passed = namesToAsk(before, question.slots).filter(
    (name) => !question.asked.includes(name),
  );
  const names = namesToAsk(after, slots).filter(
    (name) => !passed.includes(name) || slots.some((slot) => slot.name === name && slot.required),
  );
  const stillThere = question.asked.filter((name) => slots.some((slot) => slot.name === name));
  return [...new Set([...names, ...stillThere])];
}
