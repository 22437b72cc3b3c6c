import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseName, scanReferences } from './references.js';
import { anyText } from './testing/texts.js';

const found = (text: string): unknown[] =>
  scanReferences(text).map(({ raw, kind, name, path }) => [raw, kind, name, path]);

describe('scanReferences', () => {
  it.each([
    ['<start.name>', 'block', 'start', ['name']],
    ['<agent>', 'block', 'agent', []],
    ['<AWS Alert.output>', 'block', 'awsalert', ['output']],
    ['<my-block_2.a.b>', 'block', 'my-block_2', ['a', 'b']],
    ['<a.b.0.c>', 'block', 'a', ['b', 0, 'c']],
    ['<a.b[0][12].c>', 'block', 'a', ['b', 0, 12, 'c']],
    ['<loop.currentItem.id>', 'loop', 'loop', ['currentItem', 'id']],
    ['<parallel.index>', 'parallel', 'parallel', ['index']],
    ['<variable.total>', 'variable', 'variable', ['total']],
    ['{{API_KEY}}', 'env', 'API_KEY', []],
    ['{{ API_KEY }}', 'env', 'API_KEY', []],
    ['<a.007>', 'block', 'a', ['007']],
    ['<div>', 'block', 'div', []],
  ])('finds %s', (raw, kind, name, path) => {
    expect(found(`x ${raw} y`)).toEqual([[raw, kind, name, path]]);
  });

  it.each([
    '< start.name>',
    'a < b && c > d',
    'i<n.length;j>0',
    'a<b.c&&d>e',
    '<a+b>',
    '<a.b*c>',
    '<a=b>',
    '<!--x-->',
    '</b>',
    '<br/>',
    '<div class="x">',
    '<a.b c>',
    '<a.>',
    '<a..b>',
    '<a.b[>',
    '<a.b[x]>',
    '<a.b[0]c>',
    '<5>',
    '<0-30 days 5>',
    '<>',
    '<.a>',
    '<a\nb>',
    '{{}}',
    '{{ }}',
    '{{A',
    '{{A}',
    '{{#if A}}',
    '{A}',
  ])('passes over %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('finds references that stand inside what is none', () => {
    expect(
      found('<a <start.name> {{{KEY}}} <{{B}}.c>').map((token) => (token as unknown[])[0]),
    ).toEqual(['<start.name>', '{{KEY}}', '{{B}}']);
  });

  it('gives offsets that cut the reference out', () => {
    const text = 'Hi <start.name>, {{KEY}}!';
    for (const { start, end, raw } of scanReferences(text))
      expect(text.slice(start, end)).toBe(raw);
  });

  it('never throws, and its tokens are in order, apart and as written', () => {
    const bits = fc.constantFrom('<', '>', '{{', '}}', '.', '[0]', 'start', ' ', '\n', '+', 'é😀');
    const texts = fc.oneof(
      anyText,
      fc.array(bits).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let from = 0;
        for (const { start, end, raw } of scanReferences(text)) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(text.slice(start, end)).toBe(raw);
          from = end;
        }
      }),
    );
  });

  it('reads back the references that are written from names and paths', () => {
    const word = fc.stringMatching(/^[a-zA-Z_][\w-]{0,8}$/);
    const index = fc.nat(999);
    fc.assert(
      fc.property(word, fc.array(fc.oneof(word, index), { maxLength: 5 }), (name, path) => {
        const raw = `<${[name, ...path].join('.')}>`;
        expect(found(`(${raw})`)[0]).toEqual([
          raw,
          ['loop', 'parallel', 'variable'].includes(normaliseName(name))
            ? normaliseName(name)
            : 'block',
          normaliseName(name),
          path,
        ]);
      }),
    );
  });

  it.each(['<', '<a', '{{', '{{A', '<a.b[', '{{{', '<a{{b', '<a.b '])(
    'gets through two hundred thousand repetitions of %j',
    (piece) => {
      expect(scanReferences(piece.repeat(200_000))).toEqual([]);
    },
  );

  it('gets through a reference with a path of a hundred thousand steps', () => {
    const [token] = scanReferences(`<a${'.b[0]'.repeat(100_000)}>`);
    expect(token?.path).toHaveLength(200_000);
  });
});

describe('normaliseName', () => {
  it.each([
    ['AWS Alert', 'awsalert'],
    [' My.Block\t1 ', 'myblock1'],
    ['keep-this_one', 'keep-this_one'],
  ])('%j → %s', (name, normalised) => {
    expect(normaliseName(name)).toBe(normalised);
  });
});
