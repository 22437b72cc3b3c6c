import * as r from '../runs.js';
import { workflowParams } from '../workflows.js';
import { runHeaders } from './headers.js';
import { defineRoutes, json } from './route.js';

const SESSION = {
  'X-Session-Id': 'The session that the run is',
} as const;

/** One contract for both services: sim-app hands the request on. */
const RUN = {
  method: 'post',
  tag: 'runs',
  summary: 'Run a workflow without a conversation',
  description:
    'Every start value comes in `input`, and nobody is asked before side effects: the right to call this ' +
    'is the yes. Answers when the run has ended, when it needs a person, or when the wait is over ' +
    '(`Prefer: wait=SECONDS`, at most RUN_WAIT_MS); in the last case with 202, and the run goes on. ' +
    'With `Prefer: respond-async` it answers 202 as soon as the run is safely under way. A run that fails ' +
    'is a success of this endpoint: 200, with status `failed`. With `Accept: text/event-stream` the ' +
    'events come as they happen, as from the events of its session, streamed text of models as ' +
    '`agent-message-delta`, and last `run-completed` with the result. A run is a session: it can be ' +
    'followed, answered and cancelled as one. A client that goes away does not stop it.',
  access: 'editor',
  request: {
    params: workflowParams,
    query: r.runQuery,
    headers: runHeaders,
    body: { schema: r.runBody, required: false },
  },
  responses: {
    200: {
      description: 'How it ended or what it needs, or a stream of its events',
      content: { 'application/json': r.runResult, 'text/event-stream': null },
      headers: SESSION,
    },
    202: json(r.runResult, 'It is under way and goes on', {
      ...SESSION,
      Location: 'Where to ask for its state',
    }),
  },
  problems: [
    'workflow_not_found',
    'not_a_workflow',
    'workflow_not_runnable',
    'run_input_invalid',
    'too_many_sessions',
    'idempotency_key_reused',
  ],
} as const;

/** The direct run, where the engine is. */
export const RUN_ROUTES = defineRoutes('conversation-service', {
  runWorkflowDirectly: {
    ...RUN,
    path: '/api/v1/conversational-workflows/workflows/:workflowId/run',
  },
});

/** The direct run, where the workflows are. */
export const FORWARDED_RUN_ROUTES = defineRoutes('sim-app', {
  runWorkflow: {
    ...RUN,
    path: '/api/v1/workflows/:workflowId/run',
    problems: [...RUN.problems, 'conversation_service_unavailable', 'unavailable'],
  },
});
