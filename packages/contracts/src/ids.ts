import * as z from 'zod';

/** What ids are of, by their prefix. */
export const ID_PREFIXES = {
  user: 'usr',
  workspace: 'ws',
  apiKey: 'key',
  workflow: 'wf',
  journey: 'jrn',
  session: 'ses',
  turn: 'trn',
  tool: 'tool',
  knowledgeBase: 'kb',
  document: 'doc',
  webhook: 'whk',
  delivery: 'msg',
} as const;

/** An id of a kind, such as `wf_3k9x0q7m2c5v8b1n4z6p`. */
export type PrefixedId<P extends string = string> = `${P}_${string}`;

/** Ids are made by us; the pattern keeps nonsense away from queries, nothing more. */
const idSchema = <const P extends string>(prefix: P, description: string) =>
  z
    .templateLiteral([prefix, '_', z.string().regex(/[0-9A-Za-z]{1,64}/)], {
      error: `Must be an id that begins with ${prefix}_`,
    })
    .meta({ description, example: `${prefix}_3k9x0q7m2c5v8b1n4z6p` });

export const userId = idSchema(ID_PREFIXES.user, 'A person');
export const workspaceId = idSchema(ID_PREFIXES.workspace, 'A workspace');
export const apiKeyId = idSchema(ID_PREFIXES.apiKey, 'An API key (not the key itself)');
export const workflowId = idSchema(ID_PREFIXES.workflow, 'A workflow');
export const toolId = idSchema(ID_PREFIXES.tool, 'A tool of a workspace');
export const knowledgeBaseId = idSchema(ID_PREFIXES.knowledgeBase, 'A knowledge base');
export const documentId = idSchema(ID_PREFIXES.document, 'A document of a knowledge base');
export const webhookId = idSchema(ID_PREFIXES.webhook, 'A webhook of a workspace');
export const deliveryId = idSchema(ID_PREFIXES.delivery, 'A message to a webhook');
export const journeyId = idSchema(ID_PREFIXES.journey, 'A journey');
export const sessionId = idSchema(ID_PREFIXES.session, 'A session');
export const turnId = idSchema(ID_PREFIXES.turn, 'A turn');
