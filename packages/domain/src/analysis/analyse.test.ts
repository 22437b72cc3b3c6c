import { describe, expect, it } from 'vitest';
import type { Journey } from '../journey/types.js';
import { block, edge } from '../workflow/testing/exports.js';
import { mapped } from '../mapping/testing/mapped.js';
import { fork, journey, router, start, tool } from '../testing/journeys.js';
import { analyse } from './analyse.js';
import { found } from './testing/found.js';

describe('a way out that leads nowhere', () => {
  it('is named, of a condition and of a router', () => {
    const states = [
      start(),
      fork(
        'f',
        { id: 'if', title: 'Large', expression: '1' },
        { id: 'else', title: 'else', expression: null },
      ),
      router('r', 'left', 'right'),
    ];
    expect(
      found(journey(states, ['start -> f', 'f -branch:if-> r', 'r -branch:left-> f2'])),
    ).toEqual(
      expect.arrayContaining([
        'dead_end: Branch "else" of "f" leads nowhere.',
        'route_leads_nowhere: Route "To right" of "r" leads nowhere.',
      ]),
    );
  });
});

describe('a side effect', () => {
  const sketch = (options: Parameters<typeof mapped>[3]) =>
    mapped(
      [
        block('start', 'start_trigger'),
        block('post', 'api', { url: 'https://x.example', method: 'POST' }),
        block('get', 'api', { url: 'https://x.example', method: 'GET' }),
        block('work', 'function', { code: '1' }),
      ],
      [edge('start', 'post'), edge('post', 'get'), edge('get', 'work')],
      {},
      options,
    ).issues.map(({ code, message }) => `${code}: ${message}`);

  it('that the options deny is told of', () => {
    expect(sketch({ sideEffects: { api: 'read' } })).toEqual([
      'side_effect_unconfirmed: "Post" may act outside, but blocks of type "api" are set to "read"; nobody is asked first.',
    ]);
  });

  it('that stands, or is one by the options, is confirmed', () => {
    expect(sketch({})).toEqual([]);
    expect(sketch({ sideEffects: { function: 'write' } })).toEqual([]);
  });
});

describe('a mapped workflow', () => {
  it('is told of once', () => {
    const condition = block('check', 'condition', {
      conditions: [{ value: '1' }, { title: 'else' }],
    });
    const reader = block('a', 'function', { code: '<later.result> <off.result> <nobody.x>' });
    const { issues } = mapped(
      [
        block('start', 'start_trigger'),
        condition,
        reader,
        block('later', 'function', { code: '1' }),
        block('off', 'function', { code: '1' }, { enabled: false }),
      ],
      [edge('start', 'check'), edge('check', 'a', 'condition-if'), edge('a', 'later')],
    );
    expect(issues.map(({ code }) => code)).toEqual([
      'block_disabled',
      'reference_unknown_block',
      'reference_may_not_run',
      'dead_end',
      'reference_may_not_run',
    ]);
  });
});

describe('a journey made by hand', () => {
  const odd: Journey['states'] = [
    start(),
    tool('a', { params: { __proto__: '<start.x>', deep: [[['<a.x>']]] } }),
    { ...tool('a'), label: 'a again' },
    { ...tool('\uD800'), child: '__proto__' },
    { ...tool('constructor'), parent: 'st_a' },
  ];

  it('whatever its names are gives issues', () => {
    const sketch = journey(
      [...odd],
      ['start -> a', 'a -> __proto__', 'constructor -> a', 'a -> a'],
    );
    const issues = analyse(sketch);
    expect(issues.map(({ code }) => code)).toContain('transition_dangling');
    for (const { message } of issues) expect(message).toMatch(/\.$/);
  });

  it('however large gives no more issues than a person reads', { timeout: 60_000 }, () => {
    const size = 10_000;
    const names = Array.from({ length: size }, (_, n) => `n${n}`);
    const states = names.map((name, n) =>
      tool(name, { params: { code: `<n${(n * 7919) % size}.x> <n${n - 1}.x>` } }),
    );
    const chain = names.slice(1).map((name, n) => `n${n} -> ${name}`);
    const issues = analyse(journey([start(), ...states], ['start -> n0', ...chain]));
    expect(issues).toHaveLength(201);
    const back = names.map((name, n) => `${name} -error-> n${(n * 31) % size}`);
    const round = analyse(journey([start(), ...states], ['start -> n0', ...chain, ...back]));
    expect(round.length).toBeLessThan(2_000);
  });
});
