import { describe, expect, it } from 'vitest';
import type { JourneyState } from '../journey/types.js';
import {
  call,
  child,
  form,
  fork,
  inChild,
  inputs,
  journey,
  loop,
  parallel,
  response,
  router,
  slot,
  start,
  tool,
  within,
} from '../testing/journeys.js';
import { analyse } from './analyse.js';
import { found } from './testing/found.js';

const reading = (name: string, text: string) => tool(name, { params: { code: text } });
const either = (name: string, withElse = true): JourneyState =>
  fork(
    name,
    { id: 'if', title: 'if', expression: '1' },
    { id: 'else', title: 'else', expression: withElse ? null : '2' },
  );

/** What is found about references alone. */
const told = (states: JourneyState[], ways: string[]) =>
  found(journey([start(), ...states], ways)).filter((text) => text.startsWith('reference'));

describe('a block that is read', () => {
  it.each<[string, JourneyState[], string[]]>([
    ['comes before', [tool('t'), reading('r', '<t.x>')], ['start -> t', 't -> r']],
    [
      'comes before on every branch of its own',
      [tool('t'), either('f'), tool('a'), tool('b'), reading('r', '<t.x>')],
      ['start -> t', 't -> f', 'f -branch:if-> a', 'f -branch:else-> b', 'a -> r', 'b -> r'],
    ],
    [
      'is waited for, beside another way',
      [tool('t'), tool('a'), reading('r', '<t.x><a.x>')],
      ['start -> t', 'start -> a', 't -> r', 'a -> r', 'start -> r'],
    ],
    [
      'is waited for, far from where the ways part',
      [tool('s'), tool('t0'), tool('t'), tool('a'), reading('r', '<t.x>')],
      ['start -> s', 's -> t0', 't0 -> t', 's -> a', 't -> r', 'a -> r'],
    ],
    [
      'follows whatever branch is taken',
      [either('f'), tool('a'), tool('b'), tool('t'), reading('r', '<t.x>')],
      [
        'start -> f',
        'f -branch:if-> a',
        'f -branch:else-> b',
        'a -> t',
        'b -> t',
        't -> r',
        'f -branch:if-> r',
      ],
    ],
    [
      'follows a failure as it does a success',
      [tool('a'), tool('t'), tool('b'), reading('r', '<t.x>')],
      ['start -> a', 'a -> t', 'a -error-> t', 'a -> b', 't -> r', 'b -> r'],
    ],
    [
      'has failed, and its error is read, or all of it',
      [tool('t'), reading('r', '<t.error> <t.errorCode> <t>')],
      ['start -> t', 't -error-> r'],
    ],
    [
      'is the start under the name that it always bears',
      [reading('r', '<start.input> <START.x>')],
      ['start -> r'],
    ],
    ['is unknown', [reading('r', '<nobody.x> <br> {{t.x}}')], ['start -> r']],
    [
      'is shown, or chosen by',
      [
        tool('t'),
        form('ask', [slot('x')], [{ kind: 'text', text: '<t.x>' }]),
        form('tell', [], [{ kind: 'field', name: 'a', value: { deep: ['<ask.x>'] } }]),
        fork('r', { id: 'if', title: 'if', expression: '<ask.x> > <t.x>' }),
      ],
      ['start -> t', 't -> ask', 'ask -> tell', 'tell -> r'],
    ],
  ])('and %s is no fault', (_, states, ways) => {
    expect(told(states, ways)).toEqual([]);
  });

  it.each<[string, JourneyState[], string[], string[]]>([
    [
      'stands on one branch',
      [either('f'), tool('t'), tool('b'), reading('r', '<t.x>')],
      ['start -> f', 'f -branch:if-> t', 'f -branch:else-> b', 't -> r', 'b -> r'],
      ['"r" reads "<t.x>", but "t" does not run on every path: "start" → "f" → "b" → "r".'],
    ],
    [
      'is passed by where no branch is true',
      [either('f', false), tool('a'), tool('b'), tool('t'), tool('x'), reading('r', '<t.x>')],
      [
        'start -> f',
        'start -> x',
        'f -branch:if-> a',
        'f -branch:else-> b',
        'a -> t',
        'b -> t',
        't -> r',
        'x -> r',
      ],
      ['"r" reads "<t.x>", but "t" does not run on every path: "start" → "x" → "r".'],
    ],
    [
      'is passed by a route, or by an error',
      [router('f', 'left', 'right'), tool('s'), tool('t'), reading('r', '<t.x> <s.x>')],
      [
        'start -> f',
        'f -branch:left-> s',
        'f -branch:right-> r',
        's -> t',
        's -error-> r',
        't -> r',
      ],
      [
        '"r" reads "<t.x>", but "t" does not run on every path: "start" → "f" → "r".',
        '"r" reads "<s.x>", but "s" does not run on every path: "start" → "f" → "r".',
      ],
    ],
    [
      'follows the success alone of what the reader follows either way',
      [tool('s'), tool('t'), reading('r', '<t.x>')],
      ['start -> s', 's -> t', 's -error-> r', 't -> r'],
      ['"r" reads "<t.x>", but "t" does not run on every path: "start" → "s" → "r".'],
    ],
    [
      'runs beside the reader',
      [tool('t'), reading('r', '<t.x>')],
      ['start -> t', 'start -> r'],
      ['"r" reads "<t.x>", but "t" does not come before it: "start" → "r".'],
    ],
    [
      'comes after the reader',
      [reading('r', '<t.x>'), tool('t')],
      ['start -> r', 'r -> t'],
      ['"r" reads "<t.x>", but "t" does not come before it: "start" → "r".'],
    ],
    [
      'is never reached',
      [reading('r', '<t.x>'), tool('t')],
      ['start -> r'],
      ['"r" reads "<t.x>", but "t" does not come before it: "start" → "r".'],
    ],
    [
      'is the reader',
      [reading('r', '<r.x>')],
      ['start -> r'],
      ['"r" reads its own output, "<r.x>".'],
    ],
  ])('and %s may not have run', (_, states, ways, messages) => {
    expect(told(states, ways)).toEqual(messages.map((text) => `reference_may_not_run: ${text}`));
  });

  it('and follows a response that may end the run first is not certain', () => {
    const states = [tool('s'), response('end'), tool('t'), reading('r', '<t.x>')];
    const ways = ['start -> s', 's -> end', 'end -> t', 't -> r', 's -> r'];
    expect(told(states, ways)).toHaveLength(1);
  });

  it('is the first of its name', () => {
    const states = [tool('t'), { ...tool('u'), refName: 't' }, reading('r', '<t.x>')];
    expect(told(states, ['start -> t', 't -> r', 'r -> u'])).toEqual([]);
  });

  it('is no state that asks for missing values', () => {
    const states = [inputs('t', [slot('x')]), reading('r', '< x> <.x>')];
    expect(told(states, ['start -> r', 'r -> t'])).toEqual([]);
  });

  it('is named once on a path, with what asks for its values', () => {
    const states = [inputs('ask', [slot('x')]), tool('a'), reading('r', '<r.x> <t.x>'), tool('t')];
    expect(told(states, ['start -> ask', 'ask -> a', 'a -> r', 'r -> t'])[1]).toMatch(
      /: "start" → "a" → "r"\.$/,
    );
  });

  it('after an error gives no more than that', () => {
    const states = [tool('t'), tool('mend'), reading('r', '<t.data> <t.error>')];
    const ways = ['start -> t', 't -error-> mend', 't -> r', 'mend -> r'];
    expect(told(states, ways)).toEqual([
      'reference_after_error: "r" reads "<t.data>", but "t" may have failed before it: "start" → "t" → "mend" → "r".',
    ]);
  });

  it('is one of several of which one has run, whatever runs beside', () => {
    const states = [
      router('f', 'left', 'right'),
      tool('t'),
      tool('u'),
      tool('beside'),
      reading('r', '<t.x> <u.x> <t.y> <beside.x>'),
    ];
    const ways = ['start -> f', 'start -> beside', 'f -branch:left-> t', 'f -branch:right-> u'];
    expect(told(states, [...ways, 't -> r', 'u -> r', 'beside -> r'])).toEqual([
      'reference_alternatives: "r" reads "t", "u", of which not all run on every path.',
    ]);
    // Both may be passed by, or be still to come.
    const failing = [...ways, 'f -error-> r', 't -> r', 'u -> r', 'beside -> r'];
    expect(told(states, failing)).toHaveLength(3);
    expect(told(states, [...ways, 't -> r', 'beside -> r'])).toHaveLength(3);
  });

  it('is named at the block that reads, with what to do', () => {
    const [issue] = analyse(journey([start(), reading('r', '<r.x>')], ['start -> r']));
    expect(issue).toMatchObject({
      code: 'reference_may_not_run',
      severity: 'warning',
      blockId: 'r',
    });
    expect(issue?.hint).toMatch(/^Connect the blocks/);
  });

  it('far away is told of by six names', () => {
    const names = Array.from({ length: 9 }, (_, n) => `n${n}`);
    const ways = names.slice(1).map((name, n) => `n${n} -> ${name}`);
    const states = [...names.map((name) => tool(name)), reading('r', '<t.x>'), tool('t')];
    expect(told(states, ['start -> n0', ...ways, 'n8 -> r'])[0]).toMatch(
      /: "start" → "n0" → "n1" → "n2" → "n3" → … → "r"\.$/,
    );
  });
});

describe('a reader in a loop', () => {
  const body = (text: string) => [
    either('f'),
    tool('t'),
    loop('l', { iterations: 2 }),
    within('l', tool('u')),
    within('l', reading('r', text)),
  ];
  const ways = ['f -branch:else-> l', 'l -enter-> u', 'u -> r'];

  it('sees what has surely run around it, and before it inside', () => {
    const all = ['start -> t', 't -> f', ...ways];
    expect(told(body('<t.x> <u.x> <loop.index> <l.index> <l.item>'), all)).toEqual([]);
  });

  it('may see nothing of what the loop may come without', () => {
    const all = ['start -> f', 'f -branch:if-> t', 't -> l', ...ways];
    expect(told(body('<t.x>'), all)).toEqual([
      'reference_may_not_run: "r" reads "<t.x>", but "t" does not run on every path: "start" → "f" → "l" → "u" → "r".',
    ]);
  });

  it('does not see the results of the loop', () => {
    expect(told(body('<l.results>'), ['start -> f', ...ways])).toEqual([
      'reference_may_not_run: "r" reads "<l.results>", but stands inside "l", which has not ended by then.',
    ]);
  });

  it('sees of another body what its last iteration left', () => {
    const states = [
      loop('l', { iterations: 2 }),
      within('l', tool('t')),
      parallel('p', { count: 2 }),
      within('p', reading('r', '<t.x> <l.results>')),
    ];
    const side = ['start -> l', 'l -enter-> t', 'p -enter-> r'];
    expect(told(states, [...side, 'l -> p'])).toEqual([
      'reference_into_container: "r" reads "<t.x>", which is what the last iteration of "l" left.',
    ]);
    expect(told(states, [...side, 'start -> p'])).toEqual([
      'reference_may_not_run: "r" reads "<t.x>", but "t" does not come before it: "start" → "p" → "r".',
      'reference_may_not_run: "r" reads "<l.results>", but "l" does not come before it: "start" → "p" → "r".',
    ]);
  });
});

describe('a loop', () => {
  const asking = (how: Parameters<typeof loop>[1]) =>
    told(
      [
        loop('l', how),
        within('l', either('f')),
        within('l', tool('t')),
        within('l', tool('u')),
        within('l', loop('inner', { iterations: 1 })),
        within('inner', tool('v')),
      ],
      [
        'start -> l',
        'l -enter-> f',
        'f -branch:if-> t',
        'f -branch:else-> u',
        't -> inner',
        'u -> inner',
        'inner -enter-> v',
      ],
    );

  it.each([
    [{ loopType: 'doWhile', condition: '<f.x> <inner.results>' }, []],
    [
      { loopType: 'doWhile', condition: '<t.x>' },
      [
        'reference_may_not_run: "l" reads "<t.x>", but "t" does not run on every path: "start" → "l" → "f" → "u" → "inner".',
      ],
    ],
    [
      { loopType: 'doWhile', condition: '<v.x>' },
      [
        'reference_into_container: "l" reads "<v.x>", which is what the last iteration of "inner" left.',
      ],
    ],
    [
      { loopType: 'while', condition: '<t.x>' },
      ['reference_into_container: "l" reads "<t.x>", which is empty before the first iteration.'],
    ],
    [
      { loopType: 'forEach', items: '<t.x>' },
      ['reference_may_not_run: "l" reads "<t.x>", but "t" runs inside it, and so not before it.'],
    ],
    [
      { loopType: 'while', condition: '<l.results>' },
      ['reference_may_not_run: "l" reads its own output, "<l.results>".'],
    ],
  ] as const)('that asks its own body (%#)', (how, messages) => {
    expect(asking(how)).toEqual(messages);
  });
});

describe('a child workflow', () => {
  it('sees its own blocks alone', () => {
    const sketch = journey(
      [
        start(),
        tool('t'),
        call('c', 'kid'),
        inChild('kid', { ...start(), id: 'st_begin', blockId: 'begin' }),
        inChild('kid', reading('r', '<t.x> <start.x> <own.x>')),
        inChild('kid', tool('own')),
      ],
      ['start -> t', 't -> c', 'begin -> r', 'r -> own'],
      {},
      [child('kid', 'begin')],
    );
    expect(found(sketch)).toEqual([
      'reference_may_not_run: In "Child kid": "r" reads "<own.x>", but "own" does not come before it: "start" → "r".',
    ]);
  });
});

describe('many references', () => {
  it('are answered for each reader and each block', () => {
    const names = Array.from({ length: 100 }, (_, n) => `n${n}`);
    const all = names.map((name) => `<${name}.x>`).join(' ');
    const ways = names.slice(1).map((name, n) => `n${n} -> ${name}`);
    // Two chains of fifty.
    const cut = ways.filter((way) => way !== 'n49 -> n50');
    const states = names.map((name) => reading(name, all));
    const sketch = journey([start(), ...states], ['start -> n0', 'start -> n50', ...cut]);
    const issues = analyse(sketch);
    const omitted = /^(\d+) further/.exec(issues.at(-1)?.message ?? '')?.[1];
    // Of ten thousand pairs those are fine whose block comes earlier in the same chain.
    expect(issues.length - 1 + Number(omitted)).toBe(10_000 - 50 * 49);
  });
});
