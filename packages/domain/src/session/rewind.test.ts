import { describe, expect, it } from 'vitest';
import { form, journey, loop, slot, start, timer, tool, within } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';

const amount = slot('amount', { type: 'number' });
const booking = () => {
  const session = new Rehearsal(
    journey(
      [
        start(slot('name'), amount),
        tool('count', {}),
        form('when', [slot('day')]),
        form('ask', [slot('c')]),
      ],
      ['start -> count', 'count -> when', 'when -> ask'],
      { total: 0 },
    ),
    { count: (run) => ({ output: run.id, variables: { total: 1, by: run.id } }) },
  );
  session.give({ name: 'Ada', amount: 3 });
  return session;
};
const answers = (session: Rehearsal, state: `st_${string}`) =>
  session.decider.state.scopes['root']?.outputs[state];

describe('a correction', () => {
  it('to a value that does not fit undoes nothing', () => {
    const session = booking();
    const said = session.say('make it lots', 'modify-input', [{ slot: 'amount', value: 'lots' }]);
    expect(said).toContain('not a number');
    expect(said).toContain('What is the day?');
    expect(session.ran).toEqual(['count']);
  });

  it('takes several values at once', () => {
    const session = booking();
    session.say('Bob, and 5', 'modify-input', [
      { slot: 'name', value: 'Bob' },
      { slot: 'amount', value: 5 },
    ]);
    expect(answers(session, 'st_start')).toEqual({ name: 'Bob', amount: 5 });
    expect(session.ran).toEqual(['count', 'count']);
  });

  it('of two states is made at the later, and the rest is told', () => {
    const session = booking();
    session.give({ day: 'today' });
    const said = session.say('Bob, tomorrow', 'modify-input', [
      { slot: 'name', value: 'Bob' },
      { slot: 'day', value: 'tomorrow' },
    ]);
    expect(said).toContain('tell me again about: name');
    expect(answers(session, 'st_when')).toMatchObject({ day: 'tomorrow' });
    expect(answers(session, 'st_start')).toMatchObject({ name: 'Ada' });
  });

  it('takes away the variables that were set on the way', () => {
    const session = booking();
    const [first] = session.effects.flatMap((e) => (e.type === 'run-block' ? [e.run.id] : []));
    expect(session.decider.state.variables).toEqual({ total: 1, by: first });
    session.act('back');
    expect(session.decider.state.variables).toEqual({ total: 0 });
  });
});

describe('questions about the session itself', () => {
  const paid = () => {
    const session = new Rehearsal(
      journey(
        [start(slot('a')), tool('pay', { sideEffect: 'write' }), form('f', [slot('b')])],
        ['start -> pay', 'pay -> f'],
      ),
    );
    session.give({ a: '1' });
    session.say('yes', 'confirm');
    return session;
  };

  it('do not pile up', () => {
    const session = paid();
    session.act('back');
    session.act('cancel');
    session.act('restart');
    expect(session.decider.state.questions).toHaveLength(2);
    expect(session.say('no', 'deny')).toContain('What is the b?');
  });

  it('are taken back by going back', () => {
    const session = paid();
    session.act('cancel');
    expect(session.act('back')).toContain('What is the b?');
    session.act('back');
    expect(session.act('back')).toContain('left it as it was');
    expect(session.ran).toEqual(['pay']);
  });

  it('make way for a word about an answer', () => {
    const session = booking();
    session.act('cancel');
    const said = session.say('back to the name', 'back', [{ slot: 'name', value: 'name' }]);
    expect(said).toContain('What is the name?');
    expect(session.decider.state.questions).toHaveLength(1);
  });

  it('are not asked of a session that is over, and it is said once', () => {
    const session = booking();
    session.act('cancel', { confirmed: true });
    const said = session.say('back to the name', 'back', [{ slot: 'name', value: 'name' }]);
    expect(said.match(/This conversation was cancelled/g)).toHaveLength(1);
  });
});

describe('the end', () => {
  it('by time calls off what is under way', () => {
    const session = new Rehearsal(journey([start(), timer('nap', 5_000)], ['start -> nap']));
    session.act('start');
    session.turn({ type: 'expire' });
    expect(session.effects.map(({ type }) => type)).toEqual(['start-timer', 'cancel-timer']);
  });

  it('is reached by a journey of 10,000 blocks in a row', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `n${index}`);
    const ways = names.map(
      (name, index) => `${index === 0 ? 'start' : `n${index - 1}`} -> ${name}`,
    );
    const session = new Rehearsal(journey([start(), ...names.map((name) => tool(name))], ways));
    session.act('start');
    expect(session.status).toBe('completed');
    // What happened is told once for each block, however many there are.
    expect(session.events.length).toBeLessThan(2 * names.length + 20);
  });

  it('is reached where everything after a fork is skipped, however much that is', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `n${index}`);
    const ways = names.map((name, index) =>
      index === 0 ? `start -error-> ${name}` : `n${index - 1} -> ${name}`,
    );
    const session = new Rehearsal(journey([start(), ...names.map((name) => tool(name))], ways));
    session.act('start');
    expect(session.status).toBe('completed');
    expect(session.ran).toEqual([]);
  });
});

it('says that a loop is done again when one goes back behind it', () => {
  const session = new Rehearsal(
    journey(
      [
        start(slot('who')),
        loop('Guests', { loopType: 'for', iterations: 2 }),
        within('Guests', form('meal', [slot('dish')])),
      ],
      ['start -> Guests', 'Guests -enter-> meal'],
    ),
  );
  session.give({ who: 'Ada' });
  const said = session.act('back');
  expect(said).toContain('With a changed answer I will do this again: Guests.');
  expect(said).toContain('What is the who?');
});
