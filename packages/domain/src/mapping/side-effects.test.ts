import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import { block, parsed, uiExport } from '../workflow/testing/exports.js';
import { sideEffectOf } from './side-effects.js';

const effectOf = (type: string, params: JsonObject = {}, sideEffects = {}) => {
  const [read] = parsed(uiExport([block('b', type, params)])).workflow.blocks;
  if (!read) throw new TypeError('no block');
  return sideEffectOf(read, { sideEffects });
};

describe('what running a block does outside', () => {
  it.each([
    ['function', {}, 'none'],
    ['variables', {}, 'none'],
    ['agent', {}, 'read'],
    ['workflow', {}, 'write'],
    ['exa', { operation: 'exa_answer' }, 'read'],
    ['slack', { operation: 'send' }, 'write'],
    ['slack', { operation: 'list_users' }, 'read'],
    ['gmail_v2', { operation: 'search_gmail' }, 'read'],
    ['gmail_v2', { operation: 'delete_gmail' }, 'write'],
    ['google_calendar_v2', { operation: 'list' }, 'read'],
    ['github_v2', { operation: 'github_get_issue' }, 'read'],
    ['github_v2', { operation: 'github_merge_pr' }, 'write'],
    ['postgresql', { operation: 'query' }, 'read'],
    ['postgresql', { operation: 'execute' }, 'write'],
    ['twilio_sms', {}, 'write'],
  ])('of %s with %j is %s', (type, params, expected) => {
    expect(effectOf(type, params)).toBe(expected);
  });

  it('is told by the method of a request, in either case, GET where none is set', () => {
    expect(effectOf('api', { method: 'head' })).toBe('read');
    expect(effectOf('api', { method: ' ' })).toBe('read');
    expect(effectOf('api')).toBe('read');
    expect(effectOf('api', { method: 'POST' })).toBe('write');
    expect(effectOf('api', { method: ['GET'] })).toBe('write');
  });

  it('is that of the default operation where none is set', () => {
    expect(effectOf('notion_v2', { operation: null })).toBe('read');
    expect(effectOf('gmail', { operation: '' })).toBe('write');
  });

  it('is the worst where it is not known before the run, or at all', () => {
    expect(effectOf('slack', { operation: '<start.operation>' })).toBe('write');
    expect(effectOf('gmail', { operation: 'list_everything' })).toBe('write');
    expect(effectOf('acme_crm', { operation: 'list' })).toBe('write');
    expect(effectOf('__proto__')).toBe('write');
  });

  it('is what the options say, where they do', () => {
    expect(effectOf('acme_crm', {}, { acme_crm: 'read' })).toBe('read');
    expect(effectOf('exa', {}, { exa: 'write' })).toBe('write');
  });
});

describe('functions that may fetch', () => {
  const sideEffects = { function: 'write' } as const;
  const effect = (code: string | null) =>
    sideEffectOf({ type: 'function', params: { code } }, { sideEffects });

  it.each([
    ['return await fetch(url)', 'write'],
    ['const get = fetch; return 1', 'write'],
    ['return prefetched + 1', 'none'],
    ['return 1', 'none'],
    [null, 'write'],
  ])('%j: %s', (code, expected) => {
    expect(effect(code)).toBe(expected);
  });

  it('count as what an agent may do by a tool of its author’s code', () => {
    const tool = (code: string) => ({ type: 'custom-tool', title: 'Look', code, schema: {} });
    const agent = (code: string) => ({ type: 'agent', params: { tools: [tool(code)] } });
    expect(sideEffectOf(agent('return fetch(url)'), { sideEffects })).toBe('write');
    expect(sideEffectOf(agent('return 1'), { sideEffects })).not.toBe('write');
    expect(sideEffectOf(agent('return fetch(url)'), {})).not.toBe('write');
  });
});
