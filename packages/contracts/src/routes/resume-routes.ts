import * as r from '../resume.js';
import { CONVERSATION_BASE_PATH } from './base-path.js';
import { defineRoutes, json } from './route.js';

const path = `${CONVERSATION_BASE_PATH}/resume/:token` as const;
const problems = ['resume_link_unknown', 'resume_link_gone'] as const;

/** A question that is answered by a link, without a sign-in. */
export const RESUME_ROUTES = defineRoutes('conversation-service', {
  getResumeQuestion: {
    method: 'get',
    path,
    tag: 'resume links',
    summary: 'What a resume link asks',
    description: 'As JSON, or with Accept: text/html as a page with a form.',
    access: 'public',
    request: { params: r.resumeParams },
    responses: {
      200: {
        description: 'The question, and what is shown with it',
        content: { 'application/json': r.openResumeQuestion, 'text/html': null },
      },
    },
    problems,
  },
  answerResumeQuestion: {
    method: 'post',
    path,
    tag: 'resume links',
    summary: 'Answer what a resume link asks',
    description: 'Works once: the link is of no use after it.',
    access: 'public',
    request: { params: r.resumeParams, body: { schema: r.answerResumeBody } },
    responses: { 200: json(r.resumeOutcome, 'Taken, or what is still missing') },
    problems: [...problems, 'session_paused', 'session_busy'],
  },
});
