import {
  decide,
  DEFAULT_CONFIG,
  initialState,
  mapWorkflow,
  parseWorkflow,
  viewSession,
  type Input,
  type Journey,
  type SessionState,
} from '@sim/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { conversion, issue, journey, journeyState, sessionState } from './index.js';

const block = (
  id: string,
  type: string,
  values: Record<string, unknown> = {},
  data: Record<string, unknown> = {},
) => ({
  id,
  type,
  name: id,
  position: { x: 0, y: 0 },
  enabled: true,
  data,
  subBlocks: Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { id: key, type: 'short-input', value }]),
  ),
  outputs: {},
});

const edge = (source: string, target: string, sourceHandle = 'source') => ({
  id: `${source}.${sourceHandle}.${target}`,
  source,
  target,
  sourceHandle,
});

/** A workflow with a state of every kind. */
const EVERY_KIND = {
  version: '1.0',
  exportedAt: '2026-03-01T09:00:00.000Z',
  state: {
    blocks: Object.fromEntries(
      [
        block('start', 'start_trigger', {
          inputFormat: [
            { id: 'f1', name: 'amount', type: 'number', value: '' },
            { id: 'f2', name: 'email', type: 'string', value: '', description: 'Your e-mail' },
          ],
        }),
        block('large', 'condition', {
          conditions: [
            { id: 'large-if', title: 'if', value: '<start.amount> > 100' },
            { id: 'large-else', title: 'else', value: '' },
          ],
        }),
        block('approve', 'human_in_the_loop', {
          builderData: [{ id: 'd', name: 'amount', value: '<start.amount>' }],
          inputFormat: [{ id: 'a', name: 'approved', type: 'boolean', required: true }],
        }),
        block('rest', 'wait', { timeValue: '1', timeUnit: 'seconds' }),
        block('call', 'api', { url: 'https://example.com/<start.amount>', method: 'POST' }),
        block('sum', 'function', { code: 'return 1 + 1' }),
        block('ask', 'api', { method: 'GET', url: null }),
        block('way', 'router_v2', { routes: [{ id: 'r1', title: 'Left', value: 'It is left' }] }),
        block('each', 'loop', {}, { loopType: 'for', count: 2 }),
        block('inner', 'function', { code: 'return 1' }, { parentId: 'each' }),
        block('all', 'parallel', {}, { parallelType: 'count', count: 2 }),
        block('side', 'function', { code: 'return 1' }, { parentId: 'all' }),
        block('sub', 'workflow', { workflowId: 'wf_child' }),
        block('end', 'response', { dataMode: 'json', data: '{"ok": true}' }),
      ].map((each) => [each.id, each]),
    ),
    edges: [
      edge('start', 'large'),
      edge('large', 'approve', 'condition-large-if'),
      edge('large', 'rest', 'condition-large-else'),
      edge('approve', 'call'),
      edge('call', 'end'),
      edge('call', 'sum', 'error'),
      edge('rest', 'ask'),
      edge('ask', 'way'),
      edge('way', 'each', 'router-r1'),
      edge('each', 'inner', 'loop-start-source'),
      edge('each', 'all', 'loop-end-source'),
      edge('all', 'side', 'parallel-start-source'),
      edge('all', 'sub', 'parallel-end-source'),
      edge('sub', 'end'),
      edge('sum', 'end'),
    ],
    loops: {},
    parallels: {},
    variables: { v1: { id: 'v1', name: 'limit', type: 'number', value: 100 } },
    metadata: { name: 'Every kind' },
  },
};

const CHILD = {
  version: '1.0',
  state: {
    blocks: {
      begin: block('begin', 'start_trigger'),
      off: { ...block('off', 'function'), enabled: false },
    },
    edges: [edge('begin', 'off')],
    metadata: { name: 'Child' },
  },
};

function mapped() {
  const { workflow, issues } = parseWorkflow(EVERY_KIND);
  if (workflow === null) return expect.fail(JSON.stringify(issues));
  const child = parseWorkflow(CHILD).workflow;
  if (child === null) return expect.fail('The child is no workflow');
  const children = new Map([['wf_child', child]]);
  return { ...mapWorkflow(workflow, { children }), found: issues };
}

/** A value that a schema takes as it is: nothing is refused, nothing is dropped. */
function expectUnchanged(schema: z.ZodType, value: unknown): void {
  const json: unknown = JSON.parse(JSON.stringify(value));
  const result = schema.safeParse(json);
  expect(result.error && z.prettifyError(result.error)).toBeUndefined();
  expect(result.data).toEqual(json);
}

describe('what the domain makes is what the contracts say', () => {
  it('of a journey with a state of every kind', () => {
    const made = mapped().journey;
    const kinds = new Set(made.states.map(({ kind }) => kind));
    const expected = 'start form fork router timer tool loop parallel subjourney response';
    expect(expected.split(' ').filter((kind) => !kinds.has(kind as never))).toEqual([]);
    expect(made.children).toHaveLength(1);
    expectUnchanged(journey, made);
  });

  it('of a state that asks for what a block needs', () => {
    const { id, blockId, refName, label, ...base } = mapped().journey.states[0]!;
    const { blockType, description, outputFields } = base;
    const asked = { id, blockId, refName, label, blockType, description, outputFields };
    expectUnchanged(journeyState, { ...asked, kind: 'inputs', slots: [], parent: 'st_loop' });
  });

  it('of a conversion', () => {
    const { journey: made, provenance, issues, found } = mapped();
    const { id: journeyId, version, states, transitions } = made;
    expectUnchanged(conversion, {
      journeyId,
      version,
      states,
      transitions,
      provenance,
      issues: [...found, ...issues],
    });
  });

  it('of the issues of any document', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (blocks, edges) => {
        const { workflow, issues } = parseWorkflow({ blocks, edges });
        const all = workflow === null ? issues : [...issues, ...mapWorkflow(workflow).issues];
        for (const each of all) expectUnchanged(issue, each);
      }),
    );
  });

  it('of a session at its opening, while it asks, and when it is paused and cancelled', () => {
    const { journey: made } = mapped();
    const session = rehearsal(made);
    const open: Input = {
      type: 'open',
      config: DEFAULT_CONFIG,
      execution: { timeZone: null, sessionTimeoutMs: null },
      initialInput: {},
      mode: 'conversational',
    };
    const seen = [open, act('start'), act('answer', { values: { amount: 500 } }), act('pause')]
      .map((input) => session(input))
      .concat([session(act('resume')), session(act('cancel', { confirmed: true }))]);
    for (const state of seen) expectUnchanged(sessionState, shown(made, state));
    const statuses = seen.map((state) => viewSession(made, state).executionStatus);
    expect(statuses).toContain('waiting-for-input');
    expect(statuses).toContain('paused');
    expect(statuses.at(-1)).toBe('cancelled');
  });
});

const act = (
  action: 'start' | 'answer' | 'pause' | 'resume' | 'cancel',
  parameters = {},
): Input => ({
  type: 'act',
  action,
  parameters,
});

/** A session that is told one input after another. */
function rehearsal(made: Journey): (input: Input) => SessionState {
  let state = initialState();
  return (input) => {
    for (const each of [input, { type: 'turn-ended' } as const]) {
      ({ state } = decide(made, state, each, '2026-03-01T09:00:00.000Z'));
    }
    return state;
  };
}

function shown(made: Journey, state: SessionState) {
  return {
    sessionId: 'ses_1',
    workflowId: 'wf_1',
    journeyId: made.id,
    journeyVersion: made.version,
    ...viewSession(made, state),
    createdAt: '2026-03-01T09:00:00.000Z',
    updatedAt: '2026-03-01T09:00:00.000Z',
    expiresAt: '2026-03-01T09:30:00.000Z',
  };
}
