import type { Journey, SessionEvent } from '@sim/domain';
import { mapWorkflow, parseWorkflow } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { ranBlocks, type RanBlock } from './ran-blocks.js';

const block = (id: string, type: string, data: object = {}) => ({
  id,
  type,
  name: `The ${id}`,
  position: { x: 0, y: 0 },
  enabled: true,
  subBlocks: {},
  outputs: {},
  data,
});
const WORKFLOW = {
  blocks: {
    start: block('start', 'start_trigger'),
    each: block('each', 'loop', { loopType: 'for', count: 2 }),
    call: block('call', 'api', { parentId: 'each' }),
  },
  edges: [
    { id: 'a', source: 'start', target: 'each', sourceHandle: 'source' },
    { id: 'b', source: 'each', target: 'call', sourceHandle: 'loop-start-source' },
  ],
};

function journeyOf(document: object): Journey {
  const { workflow } = parseWorkflow(document);
  if (!workflow) throw new TypeError('not a workflow');
  return mapWorkflow(workflow).journey;
}

const journey = journeyOf(WORKFLOW);
const call = (scopeId: string) => ({ scopeId, stateId: 'st_call' }) as const;
const started = (scopeId: string, attempt = 1): SessionEvent => ({
  type: 'node-started',
  ...call(scopeId),
  run: { id: 'run_1', ...call(scopeId), attempt, idempotencyKey: 'k' },
});
const completed = (scopeId: string, output: object, failed = false): SessionEvent =>
  ({
    type: 'node-completed',
    ...call(scopeId),
    runId: 'run_1',
    output,
    branchId: null,
    effectDone: true,
    failed,
    taken: [],
    dead: [],
    skipped: [],
    durationMs: 5,
    variables: null,
  }) as SessionEvent;
const failed = (scopeId: string): SessionEvent => ({
  type: 'node-failed',
  ...call(scopeId),
  runId: 'run_1',
  error: { code: 'timeout', message: 'It took too long.', retryable: true },
  effectDone: true,
  durationMs: 7,
});
const iteration = (id: string, index: number): SessionEvent => ({
  type: 'scope-opened',
  scope: {
    id,
    kind: 'iteration',
    parent: { scopeId: 'root', stateId: 'st_each' },
    index,
    nodes: {},
    edges: {},
    outputs: {},
    order: [],
  },
});

function listOf(events: readonly SessionEvent[], withOutputs = false): readonly RanBlock[] {
  const blocks = ranBlocks(journey, withOutputs);
  events.forEach((event, sequence) => {
    blocks.add({ event, sequence, nodeId: null, durationMs: null, createdAt: new Date(0) });
  });
  return blocks.list();
}

describe('the blocks of a run', () => {
  it('are told by the events, each iteration apart', () => {
    const blocks = listOf([
      ...[iteration('i0', 0), started('i0'), completed('i0', { data: 1 })],
      ...[iteration('i1', 1), started('i1')],
    ]);
    const common = { blockId: 'call', name: 'The call', type: 'api', attempts: 1 };
    expect(blocks).toEqual([
      { ...common, status: 'completed', durationMs: 5, iteration: [0] },
      { ...common, status: 'running', durationMs: 0, iteration: [1] },
    ]);
  });

  it('hold what was put out only where that is wanted', () => {
    const events = [started('root'), completed('root', { data: 1 })];
    expect(listOf(events, true)[0]?.output).toEqual({ data: 1 });
    expect(listOf(events)[0]).not.toHaveProperty('output');
  });

  it('count attempts, and forget the error of one that was made good', () => {
    const events = [started('root'), failed('root')];
    expect(listOf(events)[0]).toMatchObject({
      status: 'failed',
      durationMs: 7,
      error: { code: 'timeout', message: 'It took too long.' },
    });
    const [mended] = listOf([...events, started('root', 2), completed('root', {})]);
    expect(mended).toMatchObject({ status: 'completed', attempts: 2 });
    expect(mended).not.toHaveProperty('error');
  });

  it('show what an error path went on with', () => {
    const output = { error: 'It was refused.', errorCode: 'http_error' };
    expect(listOf([started('root'), completed('root', output, true)])[0]).toMatchObject({
      status: 'failed',
      error: { code: 'http_error', message: 'It was refused.' },
    });
  });

  it('wait where something is asked about them, and not where the session is asked about', () => {
    const confirm = (type: 'side-effect' | 'cancel'): SessionEvent => ({
      type: 'question-asked',
      question: { id: 'qst_1', kind: 'confirmation', ...call('root'), purpose: { type } },
    });
    expect(listOf([confirm('side-effect')])[0]?.status).toBe('waiting');
    expect(listOf([confirm('cancel')])).toEqual([]);
  });

  it('are gone where they were gone back past, or all was begun again', () => {
    const events = [started('root'), completed('root', {})];
    const back: SessionEvent = {
      type: 'rewound',
      scopeId: 'root',
      toStateId: 'st_start',
      reset: ['st_call'],
      edges: [],
      variables: {},
    };
    expect(listOf([...events, back])).toEqual([]);
    expect(listOf([...events, { type: 'restarted', variables: {} }])).toEqual([]);
  });
});
