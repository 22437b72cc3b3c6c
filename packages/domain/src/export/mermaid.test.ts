import { describe, expect, it } from 'vitest';
import { block, edge, parsed, uiExport } from '../workflow/testing/exports.js';
import { call, child, inChild, journey, tool } from '../testing/journeys.js';
import { mapped } from '../mapping/testing/mapped.js';
import { toMermaid } from './mermaid.js';

const start = block('start', 'start_trigger');
const named = (id: string, name: string) => block(id, 'function', { code: '1' }, { name });
const draw = (...args: Parameters<typeof mapped>) => toMermaid(mapped(...args).journey);

describe('a diagram', () => {
  it('shows states, ways, branches and ends', () => {
    const conditions = [
      { id: 'b-if', title: 'if', value: '<start.input> > 5' },
      { id: 'b-else', title: 'else', value: '' },
    ];
    const blocks = [
      start,
      block('b-1', 'condition', { conditions }),
      named('pay', 'Pay'),
      named('mend', 'Mend it'),
    ];
    const edges = [
      edge('start', 'b-1'),
      edge('b-1', 'pay', 'condition-b-if'),
      edge('pay', 'mend', 'error'),
    ];
    expect(draw(blocks, edges)).toBe(
      [
        'stateDiagram-v2',
        '    state "Start · start · Input" as s_start',
        '    state "B-1 · fork" as s_b__1',
        '    state "Pay · function" as s_pay',
        '    state "Mend it · function" as s_mend',
        '    [*] --> s_start',
        '    s_start --> s_b__1',
        '    s_b__1 --> s_pay : if #60;start.input#62; #62; 5',
        '    s_b__1 --> [*] : else',
        '    s_pay --> s_mend : error',
        '    s_pay --> [*]',
        '    s_mend --> [*]',
        '',
      ].join('\n'),
    );
  });

  it('shows routes by what they lead to, where an export has lost them', () => {
    const router = block('r', 'router_v2', { context: 'x', routes: 'y' });
    const text = draw(
      [start, router, named('a', 'A')],
      [edge('start', 'r'), edge('r', 'a', 'router-sales team')],
    );
    expect(text).toContain('s_r --> s_a : A\n');
    expect(text).not.toContain('s_r --> [*]');
  });

  it('draws loops around their bodies', () => {
    const each = block('each', 'loop', {}, { data: { loopType: 'for', count: 2 } });
    const inner = block('in-1', 'function', { code: '1' }, { data: { parentId: 'each' } });
    const text = draw(
      [start, each, inner, named('out', 'Out')],
      [edge('start', 'each'), edge('each', 'in-1', 'loop-start-source'), edge('each', 'out')],
    );
    expect(text).toContain(
      [
        '    state "Each · loop for" as s_each {',
        '        state "In-1 · function" as s_in__1',
        '        [*] --> s_in__1',
        '        s_in__1 --> [*]',
        '    }',
      ].join('\n'),
    );
    expect(text).toContain('    s_each --> s_out\n');
  });

  it('draws a child workflow once, and the calls of it', () => {
    const call = (id: string) => block(id, 'workflow', { workflowId: 'wf_child' });
    const { workflow } = parsed(uiExport([block('begin', 'starter')], []));
    const text = toMermaid(
      mapped(
        [start, call('a'), call('b')],
        [edge('start', 'a'), edge('a', 'b')],
        {},
        {
          children: new Map([['wf_child', workflow]]),
        },
      ).journey,
    );
    expect(text).toContain('    s_a --> c__40_1 : calls\n');
    expect(text).toContain('    s_b --> c__40_1 : calls\n');
    expect(text.match(/as c__40_1 \{/g)).toHaveLength(1);
    expect(text).toContain('        [*] --> s__40_1_2f_begin\n');
  });

  it('names what a child workflow calls, itself too, without an arrow back', () => {
    const states = [
      tool('start'),
      call('one', 'kid'),
      inChild('kid', tool('begin')),
      inChild('kid', call('again', 'kid')),
    ];
    const ways = ['start -> one', 'begin -> again'];
    const text = toMermaid(journey(states, ways, {}, [child('kid', 'begin')]));
    expect(text).toContain('    s_one --> c_kid : calls\n');
    expect(text).toContain('        state "again · calls Child kid" as s_again\n');
    expect(text.match(/: calls/g)).toHaveLength(1);
  });

  it('of nothing is empty', () => {
    expect(draw([])).toBe('stateDiagram-v2\n');
  });
});

describe('names in a diagram', () => {
  const labelOf = (name: string) => {
    const line = draw([named('a', name)])
      .split('\n')
      .find((text) => text.endsWith('as s_a'));
    return line?.trim().slice('state "'.length, -' · function" as s_a'.length);
  };

  it.each([
    ['Two\nlines\r\n\there', 'Two lines here'],
    ['"quoted" [x] {y} (z)', '#34;quoted#34; #91;x#93; #123;y#125; #40;z#41;'],
    ['a --> b : c; %% d', 'a --#62; b #58; c#59; #37;#37; d'],
    ['<script>alert(1)</script>', '#60;script#62;alert#40;1#41;#60;/script#62;'],
    ['#quot; `x` \\ ~', '#35;quot#59; #96;x#96; #92; #126;'],
    ['Zürich 東京 नमस्ते', 'Zürich 東京 नमस्ते'],
    ['😀', '#128512;'],
    ['\u202Eevil\u2028\u0007', 'evil'],
  ])('%j are written %s', (name, label) => {
    expect(labelOf(name)).toBe(label);
  });

  it('are cut short', () => {
    const label = labelOf('x'.repeat(500)) ?? '';
    expect(draw([named('a', 'x'.repeat(500))])).toContain(`"${'x'.repeat(79)}…" as s_a`);
    expect(label.length).toBeLessThan(100);
  });

  it('are distinct where ids are', () => {
    const ids = ['a-b', 'a_b', 'a--b', 'a__b', 'a_5f_b', 'a b', 'ab', 'end', 'é', '__proto__'];
    const text = draw(ids.map((id) => named(id, 'Same')));
    const made = [...text.matchAll(/" as (s_\w+)$/gm)].map(([, id]) => id);
    expect(new Set(made).size).toBe(ids.length + 1);
  });
});
