import { describe, expect, it } from 'vitest';
import type { Journey } from '../../journey/types.js';
import {
  call,
  child,
  fork,
  inChild,
  journey,
  loop,
  parallel,
  response,
  start,
  timer,
  tool,
  within,
} from '../../testing/journeys.js';
import { createActor } from 'xstate';
import { machineOf } from './testing/follower.js';
import { toXState } from './to-xstate.js';

/** The value of a journey's machine after each event. */
function told(made: Journey, ...events: (string | { type: string; total: number })[]) {
  const actor = createActor(machineOf(toXState(made))).start();
  const values = events.map((event) => {
    actor.send(typeof event === 'string' ? { type: event } : event);
    const { value } = actor.getSnapshot() as { value: unknown };
    return typeof value === 'object' && value !== null && 'running' in value
      ? value.running
      : value;
  });
  actor.stop();
  return values;
}

const FORK = fork(
  'ask',
  { id: 'ask-if', title: 'if', expression: 'true' },
  { id: 'ask-else', title: 'else', expression: null },
);

describe('a machine of one state at a time', () => {
  const plain = journey(
    [start(), FORK, tool('pay'), timer('rest', 5_000), response('end')],
    ['start -> ask', 'ask -branch:ask-if-> pay', 'pay -> end', 'pay -error-> rest', 'rest -> end'],
  );

  it('is plain: states, events, targets', () => {
    const { config, machines } = toXState(plain);
    expect(machines).toEqual({});
    expect(config).not.toHaveProperty('context');
    const { running } = config.states ?? {};
    expect(running).toMatchObject({ initial: 'st_start', onDone: 'completed' });
    expect(Object.entries(running?.states ?? {}).map(([key, { on }]) => [key, on])).toEqual([
      ['st_start', { 'done.st_start': 'st_ask' }],
      [
        'st_ask',
        {
          'branch.st_ask.ask-if': 'st_pay',
          'branch.st_ask.ask-else': 'ended',
          'done.st_ask': 'ended',
        },
      ],
      ['st_pay', { 'done.st_pay': 'st_end', 'error.st_pay': 'st_rest' }],
      ['st_rest', { 'done.st_rest': 'st_end' }],
      ['st_end', { 'done.st_end': '#responded' }],
      ['ended', undefined],
    ]);
    expect(running?.states?.st_rest).toMatchObject({
      description: 'rest · timer',
      meta: { kind: 'timer', blockId: 'rest', blockType: 'wait', delayMs: 5_000 },
    });
  });

  it('goes on by error ways, and ends with a response', () => {
    expect(
      told(plain, 'done.st_start', 'branch.st_ask.ask-if', 'error.st_pay', 'done.st_rest'),
    ).toEqual(['st_ask', 'st_pay', 'st_rest', 'st_end']);
    expect(
      told(plain, 'done.st_start', 'branch.st_ask.ask-if', 'done.st_pay', 'done.st_end')[3],
    ).toBe('responded');
  });

  it('ends where a branch leads nowhere, and by being called off', () => {
    expect(told(plain, 'done.st_start', 'branch.st_ask.ask-else')).toEqual(['st_ask', 'completed']);
    expect(told(plain, 'cancel')).toEqual(['cancelled']);
  });

  it('heeds no event of a state that is not active', () => {
    expect(told(plain, 'done.st_pay', 'error.st_start')).toEqual(['st_start', 'st_start']);
  });
});

describe('a machine of several states at once', () => {
  const joined = journey(
    [start(), FORK, tool('a'), tool('b'), tool('join')],
    ['start -> ask', 'start -> a', 'ask -branch:ask-if-> b', 'a -> join', 'b -> join'],
  );

  it('waits at a join for what may still come', () => {
    const [, first, second] = told(joined, 'done.st_start', 'done.st_a', 'branch.st_ask.ask-if');
    expect(first).toMatchObject({ st_a: 'done', st_b: 'waiting', st_join: 'waiting' });
    expect(second).toMatchObject({ st_b: 'active', st_join: 'waiting' });
  });

  it('waits for nothing that will never come', () => {
    const [, , third, fourth] = told(
      joined,
      'done.st_start',
      'done.st_a',
      'branch.st_ask.ask-else',
      'done.st_join',
    );
    expect(third).toMatchObject({ st_b: 'skipped', st_join: 'active' });
    expect(fourth).toBe('completed');
  });

  it('goes by a plain way out of a fork as well as by the branch', () => {
    const made = journey(
      [start(), FORK, tool('a'), tool('b')],
      ['start -> ask', 'ask -branch:ask-if-> a', 'ask -> b'],
    );
    expect(told(made, 'done.st_start', 'branch.st_ask.ask-if')[1]).toMatchObject({
      st_a: 'active',
      st_b: 'active',
    });
    expect(told(made, 'done.st_start', 'branch.st_ask.ask-else')[1]).toMatchObject({
      st_a: 'skipped',
      st_b: 'active',
    });
  });

  it('is called off as a whole by a response', () => {
    const racing = journey(
      [start(), response('first'), tool('slow')],
      ['start -> first', 'start -> slow'],
    );
    expect(told(racing, 'done.st_start', 'done.st_first')[1]).toBe('responded');
  });
});

describe('the machine of a loop', () => {
  const looped = (how: Parameters<typeof loop>[1]) =>
    journey(
      [start(), loop('each', how), within('each', tool('work')), tool('after')],
      ['start -> each', 'each -enter-> work', 'each -> after'],
    );
  const working = { st_each: { iteration: 'st_work' } };

  it('counts where it is written how often', () => {
    const plan = ['done.st_start', 'plan.st_each', 'done.st_work', 'done.st_work', 'done.st_each'];
    expect(told(looped({ loopType: 'for', iterations: 2 }), ...plan)).toEqual([
      { st_each: 'planning' },
      working,
      working,
      { st_each: 'exhausted' },
      'st_after',
    ]);
  });

  it.each([
    [0, { st_each: 'exhausted' }],
    [1, working],
  ])('is told how often over a list of %d', (total, value) => {
    const made = looped({ loopType: 'forEach', items: '<start.items>' });
    expect(told(made, 'done.st_start', { type: 'plan.st_each', total })[1]).toEqual(value);
  });

  it.each([
    ['while', { st_each: 'checking' }],
    ['doWhile', working],
  ] as const)('asks the condition of a %s', (loopType, begun) => {
    const made = looped({ loopType, condition: 'x' });
    const values = told(
      made,
      'done.st_start',
      'plan.st_each',
      ...(loopType === 'while' ? ['continue.st_each'] : []),
      'done.st_work',
      'continue.st_each',
      'done.st_work',
      'done.st_each',
    );
    expect(values[1]).toEqual(begun);
    expect(values.slice(-4)).toEqual([
      { st_each: 'checking' },
      working,
      { st_each: 'checking' },
      'st_after',
    ]);
  });

  it('forgets between iterations what was decided in one', () => {
    const made = journey(
      [
        start(),
        loop('each', { loopType: 'for', iterations: 2 }),
        ...['a', 'b', 'join'].map((name) => within('each', tool(name))),
      ],
      ['start -> each', 'each -enter-> a', 'each -enter-> b', 'a -> join', 'b -> join'],
    );
    const once = ['done.st_a', 'done.st_b', 'done.st_join'];
    const values = told(made, 'done.st_start', 'plan.st_each', ...once, ...once, 'done.st_each');
    const fresh = { st_a: 'active', st_b: 'active', st_join: 'waiting' };
    expect(values[1]).toEqual({ st_each: { iteration: fresh } });
    expect(values[4]).toEqual({ st_each: { iteration: fresh } });
    expect(values.at(-1)).toBe('completed');
  });

  it('is left early by its own end', () => {
    const made = looped({ loopType: 'for', iterations: 9 });
    expect(told(made, 'done.st_start', 'plan.st_each', 'done.st_each')[2]).toBe('st_after');
  });
});

describe('machines of their own', () => {
  it('run the branches of a parallel, a batch at a time', () => {
    const made = journey(
      [
        start(),
        parallel('all', { parallelType: 'count', count: 3, batchSize: 2 }),
        within('all', tool('work')),
      ],
      ['start -> all', 'all -enter-> work'],
    );
    const actor = createActor(machineOf(toXState(made))).start();
    const branches = () =>
      Object.entries(
        actor.getSnapshot().children as Record<string, { getSnapshot(): { status: string } }>,
      )
        .filter(([, each]) => each.getSnapshot().status === 'active')
        .map(([id]) => id);
    const finish = (id: string) =>
      (actor.getSnapshot().children as Record<string, { send(event: object): void }>)[id]?.send({
        type: 'done.st_work',
      });
    actor.send({ type: 'done.st_start' });
    actor.send({ type: 'plan.st_all' });
    expect(branches()).toEqual(['st_all.0', 'st_all.1']);
    finish('st_all.1');
    expect(branches()).toEqual(['st_all.0']);
    finish('st_all.0');
    expect(branches()).toEqual(['st_all.2']);
    finish('st_all.2');
    expect(actor.getSnapshot().value).toEqual({ running: { st_all: 'exhausted' } });
    actor.send({ type: 'done.st_all' });
    expect(actor.getSnapshot().value).toBe('completed');
  });

  it('stop with a parallel that is left early', () => {
    const made = journey(
      [start(), parallel('all', { count: 2 }), within('all', tool('work')), tool('after')],
      ['start -> all', 'all -enter-> work', 'all -> after'],
    );
    const actor = createActor(machineOf(toXState(made))).start();
    actor.send({ type: 'done.st_start' });
    actor.send({ type: 'plan.st_all' });
    const { children } = actor.getSnapshot() as {
      children: Record<string, { getSnapshot(): { status: string } }>;
    };
    const branch = children['st_all.0'];
    expect(branch?.getSnapshot().status).toBe('active');
    actor.send({ type: 'done.st_all' });
    expect(actor.getSnapshot().value).toEqual({ running: 'st_after' });
    expect(branch?.getSnapshot().status).toBe('stopped');
    expect(actor.getSnapshot().children).toEqual({});
  });

  it('run child workflows, each described once', () => {
    const made = journey(
      [
        start(),
        call('one', 'kid'),
        call('two', 'kid'),
        inChild('kid', { ...start(), id: 'st_in' }),
      ],
      ['start -> one', 'one -> two'],
      {},
      [child('kid', 'in')],
    );
    const { config, machines } = toXState(made);
    expect(Object.keys(machines)).toEqual(['child_kid']);
    expect(config.states?.running?.states?.st_one?.states?.called).toEqual({
      invoke: { src: 'child_kid', id: 'st_one', onDone: 'returned' },
    });
    expect(told(made, 'done.st_start', 'call.st_one', 'done.st_one')).toEqual([
      { st_one: 'preparing' },
      { st_one: 'called' },
      { st_two: 'preparing' },
    ]);
  });
});

describe('whatever a journey holds', () => {
  it('of nothing the machine is over at once', () => {
    const nothing = { ...journey([], []), initial: null };
    expect(
      createActor(machineOf(toXState(nothing)))
        .start()
        .getSnapshot().value,
    ).toBe('completed');
  });

  it.each(['a.b', '*', '#x', '__proto__', 'constructor', 'a b', '\ud800', 'ended', '-', ''])(
    'a state of id %j is reached and left',
    (name) => {
      const odd = { ...tool(name), label: '\ud800"</script>' };
      const made = journey([start(), odd], []);
      const way = {
        id: 'tr_x',
        from: 'st_start',
        to: odd.id,
        kind: 'next',
        branchId: null,
        edgeIds: [],
      } as const;
      const { config } = toXState({ ...made, transitions: [way] });
      const key = Object.keys(config.states?.running?.states ?? {})[1] ?? '';
      expect(key).toMatch(/^st_[\w-]*$/);
      expect(told({ ...made, transitions: [way] }, 'done.st_start', `done.${key}`)).toEqual([
        key,
        'completed',
      ]);
    },
  );

  it('distinct ids make distinct states and events', () => {
    const names = ['a.b', 'a_b', 'a-b', 'a_2e_b', 'a b'];
    const { config } = toXState(journey([start(), ...names.map((name) => tool(name))], []));
    expect(Object.keys(config.states?.running?.states ?? {})).toHaveLength(names.length + 2);
  });

  it('grows as the journey does', () => {
    const wide = (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `t${index}`);
      const ways = names.flatMap((name) => [`start -> ${name}`, `${name} -> join`]);
      const made = journey([start(), ...names.map((name) => tool(name)), tool('join')], ways);
      return JSON.stringify(toXState(made)).length;
    };
    expect(wide(4_000) / wide(2_000)).toBeLessThan(2.1);
  });
});
