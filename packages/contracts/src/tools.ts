import { takesTools } from '@sim/domain';
import * as z from 'zod';
import { toolId } from './ids.js';
import { jsonObject, jsonValue, shortText, timestamp } from './json.js';
import { builtInTool } from './platform.js';

const MAX_NAME = 128;
const MAX_HEADERS = 50;
const MAX_TEXT = 4_000;
/** A document of this size has hundreds of operations; a larger one is fetched by its address. */
const MAX_DOCUMENT = 512 * 1024;

/** Names under which passwords and keys are sent. */
const SECRET_NAME = /authorization|cookie|api[-_]?key|token|secret|password|passwd|credential/i;
const MARKER = /\{\{\s*[A-Za-z_][\w.-]*\s*\}\}/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HINT = 'Store it with PUT /api/v1/secrets/:name and write {{NAME}} here';

type Issues = z.core.$RefinementCtx['issues'];

/** A table of names and templates whose secrets stand under Secrets, not here. */
const table = (isName: RegExp) =>
  z.record(z.string().max(MAX_NAME), z.string().max(MAX_TEXT)).check(({ value, issues }) => {
    if (Object.keys(value).length > MAX_HEADERS) {
      refuse(issues, value, [], `Must have at most ${MAX_HEADERS} entries`);
    }
    for (const [name, text] of Object.entries(value)) {
      if (!isName.test(name)) refuse(issues, value, [name], 'Must be a header name');
      const isSecret = SECRET_NAME.test(name) || /^(?:Bearer|Basic)\s/i.test(text.trim());
      if (isSecret && text.trim() !== '' && !MARKER.test(text)) {
        refuse(issues, value, [name], `Must not hold a secret in clear. ${HINT}`);
      }
    }
  });

function refuse(issues: Issues, input: unknown, path: string[], message: string): void {
  issues.push({ code: 'custom', input, path, message });
}

const headers = table(HEADER_NAME)
  .default({})
  .meta({ example: { Authorization: 'Bearer {{SLACK_TOKEN}}' } });

/** The host is the tool's own: parameters come behind it. */
const address = z
  .string()
  .max(MAX_TEXT)
  .refine((url) => /^\s*(?:https?:\/\/[^\s/?#<]|\{\{)/i.test(url), {
    error: 'Must begin with http://, https:// or the {{NAME}} of a secret that does',
  })
  .refine((url) => !/^\s*https?:\/\/[^/?#]*</i.test(url), {
    error: 'Must not let a parameter choose the host',
  })
  .refine((url) => !/^\s*https?:\/\/[^/?#]*:[^/?#@{}]+@/i.test(url), {
    error: `Must not hold a password in clear. ${HINT}`,
  });

const httpAdapter = z.strictObject({
  kind: z.literal('http'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']).default('POST'),
  url: address.meta({ example: 'https://slack.com/api/chat.postMessage' }),
  headers,
  query: table(/^/).default({}),
  body: jsonValue.optional().meta({
    description:
      'A JSON value whose texts are templates, or a text that is one; absent or null sends {blockType, operation, params}',
  }),
});

const openApiAdapter = z
  .strictObject({
    kind: z.literal('openapi'),
    documentUrl: address.nullable().default(null),
    document: z
      .union([jsonObject, z.string().max(MAX_DOCUMENT)])
      .nullable()
      .default(null)
      .meta({ description: 'The document, or its JSON or YAML text; instead of documentUrl' }),
    operationId: shortText(MAX_NAME),
    server: address.nullable().default(null),
    headers,
  })
  .refine(({ documentUrl, document }) => (documentUrl === null) !== (document === null), {
    error: 'Must have either documentUrl or document',
    path: ['documentUrl'],
  })
  .refine(({ document }) => document === null || sizeOf(document) <= MAX_DOCUMENT, {
    error: `Must be at most ${MAX_DOCUMENT} characters; give documentUrl for a larger one`,
    path: ['document'],
  });

const mcpAdapter = z.strictObject({
  kind: z.literal('mcp'),
  url: address.meta({ example: 'https://mcp.example.com/mcp' }),
  headers,
  tool: shortText(MAX_NAME),
});

function sizeOf(document: unknown): number {
  return typeof document === 'string' ? document.length : JSON.stringify(document).length;
}

/** How a tool is called. */
export const toolAdapter = z
  .discriminatedUnion('kind', [httpAdapter, openApiAdapter, mcpAdapter])
  .meta({ id: 'ToolAdapter' });

const sideEffect = z.enum(['none', 'read', 'write']);

const common = {
  name: shortText(MAX_NAME),
  blockType: shortText(MAX_NAME)
    .refine(takesTools, { error: 'Must not be a type that steers the workflow itself' })
    .meta({ example: 'slack' }),
  operation: shortText(MAX_NAME)
    .transform((text) => text.trim())
    .nullable()
    .default(null),
  sideEffect: sideEffect.default('write').meta({
    description: 'What it does outside; a write is confirmed first where that is asked for',
  }),
  idempotent: z.boolean().default(false).meta({
    description: 'The receiver takes the Idempotency-Key: a call that broke off is made again',
  }),
  enabled: z.boolean().default(true),
};

export const putToolBody = z.strictObject({ ...common, adapter: toolAdapter }).meta({
  id: 'PutTool',
  example: {
    name: 'Slack messages',
    blockType: 'slack',
    operation: 'send',
    adapter: {
      kind: 'http',
      url: 'https://slack.com/api/chat.postMessage',
      headers: { Authorization: 'Bearer {{SLACK_TOKEN}}' },
      body: { channel: '<params.channel>', text: '<params.text>' },
    },
  },
});

const shown = {
  source: z.literal('workspace'),
  id: toolId,
  name: z.string(),
  blockType: z.string(),
  operation: z.string().nullable(),
  sideEffect,
  idempotent: z.boolean(),
  enabled: z.boolean(),
  createdAt: timestamp,
  updatedAt: timestamp,
};

/** A tool without how it is called. */
export const toolSummary = z
  .strictObject({ ...shown, kind: z.enum(['http', 'openapi', 'mcp']) })
  .meta({ id: 'ToolSummary' });

/** A tool as it is configured; secrets are in it by name alone. */
export const workspaceTool = z
  .strictObject({ ...shown, adapter: jsonObject })
  .meta({ id: 'WorkspaceTool', description: 'Its adapter is as in PutTool, with every field' });

export const toolList = z
  .strictObject({ items: z.array(z.discriminatedUnion('source', [builtInTool, toolSummary])) })
  .meta({ id: 'ToolList' });

export const toolParams = z.strictObject({ toolId });

export const testToolBody = z
  .strictObject({
    params: jsonObject.default({}),
    dryRun: z.boolean().default(false).meta({
      description: 'Shows what would be sent and sends nothing',
    }),
  })
  .meta({
    id: 'TestTool',
    example: { params: { operation: 'send', channel: '#ops', text: 'A test' } },
  });

export const toolTrial = z
  .discriminatedUnion('ok', [
    z.strictObject({
      ok: z.literal(true),
      output: jsonObject,
      durationMs: z.int().min(0),
    }),
    z.strictObject({
      ok: z.literal(false),
      error: z.strictObject({
        code: z.string(),
        message: z.string(),
        retryable: z.boolean(),
        details: jsonObject.optional(),
      }),
      durationMs: z.int().min(0),
    }),
  ])
  .meta({ id: 'ToolTrial' });
