import type { JsonObject, JsonValue } from '../json.js';
import type { Journey } from '../journey/types.js';
import { isInterruption } from './evolve.js';
import { viewQuestion, type QuestionView } from './question-view.js';
import type { SessionEvent, SessionState } from './types.js';

export const NOTICE_KINDS = [
  'session-started',
  'waiting-for-input',
  'reminder',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const;
/** What others outside a conversation may want to be told of. */
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** Something to tell. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly data: JsonObject;
  /** The question that may be answered by a link; null where there is none. */
  readonly formQuestionId: string | null;
}

/** Characters of JSON up to which a result is told; a larger one is fetched. */
const LONGEST_OUTPUT = 64 * 1024;

/** What is to be told of these events, in their order; `state` is the one that they left. */
export function noticesOf(
  journey: Journey,
  state: SessionState,
  events: readonly SessionEvent[],
): Notice[] {
  const notices: Notice[] = [];
  for (const event of events) {
    const notice = noticeOf(journey, state, event);
    if (notice !== null) notices.push(notice);
  }
  return notices;
}

function noticeOf(journey: Journey, state: SessionState, event: SessionEvent): Notice | null {
  switch (event.type) {
    case 'session-started':
      return plain('session-started');
    case 'question-asked':
      return isInterruption(event.question)
        ? null
        : asking('waiting-for-input', viewQuestion(journey, state, event.question.id));
    case 'reminded':
      return asking('reminder', viewQuestion(journey, state, state.questions[0]?.id ?? ''), {
        count: event.count,
      });
    case 'completed':
      return plain('completed', outputOf(event.output));
    case 'failed': {
      const { code, message } = event.error;
      return plain('failed', { error: { code, message } });
    }
    case 'cancelled':
    case 'expired':
      return plain(event.type);
    default:
      return null;
  }
}

function plain(kind: NoticeKind, data: JsonObject = {}): Notice {
  return { kind, data, formQuestionId: null };
}

/** A question that was answered before anybody could be told of it is no news. */
function asking(
  kind: NoticeKind,
  question: QuestionView | null,
  more: JsonObject = {},
): Notice | null {
  if (question === null) return null;
  const { isForm, ...rest } = question;
  const data = { ...more, question: JSON.parse(JSON.stringify(rest)) as JsonObject };
  return { kind, data, formQuestionId: isForm ? question.id : null };
}

function outputOf(output: JsonValue): JsonObject {
  return JSON.stringify(output).length > LONGEST_OUTPUT ? { outputOmitted: true } : { output };
}
