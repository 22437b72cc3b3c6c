import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import { journey, slot, start, tool } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';

const order = (...slots: Parameters<typeof start>) =>
  journey([start(...slots), tool('work')], ['start -> work']);
const amount = slot('amount', { type: 'number' });
const count = slot('count', { type: 'number', required: false, default: 1 });

function opened(initialInput: JsonObject, ...slots: Parameters<typeof start>): Rehearsal {
  return new Rehearsal(order(...slots), {}, { initialInput });
}

const started = (session: Rehearsal) => session.decider.state.scopes['root']?.outputs['st_start'];

describe('initial input', () => {
  it.each<[string, JsonObject]>([
    ['of the wrong type', { amount: 'lots' }],
    ['of null', { amount: null }],
  ])('%s is asked for at once, and not said to be there', (_what, input) => {
    const session = opened(input, amount);
    expect(session.status).toBe('waiting-for-input');
    const said = session.events.flatMap((e) => (e.type === 'agent-said' ? e.messages : []));
    expect(said.map(({ key }) => key)).toContain('ask-slot');
    expect(said.map(({ key }) => key)).not.toContain('ready-to-start');
  });

  it('that does not fit an optional field is asked for too, and may be left out', () => {
    const session = opened({ count: 'lots' }, count);
    expect(session.status).toBe('waiting-for-input');
    session.act('skip');
    expect(started(session)).toEqual({ count: 1 });
    expect(session.status).toBe('completed');
  });

  it('beside the fields that are asked for is told and passed on', () => {
    const session = opened({ amount: 3, note: 'by hand' }, amount);
    const welcome = session.events.flatMap((e) => (e.type === 'agent-said' ? e.messages : []));
    expect(welcome.find(({ key }) => key === 'unasked-input')?.params).toEqual({ names: ['note'] });
    session.act('start');
    expect(started(session)).toEqual({ amount: 3, note: 'by hand' });
  });

  it('of a start that asks for nothing is passed on without a word', () => {
    const session = opened({ payload: { id: 1 } });
    expect(session.events.at(-1)).toMatchObject({
      messages: [{ key: 'welcome' }, { key: 'ready-to-start' }],
    });
    session.act('start');
    expect(started(session)).toEqual({ payload: { id: 1 } });
  });

  it('stays when the session goes back to the start', () => {
    const session = new Rehearsal(
      journey([start(amount), tool('pay', { sideEffect: 'write' })], ['start -> pay']),
      {},
      { initialInput: { note: 'by hand' } },
    );
    session.give({ amount: 1 });
    session.act('back');
    session.give({ amount: 2 });
    expect(started(session)).toEqual({ amount: 2, note: 'by hand' });
  });
});

describe('a journey without a start', () => {
  it('is over at once instead of standing still', () => {
    const session = new Rehearsal(journey([], []));
    expect(session.act('start')).toBe('Done.');
    expect(session.status).toBe('completed');
  });
});

describe('before the start', () => {
  const ready = () => opened({ amount: 3 }, amount, count);

  it('an answer fills what is left and starts', () => {
    const session = ready();
    session.give({ count: 7 });
    expect(started(session)).toEqual({ amount: 3, count: 7 });
    expect(session.ran).toEqual(['work']);
  });

  it('a correction changes the given value, and each block runs once', () => {
    const session = ready();
    session.say('make it 90', 'modify-input', [{ slot: 'amount', value: 90, type: 'number' }]);
    expect(started(session)).toEqual({ amount: 90, count: 1 });
    expect(session.effects.map(({ type }) => type)).toEqual(['run-block']);
  });

  it('a yes starts', () => {
    const session = ready();
    session.say('yes', 'confirm');
    expect(session.status).toBe('completed');
  });

  it.each(['deny', 'out-of-scope', 'choose', 'provide-value'] as const)(
    'nothing is begun on an utterance heard as %s',
    (intent) => {
      const session = ready();
      expect(session.say('hm', intent)).toContain('Say "start"');
      expect(session.status).toBe('not-started');
    },
  );

  it.each([false, 'no', 1])('nothing is begun on a confirmation with %j', (confirmed) => {
    const session = ready();
    expect(session.act('confirm', { confirmed })).toContain('Say "start"');
    expect(session.status).toBe('not-started');
  });

  it('an answer to what is not asked is told', () => {
    const session = ready();
    expect(session.give({ colour: 'red' })).toContain('nothing called colour');
  });
});
