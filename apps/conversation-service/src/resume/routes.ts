import { CONVERSATION_ROUTES } from '@sim/contracts';
import { setOwn, type JsonValue } from '@sim/domain';
import { jsonBody, ProblemError, validate } from '@sim/service-kit';
import express, {
  Router,
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import {
  answerBehind,
  questionBehind,
  type LinkAnswer,
  type LinkOutcome,
  type OpenQuestion,
  type ResumePorts,
} from './answer-question.js';
import { outcomePage, problemText, questionPage, VALUE_PREFIX } from './page.js';

const { getResumeQuestion, answerResumeQuestion } = CONVERSATION_ROUTES;
const FORM = 'application/x-www-form-urlencoded';
/** A form that a person fills in. */
const LONGEST_FORM = '100kb';

/**
 * Questions that are answered by a link, without a sign-in. For programs as JSON, for people as a page;
 * both show the question and nothing else of its session.
 */
export function resumeRoutes(ports: ResumePorts, limit: RequestHandler): Router {
  const router = Router();
  router.get(getResumeQuestion.path, limit, async (req, res) => {
    const open = await questionBehind(ports, tokenOf(req));
    if (wantsPage(req)) sendPage(res, 200, questionPage(open));
    else sendJson(res, shown(open));
  });
  const readForm = express.urlencoded({ extended: false, limit: LONGEST_FORM, type: FORM });
  router.post(answerResumeQuestion.path, limit, readForm, jsonBody(), async (req, res) => {
    const outcome = await answerBehind(ports, tokenOf(req), answerOf(req));
    if (wantsPage(req)) sendPage(res, outcome.answered ? 200 : 422, outcomePage(outcome));
    else sendJson(res, shownOutcome(outcome));
  });
  router.use(problemPages());
  return router;
}

function tokenOf(req: Request): string {
  return String(req.params['token']);
}

function wantsPage(req: Request): boolean {
  return req.accepts(['application/json', 'text/html']) === 'text/html';
}

function answerOf(req: Request): LinkAnswer {
  const given: unknown = req.is(FORM) ? fromForm(req.body as Record<string, unknown>) : req.body;
  return validate(answerResumeQuestion.request.body.schema)(given ?? {}, 'body');
}

/** Fields left empty are not given. */
function fromForm(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith(VALUE_PREFIX) || typeof value !== 'string') continue;
    setOwn(values, name.slice(VALUE_PREFIX.length), value === '' ? null : value);
  }
  const { approved, option } = fields;
  if (approved !== undefined) return { approved: approved === 'true' };
  return option === undefined ? { values } : { option };
}

function shown({ workflowName, question, expiresAt }: OpenQuestion) {
  return { workflowName, question: view(question), expiresAt: expiresAt.toISOString() };
}

function shownOutcome({ answered, messages, question }: LinkOutcome) {
  return { answered, messages, question: question && view(question) };
}

function view({ kind, label, description, prompt, shown: items, fields, ...rest }: QuestionOf) {
  const { options } = rest;
  return {
    kind,
    label,
    description,
    prompt,
    shown: items,
    fields,
    ...(options && { options }),
  };
}
type QuestionOf = OpenQuestion['question'];

function sendJson(res: Response, body: object): void {
  res.set({ 'Cache-Control': 'no-store', Vary: 'Accept' }).json(body);
}

function sendPage(res: Response, status: number, html: string): void {
  res.status(status).set({ 'Cache-Control': 'no-store', Vary: 'Accept' }).type('html').send(html);
}

/** Who follows a link that is of no use reads why; programs get the problem. */
function problemPages(): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (error instanceof ProblemError && error.status < 500 && wantsPage(req)) {
      res.set(error.headers);
      sendPage(res, error.status, problemText(error.title, error.detail));
    } else {
      next(error);
    }
  };
}
