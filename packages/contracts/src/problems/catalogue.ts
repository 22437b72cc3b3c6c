import { kind, type ProblemKind } from './kind.js';
import { SOCKETS } from './sockets.js';

export type { ProblemKind };

/** Problems of the request's form. */
const REQUEST = {
  invalid_body: kind(
    400,
    'The body is not as expected',
    'A field of the body is missing, unknown or of the wrong type; `errors` names each by its path.',
    'Correct the named fields. The body of every request is described at /api/docs.',
  ),
  invalid_query: kind(
    400,
    'The query is not as expected',
    'A query parameter is unknown or has a value that is not accepted; `errors` names it.',
    'Correct the named parameters.',
  ),
  invalid_cursor: kind(
    400,
    'The cursor is not one of ours',
    'The cursor was changed, or is that of another list.',
    'Send a nextCursor as it came, or leave it out to begin at the start.',
  ),
  invalid_params: kind(
    400,
    'A part of the path is not as expected',
    'A part of the path, such as the name of a secret, has a form that is not accepted.',
    'Correct the named part.',
  ),
  invalid_headers: kind(
    400,
    'A header is not as expected',
    'A request header such as Idempotency-Key or If-Match has a form that is not accepted.',
    'Correct the named headers.',
  ),
  invalid_json: kind(
    400,
    'The body is not JSON',
    'The body cannot be parsed; the detail says where parsing stopped.',
    'Send valid JSON, in UTF-8.',
  ),
  too_deep: kind(
    400,
    'The body is nested too deeply',
    'Objects and arrays stand in one another deeper than is accepted.',
    'Flatten the document; the detail names the path and the limit.',
  ),
  incomplete_body: kind(
    400,
    'The body ended early',
    'The connection closed before Content-Length bytes came.',
    'Send the request again.',
  ),
  invalid_url: kind(
    400,
    'The path is not a path',
    'The path is not properly percent-encoded.',
    'Encode each part of the path, such as with encodeURIComponent.',
  ),
  payload_too_large: kind(
    413,
    'The body is too large',
    'The body has more bytes than this endpoint takes.',
    'Send less; workflow imports take up to 10 MB, other bodies up to 1 MB.',
  ),
  unsupported_media_type: kind(
    415,
    'The body is of another kind',
    'The Content-Type is missing or is one that this endpoint does not read.',
    'Send the Content-Type that the detail names.',
  ),
  unsupported_encoding: kind(
    415,
    'The encoding is not supported',
    'The Content-Encoding or the charset is not one that is read here.',
    'Send UTF-8, uncompressed or with gzip, deflate or br.',
  ),
  route_not_found: kind(
    404,
    'There is no such endpoint',
    'No route has this method and path.',
    'Look the endpoint up at /api/docs.',
  ),
} as const;

/** Problems of who asks. */
const ACCESS = {
  token_missing: kind(
    401,
    'Nobody is signed in',
    'The request has neither an access token nor an API key.',
    'Send Authorization: Bearer <token> from POST /api/v1/auth/token, or X-API-Key.',
  ),
  token_invalid: kind(
    401,
    'The access token is not valid',
    'The token is not one of ours, was changed, or was signed with another JWT_SECRET.',
    'Get a new one at POST /api/v1/auth/token.',
  ),
  token_expired: kind(
    401,
    'The access token has expired',
    'Access tokens live for minutes.',
    'Get a new one at POST /api/v1/auth/token.',
  ),
  api_key_invalid: kind(
    401,
    'The API key is not valid',
    'The key is unknown, was revoked or has expired, or its maker left the workspace.',
    'Make a new key in the workspace.',
  ),
  session_missing: kind(
    401,
    'There is no sign-in session',
    'POST /api/v1/auth/token needs the session of a sign-in (cookie or bearer) or an API key.',
    'Sign in at POST /api/v1/auth/sign-in/email and send its token as Authorization: Bearer.',
  ),
  credentials_invalid: kind(
    401,
    'E-mail or password is wrong',
    'No account has this e-mail and password. Which of the two is wrong is not told.',
    'Check both, or sign up.',
  ),
  email_taken: kind(
    409,
    'The e-mail has an account',
    'Somebody signed up with this e-mail before.',
    'Sign in instead, or use another e-mail.',
  ),
  auth_refused: kind(
    400,
    'The sign-in request was refused',
    'The identity library does not accept the request; the detail says why.',
    'Follow the detail.',
  ),
  auth_forbidden: kind(
    403,
    'The sign-in request is not allowed',
    'A request with cookies came without a trusted Origin header, as cross-site forgeries do.',
    'Send it from a trusted origin, or without cookies and with Authorization: Bearer.',
  ),
  origin_not_allowed: kind(
    403,
    'The origin is not trusted',
    'The Origin header names a site that is neither this host nor listed in CORS_ORIGINS.',
    'Add the origin to CORS_ORIGINS.',
  ),
  role_insufficient: kind(
    403,
    'The role does not allow this',
    'The endpoint needs a role with more rights than yours has in this workspace.',
    'Ask an owner or admin of the workspace.',
  ),
  rate_limited: kind(
    429,
    'Too many requests',
    'The limit per address or per user is used up for this window.',
    'Wait as many seconds as Retry-After says.',
  ),
} as const;

const missing = (what: string, where: string): ProblemKind =>
  kind(
    404,
    `There is no such ${what}`,
    `No ${what} of this workspace has that id. One of another workspace looks the same from here.`,
    `Look the id up at ${where}, with a token for the right workspace.`,
  );

/** Problems of the things that are asked for. */
const THINGS = {
  workspace_not_found: missing('workspace', 'GET /api/v1/workspaces'),
  member_not_found: missing('member', 'GET /api/v1/workspaces/:workspaceId/members'),
  api_key_not_found: missing('API key', 'GET /api/v1/workspaces/:workspaceId/api-keys'),
  workflow_not_found: missing('workflow', 'GET /api/v1/workflows'),
  version_not_found: missing('version', 'GET /api/v1/workflows/:workflowId/versions'),
  journey_version_not_found: kind(
    404,
    'The workflow was never mapped to that version',
    'No journey of that version is kept for this workflow.',
    'Take a version that POST …/convert gave for this workflow, or leave toVersion out for the current one.',
  ),
  tool_not_found: missing('tool', 'GET /api/v1/tools'),
  knowledge_base_not_found: missing('knowledge base', 'GET /api/v1/knowledge'),
  document_not_found: missing('document', 'GET /api/v1/knowledge/:knowledgeBaseId/documents'),
  webhook_not_found: missing('webhook', 'GET /api/v1/webhooks'),
  secret_not_found: missing('secret', 'GET /api/v1/secrets'),
  session_not_found: missing('session', 'GET /api/v1/conversational-workflows/sessions'),
  resume_link_unknown: kind(
    404,
    'The link is none of ours',
    'A link by which a question is answered was changed, or not copied whole.',
    'Take the link from the message again.',
  ),
  resume_link_gone: kind(
    410,
    'The link is of no use any more',
    'The question was answered already, is no longer asked, or its time is over.',
    'Nothing is to be done; ask who sent it where an answer is still wanted.',
  ),
  session_paused: kind(
    409,
    'The conversation is paused',
    'A paused session takes no answers.',
    'Resume the session, then answer.',
  ),
  user_not_found: kind(
    404,
    'Nobody has that e-mail',
    'A member is added by the e-mail of an account, and there is none.',
    'Ask the person to sign up first.',
  ),
  already_member: kind(
    409,
    'The person is a member already',
    'A person is in a workspace once.',
    'Change the role instead.',
  ),
  last_owner: kind(
    409,
    'A workspace needs an owner',
    'The change would leave the workspace without an owner.',
    'Make another member owner first.',
  ),
  tool_exists: kind(
    409,
    'There is a tool for these blocks already',
    'A workspace has one tool for an operation of a block type, and one for all its other operations.',
    'Change the tool that is there, or name another operation.',
  ),
  tool_limit: kind(
    409,
    'The workspace has too many tools',
    'A workspace has a bounded number of tools.',
    'Delete tools that no workflow uses any more.',
  ),
  knowledge_base_exists: kind(
    409,
    'There is such a knowledge base already',
    'Two knowledge bases of a workspace have neither the same name nor the same sourceId.',
    'Use the one that is there, or choose another name or sourceId.',
  ),
  knowledge_limit: kind(
    409,
    'There is no room for more knowledge',
    'A workspace has a bounded number of knowledge bases, a base one of documents.',
    'Delete bases or documents that are not needed any more.',
  ),
  webhook_limit: kind(
    409,
    'The workspace has too many webhooks',
    'A workspace has a bounded number of webhooks.',
    'Delete webhooks that nobody listens to any more.',
  ),
  api_key_limit: kind(
    409,
    'The workspace has too many API keys',
    'A workspace has a bounded number of keys.',
    'Revoke keys that are not used any more.',
  ),
  not_a_workflow: kind(
    422,
    'The document is no workflow',
    'The document can be read but has none of the forms of a workflow; `issues` says why.',
    'Send an export of Sim: {version, state}, {workflow, state}, blocks and edges at the root, YAML or ZIP.',
  ),
  workflow_not_runnable: kind(
    422,
    'The workflow cannot run',
    'Its journey has errors, such as no start; `issues` lists them.',
    'Mend the named blocks and import the workflow again.',
  ),
  run_input_invalid: kind(
    422,
    'The input does not fit the workflow',
    'A start value that the workflow needs is missing, or one does not fit; `errors` names each. Nothing was run.',
    'Correct the named fields of `input`. The journey of the workflow lists what its start takes.',
  ),
  if_match_required: kind(
    428,
    'If-Match is missing',
    'A change needs to say which version it is meant for.',
    'Send If-Match with the ETag of GET /api/v1/workflows/:workflowId.',
  ),
  version_conflict: kind(
    412,
    'The workflow was changed meanwhile',
    'If-Match names another version than the present one.',
    'Get the workflow again, redo the change on it, and send the new ETag.',
  ),
  idempotency_key_reused: kind(
    422,
    'The idempotency key was used for something else',
    'A request with this Idempotency-Key and another content was answered before.',
    'Use a new key for a new request.',
  ),
  session_busy: kind(
    409,
    'The session is at work on another turn',
    'Turns of a session go one after another; the one before took too long to wait for.',
    'Send the command again in a moment.',
  ),
  too_many_sessions: kind(
    429,
    'Too many live sessions',
    'The limit of sessions at once, of you or of the service, is reached.',
    'End a session with DELETE, or wait as Retry-After says.',
  ),
  journey_format_unavailable: kind(
    422,
    'The journey cannot be given in this format',
    'The format is known, but this service does not write it.',
    'Ask for format=json, format=mermaid or format=xstate.',
  ),
} as const;

/** Problems of ours. */
const SERVICE = {
  internal_error: kind(
    500,
    'Something failed on our side',
    'An unexpected fault; the log has its cause under the requestId.',
    'Try again; report the requestId if it happens again.',
  ),
  unavailable: kind(
    503,
    'The service cannot answer right now',
    'Something that it needs is out of reach.',
    'Try again after as many seconds as Retry-After says.',
  ),
  shutting_down: kind(
    503,
    'The service is stopping',
    'This replica ends its work; another one takes over.',
    'Send the request again.',
  ),
  database_unavailable: kind(
    503,
    'The database is out of reach',
    'The connection to PostgreSQL is refused or cut. The service recovers by itself.',
    'Try again after as many seconds as Retry-After says.',
  ),
  database_busy: kind(
    503,
    'The database has no free connection',
    'Every connection of the pool is in use for longer than a request may wait.',
    'Try again after as many seconds as Retry-After says; operators may raise DATABASE_POOL_MAX.',
  ),
  database_not_migrated: kind(
    503,
    'The database is not migrated',
    'The tables of this version are not there yet.',
    'Operators run npm run db:migrate; the service then answers by itself.',
  ),
  conversation_service_unavailable: kind(
    503,
    'The conversation service is out of reach',
    'This path is forwarded to conversation-service, which does not answer.',
    'Try again after as many seconds as Retry-After says; operators check CONVERSATION_SERVICE_URL.',
  ),
} as const;

/** Every problem code with its status and page. */
export const PROBLEM_CATALOGUE = {
  ...REQUEST,
  ...ACCESS,
  ...THINGS,
  ...SOCKETS,
  ...SERVICE,
} as const;

/** The stable code of a problem. */
export type ProblemCode = keyof typeof PROBLEM_CATALOGUE;

/** Whether a text is a code of the catalogue. */
export const isProblemCode = (code: string): code is ProblemCode =>
  Object.hasOwn(PROBLEM_CATALOGUE, code);
