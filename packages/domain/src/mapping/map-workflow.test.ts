import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import { block, codes, edge, parsed, uiExport } from '../workflow/testing/exports.js';
import { mapWorkflow } from './map-workflow.js';
import { mapped } from './testing/mapped.js';
import type { MappedWorkflow } from './types.js';

const start = block('start', 'start_trigger');
const work = (id: string, extra: JsonObject = {}) =>
  block(id, 'function', { code: 'return 1' }, extra);
const idsOf = ({ journey }: MappedWorkflow) => journey.states.map(({ blockId }) => blockId);
const pathsOf = ({ journey }: MappedWorkflow) =>
  journey.transitions.map(({ from, to, kind }) => `${from.slice(3)} ${kind} ${to.slice(3)}`);
const leftOutOf = ({ provenance }: MappedWorkflow) =>
  Object.fromEntries(provenance.leftOut.map(({ kind, id, reason }) => [`${kind} ${id}`, reason]));

describe('the start', () => {
  it.each([
    ['start_trigger', ['schedule', 'starter', 'start_trigger', 'chat_trigger']],
    ['chat_trigger', ['schedule', 'starter', 'chat_trigger']],
    ['starter', ['api_trigger', 'starter', 'webhook']],
    ['api_trigger', ['generic_webhook', 'api_trigger', 'manual_trigger']],
    ['webhook', ['webhook', 'schedule']],
  ])('is a %s among %j', (chosen, types) => {
    const result = mapped(types.map((type) => block(`b_${type}`, type)));
    expect(result.journey.initial).toBe(`st_b_${chosen}`);
    expect(codes(result.issues)).toContain('several_starts');
    expect(idsOf(result)).toEqual([`b_${chosen}`]);
    expect(Object.values(leftOutOf(result))).toEqual(types.slice(1).map(() => 'several_starts'));
  });

  it('may be any block in trigger mode, last of all', () => {
    const github = block('github', 'github_v2', {}, { triggerMode: true });
    expect(mapped([github]).journey.states).toMatchObject([
      { kind: 'start', blockType: 'github_v2' },
    ]);
    expect(mapped([github, block('s', 'schedule')]).journey.initial).toBe('st_s');
  });

  it('is made up before the blocks that nothing leads to', () => {
    const result = mapped([work('a'), work('b'), work('c')], [edge('a', 'c'), edge('b', 'c')]);
    expect(result.journey.initial).toBe('st_~start');
    expect(result.journey.states[0]).toMatchObject({ kind: 'start', refName: '', slots: [] });
    expect(pathsOf(result)).toEqual(['~start next a', '~start next b', 'a next c', 'b next c']);
    expect(codes(result.issues)).toEqual(['no_start_block']);
    expect(result.provenance.nodeStateMappings).toEqual({ a: ['st_a'], b: ['st_b'], c: ['st_c'] });
    expect(new Set(result.journey.transitions.map(({ id }) => id)).size).toBe(4);
  });

  it('that is made up takes no id of a block', () => {
    expect(mapped([work('~start')]).journey.initial).toBe('st_~start~2');
  });

  it('is missing where all go round, or nothing is there', () => {
    const round = mapped([work('a'), work('b')], [edge('a', 'b'), edge('b', 'a')]);
    expect(round.journey).toMatchObject({ initial: null, states: [], transitions: [] });
    expect(codes(round.issues)).toEqual([
      'block_unreachable',
      'block_unreachable',
      'nothing_to_run',
    ]);
    expect(round.provenance.coverage).toBe(1);
    expect(mapped([])).toMatchObject({ journey: { initial: null }, provenance: { coverage: 1 } });
  });

  it('has no way in', () => {
    const result = mapped([start, work('a')], [edge('start', 'a'), edge('a', 'start')]);
    expect(codes(result.issues)).toEqual(['edge_into_start']);
    expect(leftOutOf(result)).toEqual({ 'edge a-start': 'edge_into_start' });
  });
});

describe('paths', () => {
  it('join, split and fail as drawn, in topological order', () => {
    const result = mapped(
      [work('last'), work('b'), work('a'), start, work('rescue')],
      [
        edge('start', 'a'),
        edge('start', 'b'),
        edge('a', 'last'),
        edge('b', 'last'),
        edge('b', 'rescue', 'error'),
      ],
    );
    expect(idsOf(result)).toEqual(['start', 'b', 'a', 'last', 'rescue']);
    expect(pathsOf(result)).toEqual([
      'start next a',
      'start next b',
      'b next last',
      'b error rescue',
      'a next last',
    ]);
    expect(result.journey.states[1]).toMatchObject({
      hasErrorPath: true,
      outputFields: ['result', 'stdout', 'error', 'errorCode'],
    });
    expect(result.journey.states[2]).toMatchObject({ hasErrorPath: false });
    expect(result.issues).toEqual([]);
  });

  it('that run beside each other are one', () => {
    const twice = [edge('start', 'a'), { ...edge('start', 'a'), id: 'again' }];
    const result = mapped([start, work('a')], twice);
    expect(result.journey.transitions).toMatchObject([
      { id: 'tr_start-a', edgeIds: ['start-a', 'again'] },
    ]);
    expect(result.provenance.edgeTransitionMappings).toEqual({
      'start-a': ['tr_start-a'],
      again: ['tr_start-a'],
    });
  });

  it('end before a disabled block, which leaves no join waiting', () => {
    const result = mapped(
      [start, work('a'), work('off', { enabled: false }), work('behind'), work('join')],
      [
        edge('start', 'a'),
        edge('start', 'off'),
        edge('off', 'behind'),
        edge('behind', 'join'),
        edge('a', 'join'),
      ],
    );
    expect(idsOf(result)).toEqual(['start', 'a', 'join']);
    expect(pathsOf(result)).toEqual(['start next a', 'a next join']);
    expect(codes(result.issues)).toEqual(['block_disabled', 'block_unreachable']);
    expect(leftOutOf(result)).toEqual({
      'block off': 'block_disabled',
      'block behind': 'block_unreachable',
      'edge start-off': 'block_disabled',
      'edge off-behind': 'block_disabled',
      'edge behind-join': 'block_unreachable',
    });
    expect(result.provenance.coverage).toBe(1);
    expect(result.journey.absentNames).toEqual(['off', 'behind']);
  });

  it('leave out notes', () => {
    const result = mapped([start, block('note', 'note')]);
    expect(codes(result.issues)).toEqual(['block_note']);
    expect(result.journey).not.toHaveProperty('absentNames');
  });

  it('do not go on behind a response', () => {
    const result = mapped(
      [start, block('end', 'response', { data: '{}' }), work('a')],
      [edge('start', 'end'), edge('end', 'a'), edge('start', 'a')],
    );
    expect(result.journey.states[1]).toMatchObject({ kind: 'response', params: { data: '{}' } });
    expect(codes(result.issues)).toEqual(['edge_after_response']);
    expect(pathsOf(result)).toEqual(['start next end', 'start next a']);
  });

  it('do not go round', () => {
    const blocks = [start, ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => work(id))];
    const chain = ['a-b', 'b-c', 'c-d', 'd-e', 'e-f', 'f-g'].map((pair) =>
      edge(pair.charAt(0), pair.charAt(2)),
    );
    const result = mapped(blocks, [edge('start', 'a'), ...chain, edge('g', 'a'), edge('b', 'b')]);
    const cycles = result.issues.filter(({ code }) => code === 'cycle_outside_container');
    expect(cycles.map(({ edgeId, message }) => [edgeId, message])).toEqual([
      ['g-a', 'The blocks "A" → "B" → "C" → "D" → "E" → "F" → … → "A" form a cycle.'],
      ['b-b', 'The blocks "B" → "B" form a cycle.'],
    ]);
    expect(leftOutOf(result)).toEqual({
      'edge b-b': 'cycle_outside_container',
      'edge g-a': 'cycle_outside_container',
    });
    expect(idsOf(result)).toEqual(['start', 'a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('leave by handles that are not there as by the plain one', () => {
    const result = mapped([start, work('a')], [edge('start', 'a', 'sideways')]);
    expect(codes(result.issues)).toEqual(['handle_unknown']);
    expect(pathsOf(result)).toEqual(['start next a']);
  });
});

describe('routers', () => {
  const targets = [block('sales', 'agent', { prompt: 'x' }), work('other'), work('rescue')];

  it('lead by route', () => {
    const router = block('r', 'router_v2', {
      context: 'x',
      routes: [{ id: 'r1', title: 'Sales' }],
    });
    const result = mapped(
      [start, router, ...targets],
      [edge('start', 'r'), edge('r', 'sales', 'router-r1'), edge('r', 'rescue', 'error')],
    );
    expect(result.journey.states[1]).toMatchObject({
      kind: 'router',
      routes: [{ id: 'r1', title: 'Sales', description: null }],
      hasErrorPath: true,
    });
    expect(result.journey.transitions.slice(1)).toMatchObject([
      { kind: 'branch', branchId: 'r1', to: 'st_sales' },
      { kind: 'error', branchId: null, to: 'st_rescue' },
    ]);
  });

  it('of the older kind lead by target', () => {
    const router = block('r', 'router', { prompt: 'x' });
    const result = mapped(
      [start, router, ...targets],
      [edge('start', 'r'), edge('r', 'sales'), edge('r', 'other')],
    );
    expect(result.journey.transitions.slice(1).map(({ branchId }) => branchId)).toEqual([
      'sales',
      'other',
    ]);
  });
});

describe('states', () => {
  const stateOf = (raw: JsonObject, options = {}) =>
    mapped([start, raw], [edge('start', 'a')], {}, options).journey.states.find(
      ({ kind }) => kind !== 'start' && kind !== 'inputs',
    );

  it.each([
    ['function', {}, 'none'],
    ['variables', {}, 'none'],
    ['guardrails', {}, 'none'],
    ['agent', {}, 'read'],
    ['api', { method: 'get' }, 'read'],
    ['api', {}, 'read'],
    ['api', { method: null }, 'read'],
    ['api', { method: 'POST' }, 'write'],
    ['api', { method: '<start.method>' }, 'write'],
    ['slack', {}, 'write'],
    ['toString', {}, 'write'],
  ])('of type %s with %j have the side effect %s', (type, params, sideEffect) => {
    expect(stateOf(block('a', type, params))).toMatchObject({ kind: 'tool', sideEffect });
  });

  it('have the side effect that is configured', () => {
    const options = { sideEffects: { slack: 'none', api: 'write' } };
    expect(stateOf(block('a', 'slack'), options)).toMatchObject({ sideEffect: 'none' });
    expect(stateOf(block('a', 'api'), options)).toMatchObject({ sideEffect: 'write' });
  });

  it('bear the names that references use, and retry', () => {
    const raw = block(
      'a',
      'api',
      { url: 'x' },
      {
        name: 'AWS Alert. v-2_x',
        retry: { enabled: true, maxTries: 2, waitBetweenTriesMs: 7 },
      },
    );
    expect(stateOf(raw)).toMatchObject({
      label: 'AWS Alert. v-2_x',
      refName: 'awsalertv-2_x',
      retry: { maxTries: 2, waitBetweenTriesMs: 7 },
      params: { url: 'x' },
    });
  });

  it('declare what may be read of them', () => {
    const outputs = { id: { type: 'string' } };
    const responseFormat = JSON.stringify({
      json_schema: { schema: { properties: { mood: {} } } },
    });
    const metrics = [{ name: 'Clarity' }, { name: 3 }, 'x'];
    expect(stateOf(block('a', 'slack'))?.outputFields).toBeNull();
    expect(stateOf(block('a', 'slack', {}, { outputs }))?.outputFields).toEqual(['id']);
    expect(stateOf(block('a', 'agent', { responseFormat }, { outputs }))?.outputFields).toEqual([
      'id',
      'mood',
    ]);
    expect(stateOf(block('a', 'evaluator', { metrics }))?.outputFields).toContain('clarity');
    expect(stateOf(block('a', 'guardrails'))?.outputFields).toContain('maskedText');
    expect(stateOf(block('a', 'router_v2'))?.outputFields).toContain('selectedRoute');
    expect(
      stateOf(block('a', 'human_in_the_loop', { inputFormat: [{ name: 'ok' }] }))?.outputFields,
    ).toEqual(['ok', 'response', 'submission']);
  });

  it('that nothing runs are named, where it is known what runs', () => {
    const knownTypes = new Set(['api']);
    const run = (type: string) =>
      mapped([start, block('a', type, { url: 'x' })], [edge('start', 'a')], {}, { knownTypes });
    expect(codes(run('api').issues)).toEqual([]);
    expect(codes(run('acme_crm').issues)).toEqual(['executor_missing']);
    expect(codes(run('loop').issues)).toEqual(['container_empty']);
    expect(codes(run('condition').issues)).not.toContain('executor_missing');
  });
});

describe('what the journey keeps', () => {
  it('variables and start fields, and where', () => {
    const raw = block('start', 'start_trigger', { inputFormat: [{ name: 'orderId' }] });
    const variables = { v: { id: 'v', name: 'limit', type: 'number', value: 5 } };
    const { journey, provenance } = mapped([raw], [], { variables });
    expect(journey.variables).toEqual([{ id: 'v', name: 'limit', type: 'number', value: 5 }]);
    expect(journey).toMatchObject({ name: 'Orders', description: 'Handles orders' });
    expect(provenance.contextVariableMappings).toEqual({
      'variable.limit': 'variables.limit',
      'start.orderId': 'outputs.st_start.orderId',
    });
  });

  it('its version through another envelope, but not through other content', () => {
    const document = uiExport([start, work('a')], [edge('start', 'a')]);
    const { journey } = mapWorkflow(parsed(document).workflow);
    const wrapped = parsed({ data: { ...document, workflow: { name: 'Orders' } } });
    expect(wrapped.workflow.envelope).toBe('rest-export');
    expect(mapWorkflow(wrapped.workflow).journey).toEqual(journey);
    expect(journey.version).toMatch(/^[0-9a-f]{64}$/);
    expect(journey.id).toBe(`jrn_${journey.version.slice(0, 24)}`);
    const { workflow } = parsed(document);
    const versions = [
      mapWorkflow({ ...workflow, name: 'Other' }),
      mapWorkflow(workflow, { sideEffects: { function: 'write' } }),
      mapWorkflow(workflow, { knownTypes: new Set() }),
    ].map((result) => result.journey.version === journey.version);
    expect(versions).toEqual([false, false, true]);
  });
});

describe('large workflows', () => {
  const size = 10_000;
  const ids = Array.from({ length: size }, (_, index) => `n${index}`);

  it('in one long chain, each reading the one before', () => {
    const blocks = ids.map((id, i) =>
      block(id, 'function', { code: i > 0 ? `return <n${i - 1}.result>` : '1' }),
    );
    const edges = ids.slice(1).map((id, i) => edge(`n${i}`, id));
    const result = mapped([start, ...blocks], [edge('start', 'n0'), ...edges]);
    expect(result.journey.states).toHaveLength(size + 1);
    expect(result.issues).toEqual([]);
    expect(result.provenance.coverage).toBe(1);
  });

  it('in one wide join', () => {
    const blocks = [start, ...ids.map((id) => work(id)), work('join')];
    const edges = ids.flatMap((id) => [edge('start', id), edge(id, 'join')]);
    const { journey } = mapped(blocks, edges);
    expect(journey.transitions).toHaveLength(2 * size);
    expect(journey.states.at(-1)?.blockId).toBe('join');
  });

  it('in which all go round, one issue of each kind short of too many', () => {
    const edges = ids.flatMap((id, i) => [edge(id, `n${(i + 1) % size}`), edge(id, 'n0', 'error')]);
    const result = mapped([start, ...ids.map((id) => work(id))], [edge('start', 'n0'), ...edges]);
    expect(result.issues).toHaveLength(201);
    expect(result.journey.transitions).toHaveLength(size);
    expect(result.provenance.leftOut).toHaveLength(size + 1);
  });
});
