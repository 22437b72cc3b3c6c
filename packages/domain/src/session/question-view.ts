import type { JsonObject, JsonValue } from '../json.js';
import type { Journey, SlotOption, SlotType } from '../journey/types.js';
import { render } from '../conversation/voice/render.js';
import { graphOf, stateOf } from './graph.js';
import { promptFor, shownBy } from './prompts.js';
import type { Question, SessionState } from './types.js';
import { optionsOf, unanswered } from './view.js';

/** One field of a question, as a form shows it. */
export interface QuestionField {
  readonly name: string;
  readonly label: string;
  readonly type: SlotType;
  readonly description: string | null;
  readonly required: boolean;
  readonly default: JsonValue | null;
  readonly options?: readonly SlotOption[];
}

/** A question by itself, for who sees nothing else of the session. */
export interface QuestionView {
  readonly id: string;
  readonly kind: Question['kind'];
  /** A block of the workflow that was made to ask a person. */
  readonly isForm: boolean;
  /** The block's name. */
  readonly label: string;
  readonly description: string | null;
  readonly prompt: string;
  /** What is shown before it is asked. */
  readonly shown: { readonly text: string; readonly values: JsonObject };
  /** What is still open; empty but for a question of kind `slots`. */
  readonly fields: readonly QuestionField[];
  /** With kind `repair` and `choice`: what can be answered. */
  readonly options?: readonly string[];
}

const NOTHING = { text: '', values: {} };

/** A question that is asked just now, wherever it stands among those; null once it is not. */
export function viewQuestion(
  journey: Journey,
  state: SessionState,
  questionId: string,
): QuestionView | null {
  const question = state.questions.find(({ id }) => id === questionId);
  if (!question) return null;
  const graph = graphOf(journey);
  const asking = stateOf(graph, question.stateId);
  return {
    id: question.id,
    kind: question.kind,
    isForm: asking.kind === 'form',
    label: asking.label,
    description: asking.description,
    prompt: render(promptFor(graph, state, question)),
    shown: asking.kind === 'form' ? shownBy({ graph, state }, question.scopeId, asking) : NOTHING,
    fields: fieldsOf(question),
    ...optionsOf(question),
  };
}

function fieldsOf(question: Question): QuestionField[] {
  if (question.kind !== 'slots') return [];
  return unanswered(question).map(
    ({ name, label, type, description, required, options, ...slot }) => ({
      name,
      label,
      type,
      description,
      required,
      default: slot.default,
      ...(options && { options }),
    }),
  );
}
