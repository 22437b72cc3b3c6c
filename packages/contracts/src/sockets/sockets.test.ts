import { describe, expect, it } from 'vitest';
import { CLIENT_EVENTS, handshakeAuth, isClientEventName } from './client-events.js';
import { ACKNOWLEDGEMENTS, executionEvent, SERVER_EVENTS } from './server-events.js';

const accepts = (name: keyof typeof CLIENT_EVENTS, payload: unknown) =>
  CLIENT_EVENTS[name].safeParse(payload).success;

describe('the events of clients', () => {
  it.each([
    ['join-session', { sessionId: 'ses_1' }],
    ['join-session', { sessionId: 'ses_1', lastEventId: 0 }],
    ['leave-session', undefined],
    ['leave-session', null],
    ['leave-session', { sessionId: 'ses_1' }],
    ['execute-command', { sessionId: 'ses_1', command: '' }],
    ['execute-command', { sessionId: 'ses_1', command: 'yes', idempotencyKey: 'k' }],
    ['execute-command', { sessionId: 'ses_1', command: { naturalLanguageInput: 'yes' } }],
    ['execute-command', { sessionId: 'ses_1', command: { action: 'pause' } }],
    ['create-conversational-workflow', { workflowId: 'wf_1', idempotencyKey: 'k' }],
    ['switch-workflow-mode', { sessionId: 'ses_1', targetMode: 'hybrid' }],
  ] as const)('%s takes %j', (name, payload) => {
    expect(accepts(name, payload)).toBe(true);
  });

  it('refuse what they do not know', () => {
    for (const [name, schema] of Object.entries(CLIENT_EVENTS)) {
      const { error } = schema.safeParse({ surplus: 1 });
      const codes = error?.issues.map(({ code }) => code) ?? [];
      expect(codes, name).toContain('unrecognized_keys');
    }
  });

  it('each have an acknowledgement that tells success from refusal', () => {
    expect(Object.keys(ACKNOWLEDGEMENTS)).toEqual(Object.keys(CLIENT_EVENTS));
    for (const schema of Object.values(ACKNOWLEDGEMENTS)) {
      expect(schema.safeParse({ ok: true }).success).toBe(false);
      expect(schema.safeParse({ ok: false }).success).toBe(false);
    }
  });

  it('are known by their own names alone', () => {
    expect(isClientEventName('join-session')).toBe(true);
    for (const name of ['toString', '__proto__', 'connect', 'disconnect', 'error']) {
      expect(isClientEventName(name)).toBe(false);
    }
  });
});

describe('what the server sends', () => {
  it('carries ids that are sequences', () => {
    const event = {
      ...{ sessionId: 'ses_1', eventId: 3, type: 'paused', nodeId: null, nodeName: null },
      ...{ durationMs: null, data: {}, createdAt: '2026-01-01T00:00:00.000Z' },
    };
    expect(executionEvent.safeParse(event).success).toBe(true);
    expect(executionEvent.safeParse({ ...event, eventId: '3' }).success).toBe(false);
    expect(executionEvent.safeParse({ ...event, eventId: -1 }).success).toBe(false);
  });

  it('has the names of the interface', () => {
    expect(Object.keys(SERVER_EVENTS).sort()).toEqual([
      ...['agent-message', 'agent-message-delta', 'command-result', 'error', 'execution-event'],
      ...['mode-switched', 'session-ended', 'session-joined', 'workflow-state-update'],
    ]);
  });
});

describe('the handshake', () => {
  it('takes a token or a key, and nothing that is neither text nor short', () => {
    expect(handshakeAuth.safeParse({ token: 'a.b.c', workspaceUpdates: true }).success).toBe(true);
    expect(handshakeAuth.safeParse({ token: 7 }).success).toBe(false);
    expect(handshakeAuth.safeParse({ token: 'x'.repeat(10_000) }).success).toBe(false);
    expect(handshakeAuth.safeParse('token').success).toBe(false);
  });
});
