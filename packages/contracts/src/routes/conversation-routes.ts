import * as c from '../conversation.js';
import { conversion, journey, journeyQuery, previewBody, xstateExport } from '../journey.js';
import { pageQuery } from '../page.js';
import { health, liveness, readiness } from '../platform.js';
import { migrateSessionsBody, migrationReport } from '../session-migration.js';
import { MAX_WORKFLOW_BYTES, workflowParams } from '../workflows.js';
import { CONVERSATION_BASE_PATH } from './base-path.js';
import { idempotentHeaders, streamHeaders, turnHeaders } from './headers.js';
import { RESUME_ROUTES } from './resume-routes.js';
import { defineRoutes, json } from './route.js';
import { RUN_ROUTES } from './run-routes.js';

const base = CONVERSATION_BASE_PATH;
const session = `${base}/sessions/:sessionId`;

const turnProblems = [
  'session_not_found',
  'session_busy',
  'idempotency_key_reused',
  'too_many_sessions',
  'rate_limited',
] as const;
const turnResponses = {
  200: json(c.turnAnswer, 'What was done and said'),
  202: json(c.turnAnswer, 'Taken, with Prefer: respond-async; the rest arrives by events', {
    'Preference-Applied': 'respond-async',
  }),
} as const;

const JOURNEY_ROUTES = defineRoutes('conversation-service', {
  convertWorkflow: {
    method: 'post',
    path: `${base}/workflows/:workflowId/convert`,
    tag: 'journeys',
    summary: 'Map the current version of a workflow to a journey',
    access: 'editor',
    request: { params: workflowParams },
    responses: { 200: json(conversion, 'The journey, where everything went, and what is wrong') },
    problems: ['workflow_not_found', 'not_a_workflow'],
  },
  getJourney: {
    method: 'get',
    path: `${base}/workflows/:workflowId/journey`,
    tag: 'journeys',
    summary: 'The journey of a workflow',
    access: 'viewer',
    request: { params: workflowParams, query: journeyQuery },
    responses: {
      200: {
        description: 'The journey; as Mermaid it comes as text, as XState in JSON of its own',
        content: { 'application/json': journey.or(xstateExport), 'text/plain': null },
      },
    },
    problems: ['workflow_not_found', 'not_a_workflow', 'journey_format_unavailable'],
  },
  migrateSessions: {
    method: 'post',
    path: `${base}/workflows/:workflowId/sessions/migrate`,
    tag: 'journeys',
    summary: 'Move live sessions to another version of the journey',
    description:
      'Each session goes on where it stands, block for block by their ids, or stays on its version with ' +
      'the reason. Nothing is run and nothing is asked that was not asked before.',
    access: 'editor',
    request: {
      params: workflowParams,
      body: { schema: migrateSessionsBody, required: false },
    },
    responses: { 200: json(migrationReport, 'What moved, and why the others stay') },
    problems: [
      'workflow_not_found',
      'not_a_workflow',
      'workflow_not_runnable',
      'journey_version_not_found',
    ],
  },
  previewWorkflow: {
    method: 'post',
    path: `${base}/preview`,
    tag: 'journeys',
    summary: 'Map a workflow without storing anything',
    access: 'viewer',
    request: { body: { schema: previewBody, maxBytes: MAX_WORKFLOW_BYTES } },
    responses: { 200: json(conversion, 'The journey, where everything went, and what is wrong') },
    problems: ['not_a_workflow'],
  },
});

const SESSION_ROUTES = defineRoutes('conversation-service', {
  openSession: {
    method: 'post',
    path: `${base}/sessions`,
    tag: 'sessions',
    summary: 'Open a session',
    access: 'editor',
    request: { headers: idempotentHeaders, body: { schema: c.openSessionBody } },
    responses: { 201: json(c.openSessionAnswer, 'Opened', { Location: 'Its path' }) },
    problems: [
      'workflow_not_found',
      'not_a_workflow',
      'workflow_not_runnable',
      'too_many_sessions',
      'idempotency_key_reused',
    ],
  },
  listSessions: {
    method: 'get',
    path: `${base}/sessions`,
    tag: 'sessions',
    summary: 'Sessions of the workspace',
    access: 'viewer',
    request: { query: c.sessionsQuery },
    responses: { 200: json(c.sessionsPage, 'A page, the latest first') },
    problems: [],
  },
  getSessionState: {
    method: 'get',
    path: session,
    tag: 'sessions',
    summary: 'Where a session stands',
    access: 'viewer',
    request: { params: c.sessionParams },
    responses: { 200: json(c.sessionAnswer, 'Its state') },
    problems: ['session_not_found'],
  },
  sendCommand: {
    method: 'post',
    path: `${session}/commands`,
    tag: 'sessions',
    summary: 'Say something',
    access: 'editor',
    request: {
      params: c.sessionParams,
      headers: turnHeaders,
      body: { schema: c.commandBody },
    },
    responses: turnResponses,
    problems: turnProblems,
  },
  performAction: {
    method: 'post',
    path: `${session}/actions`,
    tag: 'sessions',
    summary: 'Do something, without language',
    access: 'editor',
    request: {
      params: c.sessionParams,
      headers: turnHeaders,
      body: { schema: c.actionBody },
    },
    responses: turnResponses,
    problems: turnProblems,
  },
  listTurns: {
    method: 'get',
    path: `${session}/turns`,
    tag: 'sessions',
    summary: 'What was said',
    access: 'viewer',
    request: { params: c.sessionParams, query: pageQuery },
    responses: { 200: json(c.turnsPage, 'A page, in the order in which it was said') },
    problems: ['session_not_found'],
  },
  listEvents: {
    method: 'get',
    path: `${session}/events`,
    tag: 'sessions',
    summary: 'What happened',
    description:
      'A page of JSON, or with Accept: text/event-stream a stream that goes on; Last-Event-ID takes ' +
      'it up where it broke off. What an agent says while it is under way comes in the stream as ' +
      'agent-message-delta, {runId, stateId, nodeId, index, text}, without an id: it is not kept, and ' +
      'its whole text arrives with an event.',
    access: 'viewer',
    request: { params: c.sessionParams, query: pageQuery, headers: streamHeaders },
    responses: {
      200: {
        description: 'Events in their order',
        content: { 'application/json': c.eventsPage, 'text/event-stream': null },
      },
    },
    problems: ['session_not_found'],
  },
  endSession: {
    method: 'delete',
    path: session,
    tag: 'sessions',
    summary: 'End a session',
    access: 'editor',
    request: { params: c.sessionParams },
    responses: { 200: json(c.endedSession, 'Its last state') },
    problems: ['session_not_found', 'session_busy'],
  },
});

const LANGUAGE_ROUTES = defineRoutes('conversation-service', {
  analyzeUtterance: {
    method: 'post',
    path: `${base}/nlp/analyze`,
    tag: 'language',
    summary: 'Understand an utterance outside of a session',
    access: 'viewer',
    request: { body: { schema: c.analyzeBody } },
    responses: { 200: json(c.analysis, 'How it is understood') },
    problems: [],
  },
  warmCache: {
    method: 'post',
    path: `${base}/warm-cache`,
    tag: 'language',
    summary: 'Put journeys into the cache before they are asked for',
    access: 'editor',
    request: { body: { schema: c.warmCacheBody, required: false } },
    responses: { 200: json(c.warmCacheAnswer, 'Done') },
    problems: ['workflow_not_found', 'not_a_workflow'],
  },
});

const probe = {
  method: 'get',
  tag: 'operations',
  access: 'public',
  request: {},
  problems: [],
} as const;

const CONVERSATION_PROBES = defineRoutes('conversation-service', {
  getConversationHealth: {
    ...probe,
    path: `${base}/health`,
    summary: 'State of the services that this one needs',
    responses: {
      200: json(health, 'It works, perhaps with less than everything'),
      503: json(health, 'Something that it needs is unhealthy'),
    },
  },
  getConversationReady: {
    ...probe,
    path: `${base}/ready`,
    summary: 'Whether a turn can be answered',
    responses: { 200: json(readiness, 'Ready'), 503: json(readiness, 'Not ready') },
  },
  getConversationLive: {
    ...probe,
    path: `${base}/live`,
    summary: 'Whether the process lives',
    responses: { 200: json(liveness, 'It lives') },
  },
});

/** Every endpoint of conversation-service. */
export const CONVERSATION_ROUTES = {
  ...JOURNEY_ROUTES,
  ...RUN_ROUTES,
  ...SESSION_ROUTES,
  ...LANGUAGE_ROUTES,
  ...RESUME_ROUTES,
  ...CONVERSATION_PROBES,
};
