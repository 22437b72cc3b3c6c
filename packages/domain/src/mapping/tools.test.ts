import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import { block, edge, parsed, uiExport } from '../workflow/testing/exports.js';
import { mapWorkflow } from './map-workflow.js';
import { operationOf, takesTools, toolFor, type ToolOffer } from './tools.js';
import { toolsUsed } from './tools-used.js';

const start = block('start', 'start_trigger');
const map = (params: JsonObject, tools: readonly ToolOffer[], type = 'slack') => {
  const document = uiExport([start, block('a', type, params)], [edge('start', 'a')]);
  return mapWorkflow(parsed(document).workflow, {
    knownTypes: new Set(['api', 'function']),
    tools,
  });
};
const stateOf = (mapped: ReturnType<typeof map>) =>
  mapped.journey.states.find(({ id }) => id === 'st_a');
const codesOf = (mapped: ReturnType<typeof map>) => mapped.issues.map(({ code }) => code);

const all: ToolOffer = { blockType: 'slack', operation: null, sideEffect: 'read' };
const send: ToolOffer = { blockType: 'slack', operation: 'send', sideEffect: 'write' };
const list: ToolOffer = { blockType: 'slack', operation: 'list', sideEffect: 'none' };

describe('the operation of a block', () => {
  it.each<[JsonObject, string | null]>([
    [{ operation: 'send' }, 'send'],
    [{ operation: ' send ' }, 'send'],
    [{ operation: '' }, null],
    [{ operation: '  ' }, null],
    [{ operation: null }, null],
    [{ operation: 7 }, null],
    [{ operation: '<start.op>' }, null],
    [{ operation: '{{OP}}' }, null],
    [{}, null],
    [JSON.parse('{"__proto__":{"operation":"send"}}') as JsonObject, null],
  ])('of %j is %j', (params, operation) => {
    expect(operationOf(params)).toBe(operation);
  });
});

describe('the tool of a block', () => {
  it('is the one for its operation, else the one for all of its type', () => {
    expect(toolFor([all, send], 'slack', 'send')).toBe(send);
    expect(toolFor([send, all], 'slack', 'list')).toBe(all);
    expect(toolFor([send, all], 'slack', null)).toBe(all);
    expect(toolFor([send], 'slack', null)).toBeNull();
    expect(toolFor([send], 'gmail', 'send')).toBeNull();
    expect(toolFor([{ ...all, blockType: 'constructor' }], '__proto__', null)).toBeNull();
  });

  it('is never one where the block steers the journey', () => {
    for (const type of ['condition', 'loop', 'start_trigger', 'response', 'function', 'workflow']) {
      expect(takesTools(type)).toBe(false);
      expect(toolFor([{ ...all, blockType: type }], type, null)).toBeNull();
    }
    expect(['slack', 'api', 'agent'].every(takesTools)).toBe(true);
  });
});

describe('a workflow mapped with tools', () => {
  it('has no finding for a block that one of them runs, and names the operation of others', () => {
    expect(codesOf(map({ operation: 'send' }, [send]))).not.toContain('executor_missing');
    const { issues } = map({ operation: 'other' }, [send]);
    const issue = issues.find(({ code }) => code === 'executor_missing');
    expect(issue?.message).toContain('"other"');
  });

  it('takes from the tool what the block does outside', () => {
    expect(stateOf(map({ operation: 'send' }, []))).toMatchObject({ sideEffect: 'write' });
    expect(stateOf(map({ operation: 'list' }, [list]))).toMatchObject({ sideEffect: 'none' });
    expect(stateOf(map({ operation: 'x' }, [list, all]))).toMatchObject({ sideEffect: 'read' });
    const api = { blockType: 'api', operation: null, sideEffect: 'none' } as const;
    const get = map({ url: 'https://a.test', method: 'POST' }, [api], 'api');
    expect(stateOf(get)).toMatchObject({ sideEffect: 'none' });
  });

  it('takes the worst where only the run will tell the operation', () => {
    expect(stateOf(map({ operation: '<start.op>' }, [list, all, send]))).toMatchObject({
      sideEffect: 'write',
    });
    expect(stateOf(map({}, [list, all]))).toMatchObject({ sideEffect: 'read' });
    const versionWith = (tools: readonly ToolOffer[]) => map({}, tools).journey.version;
    expect(versionWith([all, send])).not.toBe(versionWith([all]));
  });

  it('has another version by the tools that run its blocks alone', () => {
    const versionWith = (tools: readonly ToolOffer[]) =>
      map({ operation: 'send' }, tools).journey.version;
    const without = versionWith([]);
    expect(versionWith([list])).toBe(without);
    expect(versionWith([{ ...all, blockType: 'gmail' }])).toBe(without);
    expect(versionWith([send])).not.toBe(without);
    expect(versionWith([list, send])).toBe(versionWith([send, all]));
    expect(versionWith([{ ...send, sideEffect: 'read' }])).not.toBe(versionWith([send]));
  });

  it('uses each tool once, in an order of its own', () => {
    const blocks = ['send', 'list', 'send', 'none'].map((operation) => ({
      type: 'slack',
      params: { operation },
    }));
    expect(toolsUsed(blocks, [send, list])).toEqual([list, send]);
    expect(toolsUsed(blocks.toReversed(), [list, send])).toEqual([list, send]);
    expect(toolsUsed(blocks, [])).toEqual([]);
  });
});
