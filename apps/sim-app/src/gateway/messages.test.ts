import { mapWorkflow, parseWorkflow, type Journey, type SessionEvent } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { executionEvent, messagesFor } from './messages.js';

const block = (id: string, type: string, name: string) => ({
  ...{ id, type, name, position: { x: 0, y: 0 }, enabled: true, subBlocks: {}, outputs: {} },
});

function journeyOf(): Journey {
  const blocks = {
    start: block('start', 'start_trigger', 'Start'),
    end: block('end', 'response', 'The answer'),
  };
  const edges = [{ id: 'e', source: 'start', target: 'end', sourceHandle: 'source' }];
  const state = { blocks, edges, loops: {}, parallels: {}, variables: {} };
  const document = { version: '1.0', exportedAt: '2026-01-01T00:00:00.000Z', state };
  const { workflow } = parseWorkflow(document);
  if (!workflow) throw new TypeError('The document is no workflow.');
  return mapWorkflow(workflow).journey;
}

const journey = journeyOf();
const at = new Date('2026-01-01T09:00:00Z');
const stored = (event: SessionEvent, nodeId: string | null = null) => ({
  ...{ sequence: 7, event, nodeId, durationMs: null, createdAt: at },
});
const sent = (event: SessionEvent) =>
  messagesFor(executionEvent('ses_1', stored(event), journey)).map(([name, payload]) => ({
    name,
    payload,
  }));

describe('an event of the log', () => {
  it('has its sequence as id, and the name of its block', () => {
    const started = {
      type: 'node-started',
      scopeId: 'root',
      stateId: 'st_end',
      run: { id: 'run_1', scopeId: 'root', stateId: 'st_end', attempt: 1, idempotencyKey: 'k' },
    } as const;
    const event = executionEvent('ses_1', stored(started, 'end'), journey);
    const { type, ...data } = started;
    expect(event).toEqual({
      ...{ sessionId: 'ses_1', eventId: 7, type, nodeId: 'end', nodeName: 'The answer' },
      ...{ durationMs: null, data, createdAt: '2026-01-01T09:00:00.000Z' },
    });
  });

  it('of a block that this version of the journey has no more has no name', () => {
    const event = {
      type: 'node-prepared',
      scopeId: 'root',
      stateId: 'st_gone',
      runId: 'run_1',
    } as const;
    expect(executionEvent('ses_1', stored(event, 'gone'), journey)).toMatchObject({
      nodeId: 'gone',
      nodeName: null,
    });
  });

  it('names the blocks that it skips', () => {
    const completed = {
      type: 'node-completed',
      ...{ scopeId: 'root', stateId: 'st_start', runId: null, output: {}, branchId: null },
      ...{ effectDone: false, failed: false, taken: [], dead: [], durationMs: 0, variables: null },
      skipped: ['st_end', 'st_gone'],
    } as unknown as SessionEvent;
    expect(executionEvent('ses_1', stored(completed, 'start'), journey).skipped).toEqual([
      { nodeId: 'end', nodeName: 'The answer' },
    ]);
  });

  it('in which something is said brings the words, and the message after it', () => {
    const messages = [{ key: 'paused', params: {} }] as unknown as never;
    const [event, message, ...more] = sent({ type: 'agent-said', messages });
    expect(more).toEqual([]);
    const text = (event?.payload as { text: string }).text;
    expect(text).not.toBe('');
    expect(message).toEqual({
      name: 'agent-message',
      payload: {
        ...{ sessionId: 'ses_1', eventId: 7, text, createdAt: '2026-01-01T09:00:00.000Z' },
        messages: [{ key: 'paused', text }],
      },
    });
  });

  it.each([
    [{ type: 'mode-switched', mode: 'visual' }, 'mode-switched', { mode: 'visual' }],
    [{ type: 'completed', output: 3 }, 'session-ended', { status: 'completed', output: 3 }],
    [
      {
        type: 'failed',
        error: { code: 'timeout', message: 'late', retryable: true, suggestedActions: [] },
      },
      'session-ended',
      { status: 'failed', error: { code: 'timeout' } },
    ],
    [{ type: 'cancelled' }, 'session-ended', { status: 'cancelled' }],
    [{ type: 'expired' }, 'session-ended', { status: 'expired' }],
  ] as const)('%j is followed by what is drawn from it', (event, name, payload) => {
    const [first, drawn, ...more] = sent(event);
    expect(first?.name).toBe('execution-event');
    expect(drawn).toMatchObject({ name, payload: { sessionId: 'ses_1', eventId: 7, ...payload } });
    expect(more).toEqual([]);
  });

  it('of any other kind comes alone', () => {
    expect(sent({ type: 'paused' })).toHaveLength(1);
  });
});
