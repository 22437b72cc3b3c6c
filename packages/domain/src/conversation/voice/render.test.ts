import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.js';
import { en, type MessageKey } from './en.js';
import { duration, inRunningText, render } from './render.js';

const said = (key: MessageKey, params: JsonObject = {}) => render({ key, params });

describe('the catalogue', () => {
  it.each(Object.keys(en) as MessageKey[])('%s can be said with all its arguments', (key) => {
    const text = said(key, {
      name: 'Refund',
      description: 'a description',
      label: 'Order id',
      labels: ['Order id', 'Amount'],
      needs: ['Order id'],
      count: 2,
      names: ['orderid'],
      values: { Amount: 3 },
      options: ['small', 'large'],
      expected: 'string',
      default: null,
      given: 'x',
      max: 4000,
      text: 'shown',
      steps: ['Pay'],
      error: 'It failed.',
      status: 'completed',
      progress: 10,
      condition: 'amount > 100',
      title: 'if',
      output: { data: { amount: 3 }, status: 200 },
      delayMs: 5000,
      fireAt: '2026-01-01T00:00:00Z',
      kind: 'start',
      ended: 'false',
      dispensable: 'true',
      type: 'text',
      mode: 'visual',
      option: 'skip',
      number: 2,
      total: 3,
      item: { name: 'Oslo' },
    });
    expect(text).not.toBe('');
    expect(text.replace('{"name": "value"}', '')).not.toMatch(/[{}]|undefined|\[object/);
  });
});

describe('render', () => {
  it('leaves out what there is none of', () => {
    expect(said('welcome', { name: 'Refund', description: '', needs: [] })).toBe('Refund.');
    expect(
      said('ask-slot', { label: 'Order id', description: '', expected: 'string', options: [] }),
    ).toBe('What is the order id?');
  });

  it('says how to give what is no plain text', () => {
    expect(
      said('ask-slot', { label: 'Release', description: '', expected: 'object', options: [] }),
    ).toBe('What is the release? I need it as a JSON object, such as {"name": "value"}.');
  });

  it('names what a value is for', () => {
    const params = { label: 'Channel', description: '', options: [], purpose: 'Tell the team' };
    expect(said('ask-slot', { ...params, expected: 'string' })).toBe(
      'What is the channel for "Tell the team"?',
    );
    expect(said('ask-slot', { ...params, expected: 'boolean' })).toBe(
      'Channel for "Tell the team": yes or no?',
    );
  });

  it('numbers the options', () => {
    expect(
      said('ask-slot', {
        label: 'Size',
        description: '',
        expected: 'option',
        options: ['Small', 'Large'],
      }),
    ).toBe('Size: which one? 1. Small  2. Large');
  });

  it('summarises results by their shape and never as JSON', () => {
    expect(said('completed', { output: { orderId: 'A-1', lines: [{ sku: 1 }, { sku: 2 }] } })).toBe(
      'Done. Order id: A-1, Lines: (sku: 1), (sku: 2)',
    );
    expect(said('completed', { output: null })).toBe('Done.');
    expect(said('completed', { output: [1, 2, 3, 4, 5, 6, 7] })).toBe(
      'Done. 1, 2, 3, 4, 5 and 2 more',
    );
    expect(said('completed', { output: { data: { ok: true }, status: 200, headers: {} } })).toBe(
      'Done. Ok: yes',
    );
  });

  it('ends what others wrote as sentences end', () => {
    const failed = (error: string) =>
      said('ask-repair', { label: 'Pay', error, options: ['stop'] });
    expect(failed('It is away')).toBe('"Pay" did not work: It is away. What shall I do? 1. stop');
    expect(failed('It said "no."')).toContain('It said "no." What');
    expect(said('status', { name: 'X', status: 'not_started', progress: 0, label: '' })).toBe(
      'X has not been started yet.',
    );
  });

  it('takes values that look like patterns or markup as they are', () => {
    const odd = `{x} '{y}' <b>bold</b> #`;
    expect(said('noted', { values: { Note: odd } })).toBe(`Got it: Note: ${odd}.`);
  });

  it('falls back to English', () => {
    expect(render({ key: 'greet', params: {} }, 'xx')).toBe('Hello!');
    expect(render({ key: 'greet', params: {} }, '__proto__')).toBe('Hello!');
  });
});

describe('words', () => {
  it.each([
    ['Order id', 'order id'],
    ['API key', 'API key'],
    ['eBay name', 'eBay name'],
    ['', ''],
  ])('%s in running text is %s', (label, expected) => {
    expect(inRunningText(label)).toBe(expected);
  });

  it.each([
    [500, '1 second'],
    [3_000, '3 seconds'],
    [60_000, '1 minute'],
    [90_000, '1 minute 30 seconds'],
    [3_600_000 + 59_600, '1 hour 1 minute'],
    [86_400_000 + 60_000, '1 day'],
    [7_200_000, '2 hours'],
    [2_592_000_000, '30 days'],
  ])('%d ms is %s', (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });
});
