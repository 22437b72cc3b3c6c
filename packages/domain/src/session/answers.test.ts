import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import { form, journey, slot, start, timer, tool } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';
import { createDecider } from './decide.js';
import { asStored } from './testing/stored.js';

const asking = () =>
  new Rehearsal(
    journey(
      [
        start(
          slot('order'),
          slot('size', {
            options: [
              { value: 's', label: 'Small' },
              { value: 'l', label: 'Large' },
            ],
          }),
        ),
      ],
      [],
    ),
  );

const writing = (more: { error?: string } = {}) => {
  const session = new Rehearsal(
    journey([start(slot('a')), tool('pay', { sideEffect: 'write' })], ['start -> pay']),
    { pay: () => (more.error === undefined ? { output: 1 } : { error: more.error }) },
  );
  session.give({ a: '1' });
  return session;
};

describe('an answer as data', () => {
  it.each<[JsonObject, string]>([
    [{}, 'did not catch a value'],
    [{ value: null }, 'did not catch a value'],
    [{ slot: 5, value: 'x' }, 'could not find an answer'],
    [{ values: 'x' }, 'could not find an answer'],
    [{ values: {} }, 'could not find an answer'],
    [{ values: { colour: 'red' } }, 'nothing called colour'],
    [{ slot: 'colour', value: 'red' }, 'nothing called colour'],
    [{ values: { __proto__: 'x', constructor: 'y' } }, 'nothing called constructor'],
    [{ slot: 'size', value: 'huge' }, 'not one of the choices'],
  ])('%j that does not fit is told, and asked for again', (parameters, told) => {
    const session = asking();
    const said = session.act('answer', parameters);
    expect(said).toContain(told);
    expect(said).toContain('What is the order?');
  });

  it('takes what fits of several values and tells the rest', () => {
    const session = asking();
    const said = session.give({ order: 'A1', colour: 'red' });
    expect(said).toContain('nothing called colour');
    expect(said).toContain('Small');
  });

  it.each<[JsonObject]>([[{ values: { a: true } }], [{ slot: 'a', value: true }]])(
    '%j for a slot is not taken for a yes to a side effect',
    (parameters) => {
      const session = writing();
      expect(session.act('answer', parameters)).toContain('not what I need');
      expect(session.ran).toEqual([]);
    },
  );

  it.each(['no', 0, [], { a: 1 }])('a confirmation with %j is neither yes nor no', (confirmed) => {
    const session = writing();
    expect(session.act('confirm', { confirmed })).toContain('a yes or a no');
    expect(session.ran).toEqual([]);
  });

  it.each<[JsonObject]>([[{}], [{ option: 'fly' }], [{ option: ['skip'] }], [{ value: null }]])(
    '%j is no way out of a failure',
    (parameters) => {
      const session = writing({ error: 'no' });
      session.act('confirm');
      const said = session.act('answer', parameters);
      expect(said).toContain('not possible here');
      expect(said).toContain('try again');
    },
  );
});

describe('optional values', () => {
  const filling = () => {
    const optional = { required: false, type: 'number' } as const;
    const session = new Rehearsal(
      journey(
        [start(), form('f', [slot('a', optional), slot('b', optional), slot('c')])],
        ['start -> f'],
      ),
    );
    session.act('start');
    return session;
  };

  it('given as nothing are left out and not asked for again', () => {
    const session = filling();
    session.act('answer', { value: '' });
    expect(session.give({ b: null })).toContain('What is the c?');
    session.give({ c: 'x' });
    expect(session.output).toMatchObject({ a: null, b: null, c: 'x' });
  });

  it('given before may be taken away again', () => {
    const session = filling();
    session.give({ a: 1 });
    session.give({ a: null, b: 2, c: 'x' });
    expect(session.output).toMatchObject({ a: null, b: 2 });
  });
});

describe('refusals', () => {
  it('count for the slot that is asked for alone', () => {
    const session = new Rehearsal(
      journey([start(slot('n', { type: 'number' }), slot('m', { type: 'number' }))], []),
    );
    for (let turn = 0; turn < 4; turn += 1) {
      expect(session.give({ m: 'lots' })).not.toContain('stuck');
    }
    session.give({ n: 'lots' });
    session.give({ n: 'lots' });
    expect(session.give({ n: 'lots' })).toContain('stuck');
  });
});

describe('yes and no', () => {
  it('fill a boolean slot, even where they were heard as such', () => {
    const session = new Rehearsal(journey([start(slot('gift', { type: 'boolean' }))], []));
    session.say('no', 'deny');
    expect(session.output).toEqual({ gift: false });
  });

  it('that were hardly heard do nothing', () => {
    const session = writing();
    const understanding = {
      intent: 'confirm',
      confidence: 0.3,
      entities: [],
      alternatives: [],
      provider: 'internal',
    } as const;
    session.turn({ type: 'say', text: 'yesish', understanding });
    expect(session.ran).toEqual([]);
  });
});

describe('back within a question', () => {
  it('takes back the latest answer, however the state was stored', () => {
    const order = journey([start(slot('longest'), slot('b'), slot('10'), slot('z'))], []);
    const session = new Rehearsal(order);
    for (const name of ['longest', 'b', '10']) session.give({ [name]: name });
    const decider = createDecider(order, asStored(session.decider.state));
    decider.take({ type: 'act', action: 'back', parameters: {} }, '2026-03-14T09:00:00Z');
    expect(decider.state.questions[0]).toMatchObject({ focus: '10', given: ['longest', 'b'] });
  });
});

describe('a person who is answered by silence', () => {
  it('is told that something still waits', () => {
    const session = new Rehearsal(
      journey(
        [start(), timer('nap', 60_000), form('f', [slot('a')]), tool('quiet')],
        ['start -> nap', 'start -> f', 'f -> quiet'],
      ),
    );
    session.act('start');
    expect(session.give({ a: '1' })).toContain('still waiting');
  });
});
