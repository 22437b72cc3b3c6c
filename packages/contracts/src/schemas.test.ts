import { ACTIONS, EXECUTION_STATUSES, INTENTS } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import {
  actionBody,
  addMemberBody,
  analyzeBody,
  commandBody,
  createApiKeyBody,
  executionConfig,
  exportQuery,
  featureFlags,
  importQuery,
  journeyQuery,
  openSessionBody,
  page,
  pageQuery,
  problem,
  secretName,
  sessionState,
  shortText,
  signUpBody,
  timestamp,
  turnAnswer,
  workflowId,
} from './index.js';

const paths = (schema: z.ZodType, value: unknown): string[] =>
  (schema.safeParse(value).error?.issues ?? []).map((issue) =>
    [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys : [])].join('.'),
  );

const state = {
  sessionId: 'ses_1a',
  workflowId: 'wf_1a',
  journeyId: 'jrn_0123456789abcdef01234567',
  journeyVersion: 'a'.repeat(64),
  executionStatus: 'waiting-for-input',
  currentNodeId: 'b1',
  currentStateId: 'st_b1',
  awaiting: {
    kind: 'slots',
    prompt: 'How many?',
    slots: [{ name: 'count', type: 'number', description: null, required: true }],
  },
  completedNodes: [],
  progressPercentage: 0,
  slots: {},
  createdAt: '2026-03-01T09:30:00.000Z',
  updatedAt: '2026-03-01T09:30:00.000Z',
  expiresAt: '2026-03-01T10:00:00.000Z',
};

describe('ids', () => {
  it('begin with their prefix and hold letters and digits alone', () => {
    expect(workflowId.safeParse('wf_3k9x').success).toBe(true);
    for (const bad of ['ses_3k9x', 'wf_', 'wf_a b', "wf_a'--", 'wf_../x', `wf_${'a'.repeat(65)}`]) {
      expect(workflowId.safeParse(bad).success, bad).toBe(false);
    }
  });
});

describe('pages', () => {
  it('have 50 items unless told otherwise, and 200 at most', () => {
    expect(pageQuery.parse({})).toEqual({ limit: 50 });
    expect(pageQuery.parse({ limit: '10', cursor: 'abc' })).toEqual({ limit: 10, cursor: 'abc' });
    for (const limit of ['0', '201', '1.5', 'ten', '-1', '']) {
      expect(paths(pageQuery, { limit }), limit).toEqual(['limit']);
    }
  });

  it('name the place of a bad item', () => {
    expect(paths(page(workflowId), { items: ['wf_a', 'x'], nextCursor: null })).toEqual([
      'items.1',
    ]);
  });
});

describe('texts', () => {
  it('are counted in characters, not in UTF-16 units', () => {
    expect(shortText(3).safeParse('😀😀😀').success).toBe(true);
    expect(shortText(3).safeParse('😀😀😀😀').success).toBe(false);
  });

  it('have something in them, and no control characters', () => {
    for (const bad of ['', '   ', 'a\u0000b', 'a\nb', 5, null]) {
      expect(shortText(10).safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    }
  });

  it('of a command may be empty or 4,000 emoji long, not longer', () => {
    const said = (naturalLanguageInput: unknown) => paths(commandBody, { naturalLanguageInput });
    expect(said('')).toEqual([]);
    expect(said('😀'.repeat(4000))).toEqual([]);
    expect(said('😀'.repeat(4001))).toEqual(['naturalLanguageInput']);
    expect(said(7)).toEqual(['naturalLanguageInput']);
  });

  it('of times are ISO 8601 in UTC', () => {
    expect(timestamp.safeParse('2026-03-01T09:30:00.000Z').success).toBe(true);
    expect(timestamp.safeParse('2026-03-01T09:30:00+01:00').success).toBe(false);
  });
});

describe('bodies', () => {
  it('name an unknown field by its whole path', () => {
    expect(
      paths(openSessionBody, {
        workflowId: 'wf_a',
        conversationalConfig: { verbosityLevel: 'normal', loud: true },
        extra: 1,
      }),
    ).toEqual(['conversationalConfig.loud', 'extra']);
    expect(
      paths(analyzeBody, {
        input: 'hi',
        context: { slots: [{ name: 'a', type: 'string', x: 1 }] },
      }),
    ).toEqual(['context.slots.0.x']);
  });

  it('take any JSON object where the client is free', () => {
    const body = {
      workflowId: 'wf_a',
      initialInput: { order: { id: [1, null, 'x'] } },
      metadata: { source: 'test' },
    };
    expect(openSessionBody.parse(body)).toEqual(body);
    expect(paths(openSessionBody, { workflowId: 'wf_a', initialInput: [1] })).toEqual([
      'initialInput',
    ]);
  });

  it('cannot set a prototype', () => {
    const body: unknown = JSON.parse(
      '{"workflowId":"wf_a","initialInput":{"__proto__":{"admin":true}}}',
    );
    const { initialInput } = openSessionBody.parse(body);
    expect((initialInput as { admin?: boolean } | undefined)?.admin).toBeUndefined();
  });

  it('take every action of the domain and no other', () => {
    for (const action of ACTIONS) expect(paths(actionBody, { action })).toEqual([]);
    expect(paths(actionBody, { action: 'explode' })).toEqual(['action']);
  });

  it('take a time zone that exists', () => {
    expect(paths(executionConfig, { timeZone: 'Europe/Berlin' })).toEqual([]);
    expect(paths(executionConfig, { timeZone: 'Mars/Olympus' })).toEqual(['timeZone']);
    expect(paths(executionConfig, { sessionTimeoutMs: 10 })).toEqual(['sessionTimeoutMs']);
  });

  it('of sign-up want an address, a password that is not short, and a name', () => {
    expect(paths(signUpBody, { email: 'a@b.example', password: 'long enough', name: 'A' })).toEqual(
      [],
    );
    expect(paths(signUpBody, { email: 'nobody', password: 'short', name: ' ' })).toEqual([
      'email',
      'password',
      'name',
    ]);
  });

  it('take roles of the four alone', () => {
    expect(paths(addMemberBody, { email: 'a@b.example', role: 'root' })).toEqual(['role']);
    expect(paths(createApiKeyBody, { name: 'ci', role: 'viewer' })).toEqual([]);
    expect(paths(createApiKeyBody, { name: 'ci', expiresInSeconds: 5 })).toEqual([
      'expiresInSeconds',
    ]);
  });

  it('take names of secrets as {{ENV}} markers have them', () => {
    expect(secretName.safeParse('STRIPE_KEY').success).toBe(true);
    for (const bad of ['', '1KEY', 'A-B', 'A B', 'ä', 'A'.repeat(129)]) {
      expect(secretName.safeParse(bad).success, bad).toBe(false);
    }
  });
});

describe('queries', () => {
  it('read numbers from text', () => {
    expect(exportQuery.parse({ version: '3' })).toEqual({ version: 3 });
    expect(paths(exportQuery, { version: 'latest' })).toEqual(['version']);
  });

  it('give a journey as JSON unless told otherwise', () => {
    expect(journeyQuery.parse({})).toEqual({ format: 'json' });
    expect(paths(journeyQuery, { format: 'pdf' })).toEqual(['format']);
  });

  it('refuse an empty name', () => {
    expect(paths(importQuery, { name: '' })).toEqual(['name']);
  });
});

describe('answers', () => {
  it('have a state with exactly its fields', () => {
    expect(paths(sessionState, state)).toEqual([]);
    expect(paths(sessionState, { ...state, secret: 1 })).toEqual(['secret']);
    const { expiresAt, ...rest } = state;
    expect(expiresAt).toBeDefined();
    expect(paths(sessionState, rest)).toEqual(['expiresAt']);
  });

  it('take every status of the domain', () => {
    for (const executionStatus of EXECUTION_STATUSES) {
      expect(paths(sessionState, { ...state, executionStatus })).toEqual([]);
    }
  });

  it('of a turn have an intent of the domain, or no understanding at all', () => {
    const answer = {
      turnId: 'trn_a',
      commandProcessed: true,
      workflowAction: 'provide-value',
      agentResponse: 'Thanks.',
      messages: [{ key: 'thanks', text: 'Thanks.' }],
      state,
      suggestedActions: [],
      nlu: null,
    };
    expect(paths(turnAnswer, answer)).toEqual([]);
    for (const intent of INTENTS) {
      const nlu = { intent, confidence: 0.9, entities: [], provider: 'internal' };
      expect(paths(turnAnswer, { ...answer, nlu })).toEqual([]);
    }
    expect(
      paths(turnAnswer, {
        ...answer,
        nlu: { intent: 'sing', confidence: 2, entities: [], provider: 'internal' },
      }),
    ).toEqual(['nlu.intent', 'nlu.confidence']);
  });

  it('of a problem carry a code and the id of the request', () => {
    const body = {
      type: '/docs/errors/session_busy',
      title: 'Conflict',
      status: 409,
      detail: 'Try again.',
      code: 'session_busy',
      instance: '/x',
      requestId: 'abc',
    };
    expect(paths(problem, body)).toEqual([]);
    expect(paths(problem, { ...body, status: 200, code: 'Bad Code' })).toEqual(['status', 'code']);
  });

  it('of the flags are the shape of the guide', () => {
    expect(
      paths(featureFlags, {
        conversationalWorkflows: {
          enabled: true,
          percentage: 100,
          rules: { workspaceWhitelist: ['enterprise_customers'], userRoles: ['admin', 'user'] },
        },
        nlpProviders: {
          openai: { enabled: true, percentage: 80 },
          internal: { enabled: true, percentage: 20 },
        },
        realTimeUpdates: { enabled: true, maxConnections: 5000 },
      }),
    ).toEqual([]);
  });
});
