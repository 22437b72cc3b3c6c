import { isJsonObject, type JsonObject, type JsonValue, type QuestionView } from '@sim/domain';
import type { AskedQuestion, Engine, TurnAnswer } from '@sim/engine';
import { conflict, notFound, ProblemError } from '@sim/service-kit';
import type { ResumeLinks } from './resume-links.js';

/** What the use cases of a link work with. */
export interface ResumePorts {
  readonly links: ResumeLinks;
  readonly engine: Pick<Engine, 'command' | 'question'>;
  readonly clock: () => Date;
}

/** A question as the holder of its link sees it. */
export interface OpenQuestion {
  readonly workflowName: string;
  readonly question: QuestionView;
  readonly expiresAt: Date;
}

/** What the holder of a link answers with. */
export interface LinkAnswer {
  readonly values?: JsonObject | undefined;
  readonly approved?: boolean | undefined;
  readonly option?: JsonValue | undefined;
}

/** What came of an answer: nothing is told of what the session does with it. */
export interface LinkOutcome {
  readonly answered: boolean;
  /** What is wrong with an answer that was not taken. */
  readonly messages: readonly string[];
  /** What is still open; null once the question is answered. */
  readonly question: QuestionView | null;
}

/** So long the answer waits for blocks that follow it; they go on behind it. */
const REPLY_WITHIN_MS = 2_000;

/**
 * The question that a link is for.
 * @throws ProblemError `resume_link_unknown`, `resume_link_gone`
 */
export async function questionBehind(ports: ResumePorts, token: string): Promise<OpenQuestion> {
  const { right, asked } = await read(ports, token);
  const { question, workflowName } = asked;
  return { workflowName, question, expiresAt: right.until };
}

/**
 * Answers the question that a link is for, once.
 * @throws ProblemError `resume_link_unknown`, `resume_link_gone`, `session_paused`
 */
export async function answerBehind(
  ports: ResumePorts,
  token: string,
  answer: LinkAnswer,
): Promise<LinkOutcome> {
  const { right, asked } = await read(ports, token);
  const { sessionId, questionId } = right;
  const parameters = { questionId, ...valuesFor(asked.question, answer) };
  const turn = await ports.engine.command({
    sessionId,
    workspaceId: null,
    input: { kind: 'act', action: 'answer', parameters },
    replyWithinMs: REPLY_WITHIN_MS,
  });
  refuseWhatCameTooLate(turn);
  const left = await ports.engine.question(sessionId, questionId);
  const question = left?.question ?? null;
  if (question === null) return { answered: true, messages: [], question };
  const messages = turn.messages.filter(({ key }) => isAboutAnswer(key)).map(({ text }) => text);
  return { answered: false, messages, question };
}

async function read(ports: ResumePorts, token: string) {
  const right = ports.links.read(token);
  if (right === null) {
    throw notFound(
      'resume_link_unknown',
      'This is no link of ours. Check that it was copied whole.',
    );
  }
  if (right.until <= ports.clock()) throw gone('The time of this link is over.');
  const asked = await ports.engine.question(right.sessionId, right.questionId);
  return { right, asked: open(asked) };
}

function open(asked: AskedQuestion | null) {
  if (asked?.status === 'expired') throw gone('The conversation waited for too long and is over.');
  const question = asked?.question;
  // Only forms are made to be answered by whoever is told of them.
  if (!asked || !question?.isForm) throw gone('This question was answered, or is no longer asked.');
  return { ...asked, question };
}

function gone(detail: string): ProblemError {
  return new ProblemError(410, 'resume_link_gone', `${detail} The link is of no use any more.`);
}

/** A session that changed between the look and the answer. */
function refuseWhatCameTooLate({ messages }: TurnAnswer): void {
  const said = new Set(messages.map(({ key }) => key));
  if (said.has('no-longer-asked') || said.has('has-ended')) {
    throw gone('This question was answered, or is no longer asked.');
  }
  if (said.has('is-paused')) {
    throw conflict('session_paused', 'The conversation is paused. Answer once it goes on.');
  }
}

function isAboutAnswer(key: string): boolean {
  return key.startsWith('refused-') || ABOUT_ANSWERS.has(key);
}

const ABOUT_ANSWERS: ReadonlySet<string> = new Set([
  'answer-unreadable',
  'not-an-option',
  'not-asked-for',
  'unknown-slot',
  'yes-or-no',
]);

/** Yes or no goes to the question itself, or to the field of a form that asks for it. */
function valuesFor(question: QuestionView, { values, approved, option }: LinkAnswer): JsonObject {
  if (isJsonObject(values ?? null)) return { values: values as JsonObject };
  if (option !== undefined) return question.kind === 'slots' ? { value: option } : { option };
  if (approved === undefined) return {};
  if (question.kind !== 'slots') return { value: approved };
  const fields = question.fields.filter(({ type }) => type === 'boolean');
  const field = fields.find(({ name }) => name === 'approved') ?? fields[0];
  return { values: { [field?.name ?? 'approved']: approved } };
}
