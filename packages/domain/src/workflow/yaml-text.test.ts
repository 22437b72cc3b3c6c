import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readYaml } from './yaml-text.js';

const value = (text: string) => {
  const read = readYaml(text);
  if ('code' in read) throw new TypeError(read.message);
  return read.value;
};
const fault = (text: string) => {
  const read = readYaml(text);
  return 'code' in read ? read : { code: null, message: '' };
};

describe('a YAML text', () => {
  it('stands for a JSON value', () => {
    const text = "a: 1\nb: '1.0'\nc: [true, null, x]\nd: |\n  two\n  lines\n? e\n: 0x10\n7: .inf\n";
    const d = 'two\nlines\n';
    expect(value(text)).toEqual({ a: 1, b: '1.0', c: [true, null, 'x'], d, e: 16, 7: null });
    expect(value('')).toBeNull();
    expect(value('\uFEFFa: yes')).toEqual({ a: 'yes' });
    expect(value('if: <sum.total> > 5')).toEqual({ if: '<sum.total> > 5' });
  });

  it('repeats what an alias names', () => {
    expect(value('a: &x {k: 1}\nb: *x\nc: [*x, *x]')).toEqual({
      a: { k: 1 },
      b: { k: 1 },
      c: [{ k: 1 }, { k: 1 }],
    });
  });

  it('gives nothing of a type of its own', () => {
    expect(value('a: !!js/function "x"\nb: !!binary aGk=\n<<: {c: 1}')).toEqual({
      a: 'x',
      b: 'aGk=',
      '<<': { c: 1 },
    });
    const odd = value('__proto__: {polluted: true}\nconstructor: 1');
    expect(Object.keys(odd as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['a: [1', 'line 1'],
    ['a: 1\nb:\n - x\n y: 2', 'line 4'],
    ['a: 1\na: 2', '"a" stands there twice, at line 2, column 1'],
    ['a: {{NAME}}', 'without quotes'],
    ['a: *nobody', 'nobody'],
    ['a: &x [*x]', '"x" stands for nothing'],
    ['a: 1\n---\nb: 2', 'several documents'],
    ['%YAML 9.9\n---\na: @', 'line 3'],
  ])('that is broken is told with the place: %j', (text, part) => {
    expect(fault(text)).toMatchObject({ code: 'yaml_invalid' });
    expect(fault(text).message).toContain(part);
  });

  it('may not blow up by its aliases', () => {
    const laughs = ['a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]'];
    for (let n = 1; n < 40; n += 1) {
      laughs.push(`a${n}: &a${n} [${Array.from({ length: 9 }, () => `*a${n - 1}`).join(', ')}]`);
    }
    expect(fault(laughs.join('\n'))).toMatchObject({ code: 'unpacks_too_large' });
  });

  it.each([
    ['[', 'flow lists', '['.repeat(40_000)],
    ['{', 'flow maps', '{a: '.repeat(20_000)],
    ['-', 'block lists', '- '.repeat(40_000)],
    ['?', 'complex keys', '? '.repeat(40_000)],
    ['a:', 'block maps', Array.from({ length: 1200 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
  ])('may not be too deep: %s (%s)', (_sign, _name, text) => {
    expect(fault(text)).toMatchObject({ code: 'too_deep' });
  });

  it('may not be too long', () => {
    expect(fault(`a: ${'x'.repeat(1_000_000)}`)).toMatchObject({ code: 'unpacks_too_large' });
  });

  it('reads the same as JSON where it is JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: true }), (json) => {
        expect(value(JSON.stringify(json))).toEqual(JSON.parse(JSON.stringify(json)));
      }),
    );
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      ...[
        '- ',
        ': ',
        '&a ',
        '*a ',
        '? ',
        '|\n',
        '>\n',
        '\n',
        '  ',
        '"',
        "'",
        '[',
        '}',
        '#',
        '---\n',
      ],
      ...['%YAML 1.1\n', '!!set ', '!<x> ', ', ', 'a', '1', '\t', '\r', '...\n', '\0', '<<: '],
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 }))), (pieces) => {
        expect(readYaml(pieces.join(''))).toBeTypeOf('object');
      }),
      { numRuns: 1000 },
    );
  });
});
