import { describe, expect, it } from 'vitest';
import {
  call,
  child,
  fork,
  inChild,
  journey,
  loop,
  response,
  router,
  start,
  tool,
  within,
} from '../testing/journeys.js';
import { analyse } from './analyse.js';
import { found } from './testing/found.js';

const branches = [
  { id: 'if', title: 'if', expression: '1' },
  { id: 'else', title: 'else', expression: null },
] as const;

describe('what nothing leads to', () => {
  it('is named, state by state', () => {
    const sketch = journey(
      [start(), tool('a'), tool('lost'), tool('after')],
      ['start -> a', 'lost -> after'],
    );
    expect(found(sketch)).toEqual([
      'state_unreachable: No path leads to "lost".',
      'state_unreachable: No path leads to "after".',
    ]);
  });

  it('is told of with the container or the call around it', () => {
    const sketch = journey(
      [
        start(),
        loop('lost', { iterations: 2 }),
        within('lost', tool('inside')),
        within('lost', call('kid', 'kid')),
        inChild('kid', { ...start(), id: 'st_begin' }),
        inChild('kid', tool('work')),
      ],
      ['lost -enter-> inside', 'lost -enter-> kid'],
      {},
      [child('kid', 'begin')],
    );
    expect(found(sketch)).toEqual([
      'state_unreachable: No call leads to the workflow "Child kid".',
      'state_unreachable: No path leads to "lost".',
    ]);
  });

  it('is the whole body that has no way in', () => {
    const sketch = journey(
      [start(), loop('each', { iterations: 2 }), within('each', tool('inside'))],
      ['start -> each'],
    );
    expect(found(sketch)).toEqual(['state_unreachable: No path leads to "inside".']);
  });

  it.each([
    [within('nowhere', tool('x')), 'No path leads to "x": what it stands in is not there.'],
    [within('a', tool('x')), 'No path leads to "x": "a" has no body.'],
    [inChild('kid', tool('x')), 'No path leads to "x": its workflow is not there.'],
  ])('is what stands nowhere (%#)', (state, message) => {
    expect(found(journey([start(), tool('a'), state], ['start -> a']))).toEqual([
      `state_unreachable: ${message}`,
    ]);
  });

  it('is what stands in itself, or too deep', () => {
    const round = journey(
      [
        start(),
        within('b', loop('a', { iterations: 1 })),
        within('a', loop('b', { iterations: 1 })),
      ],
      [],
    );
    expect(found(round)).toEqual([
      'container_too_deep: "a" stands in more than 10 containers.',
      'container_too_deep: "b" stands in more than 10 containers.',
    ]);
    const names = Array.from({ length: 12 }, (_, n) => `l${n}`);
    const deep = names.map((name, n) =>
      n === 0 ? loop(name, { iterations: 1 }) : within(`l${n - 1}`, loop(name, { iterations: 1 })),
    );
    const ways = names.map((name, n) => (n === 0 ? 'start -> l0' : `l${n - 1} -enter-> ${name}`));
    expect(found(journey([start(), ...deep], ways))).toEqual([
      'container_too_deep: "l11" stands in more than 10 containers.',
    ]);
  });
});

describe('a beginning', () => {
  const nowhere = { ...journey([tool('a')], []), initial: 'st_gone' } as const;

  it.each([
    [{ ...journey([], []), initial: null }, '"Test journey" has nothing to start with.'],
    [nowhere, '"Test journey" has nothing to start with: its first state is not at its top.'],
    [
      journey([start(), loop('l', { iterations: 1 }), within('l', tool('a'))], ['l -enter-> a']),
      null,
    ],
  ])('must be there (%#)', (sketch, message) => {
    const told = analyse(sketch).filter(({ code }) => code === 'nothing_to_run');
    expect(told.map((issue) => issue.message)).toEqual(message === null ? [] : [message]);
  });

  it('must not stand in a body', () => {
    const sketch = journey(
      [start(), loop('l', { iterations: 1 }), within('l', tool('a'))],
      ['start -> l', 'l -enter-> a'],
    );
    expect(found({ ...sketch, initial: 'st_a' })).toContain(
      'nothing_to_run: "Test journey" has nothing to start with: its first state is not at its top.',
    );
  });

  it('is missed in a child workflow that is called', () => {
    const kid = { ...child('kid', 'x'), initial: null };
    const sketch = journey([start(), call('c', 'kid')], ['start -> c'], {}, [kid]);
    expect(found(sketch)).toEqual(['nothing_to_run: "Child kid" has nothing to start with.']);
  });
});

describe('an end', () => {
  it('cannot be reached from where all ways lead in a circle', () => {
    const sketch = journey(
      [start(), fork('f', ...branches), tool('a'), tool('b'), tool('out')],
      ['start -> f', 'f -branch:if-> a', 'f -branch:else-> out', 'a -> b', 'b -> a'],
    );
    expect(found(sketch, 'end_unreachable')).toEqual([
      'From "a" no end is reached: "start" → "f" → "a" → "b" → "a".',
    ]);
  });

  it('is a response too, and a circle with a way out has one', () => {
    const sketch = journey(
      [start(), tool('a'), response('r')],
      ['start -> a', 'a -> r', 'a -error-> start', 'r -> a'],
    );
    expect(found(sketch, 'end_unreachable')).toEqual([]);
  });

  it('is looked for in each body', () => {
    const sketch = journey(
      [start(), loop('l', { iterations: 1 }), within('l', tool('a')), within('l', tool('b'))],
      ['start -> l', 'l -enter-> a', 'a -> b', 'b -> a'],
    );
    expect(found(sketch, 'end_unreachable')).toEqual([
      'From "a" no end is reached: "a" → "b" → "a".',
    ]);
  });
});

describe('a transition', () => {
  const states = [
    start(),
    fork('f', ...branches),
    router('r', 'left'),
    loop('l', { iterations: 1 }),
    within('l', tool('in')),
    tool('out'),
  ];
  const ways = [
    'start -> f',
    'f -branch:if-> r',
    'f -branch:else-> r',
    'r -branch:left-> l',
    'l -enter-> in',
    'l -> out',
  ];

  it.each([
    ['out -> gone', 'The way from "out" to "st_gone" leads to a state which is not there.'],
    ['gone -> out', 'The way from "st_gone" to "out" leads from a state which is not there.'],
    ['gone -> lost', 'The way from "st_gone" to "st_lost" leads from a state which is not there.'],
    ['in -> out', 'The way from "in" to "out" leads past a container.'],
    ['start -> in', 'The way from "start" to "in" leads past a container.'],
    ['l -> in', 'The way from "l" to "in" leads past a container.'],
    ['start -enter-> out', 'The way from "start" to "out" leads past a container.'],
    ['f -branch:no-> out', 'The way from "f" to "out" leaves by a branch that is not there.'],
    ['r -branch:no-> out', 'The way from "r" to "out" leaves by a branch that is not there.'],
    ['l -branch:no-> out', 'The way from "l" to "out" leaves by a branch that is not there.'],
  ])('%s dangles', (way, message) => {
    expect(found(journey(states, [...ways, way]), 'transition_dangling')).toEqual([message]);
  });

  it('names the state that it leaves', () => {
    const issues = analyse(journey(states, [...ways, 'in -> out']));
    expect(issues[0]).toMatchObject({
      code: 'transition_dangling',
      severity: 'error',
      blockId: 'in',
      hint: 'Lead the transition to a state of the same body, or take it out.',
    });
  });
});
