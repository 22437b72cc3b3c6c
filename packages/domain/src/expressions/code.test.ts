import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import { bindCode } from './code.js';
import { UnknownFieldError, type Lookup } from './resolution.js';
import { anyText } from './testing/texts.js';

const HOSTILE = '"; throw 1; //`${x}\\\' {{KEY}} <b.n>\n';

const values: JsonObject = { name: 'Ada', n: 3, o: { a: 1 }, hostile: HOSTILE, u: 'a\u2028b' };

const lookup: Lookup = ({ kind, name, path, raw }) => {
  if (kind === 'env')
    return name === 'KEY' ? { kind: 'value', value: 's3cret' } : { kind: 'unknown' };
  if (name !== 'b') return { kind: 'unknown' };
  const field = String(path[0]);
  if (field === 'bad') return { kind: 'error', error: new UnknownFieldError(raw, 'B', ['n']) };
  const value = values[field];
  return value === undefined ? { kind: 'empty' } : { kind: 'value', value };
};

function bound(code: string): { code: string; bindings: JsonObject; secrets: readonly string[] } {
  const outcome = bindCode(code, lookup);
  if (!outcome.ok) throw outcome.error;
  return { ...outcome.value, secrets: outcome.secrets };
}

/** Runs the bound code as the body of a function of its bindings. */
function run(code: string): unknown {
  const { code: body, bindings } = bound(code);
  const make = Function as unknown as new (...parts: string[]) => (...args: JsonValue[]) => unknown;
  return new make(...Object.keys(bindings), body)(...Object.values(bindings));
}

describe('bindCode', () => {
  it.each<[string, unknown]>([
    ['return <b.n> + 1', 4],
    ['return <b.n>+<b.n>', 6],
    ['return<b.n>', 3],
    ['return typeof<b.o>', 'object'],
    ['return <b.o>.a', 1],
    ['return <b.none>', null],
    ['return <b.n> / 2 / 3', 0.5],
    ['return {{KEY}}', 's3cret'],
    ['return <b.hostile>', HOSTILE],
    ['const [x] = [<b.hostile>, <b.hostile>]; return x', HOSTILE],
  ])('%s binds the value', (code, result) => {
    expect(run(code)).toEqual(result);
  });

  it.each<[string, unknown]>([
    ['return "<b.name>"', 'Ada'],
    ["return 'Hi <b.name>, you are <b.n>!'", 'Hi Ada, you are 3!'],
    ['return "<b.o>"', '{"a":1}'],
    ['return "[<b.none>]"', '[]'],
    ['return "<b.hostile>" === <b.hostile>', true],
    ["return 'a\\'<b.hostile>\\n'", `a'${HOSTILE}\n`],
    ['return "\\<b.n>"', '3'],
    ['return "Bearer {{KEY}}"', 'Bearer s3cret'],
    ['return typeof"<b.n>"', 'string'],
    ['return "<b.name>".length', 3],
    ['let x = 1\n"<b.name>".length\nreturn x', 1],
    ['return { "<b.name>": 1, ["<b.n>"]: 2 }', { Ada: 1, 3: 2 }],
    ['return "<b.n>" + `<b.n>` + <b.n>', '333'],
    ['return "<b.u>"', 'a\u2028b'],
    ['return `Hi <b.name>`', 'Hi Ada'],
    ['return `<b.hostile>${1}<b.n>`', `${HOSTILE}13`],
    ['return `${<b.n> + 1}`', '4'],
    ['return `${`<b.n>` + "<b.n>"}`', '33'],
    ['return `$<b.n> \\<b.n> \\\\<b.n> \\$<b.n>`', '$3 3 \\3 $3'],
    ['return String.raw`\\d<b.hostile>`', `\\d${HOSTILE}`],
  ])('%s binds the text', (code, result) => {
    expect(run(code)).toEqual(result);
  });

  it('keeps regular expressions and comments out of it', () => {
    expect(run('return /<b.n>/.test("x <" + "b.n>")')).toBe(true);
    expect(run('// <b.bad> {{KEY}}\n/* <b.bad> */ return 1')).toBe(1);
    expect(bound('// {{KEY}}\nreturn 1').secrets).toEqual([]);
  });

  it('leaves what it does not know as it is', () => {
    const code = 'return a <c> d + "<uuid> {{OTHER}}" /* "<x.y>" */';
    expect(bound(code)).toEqual({ code, bindings: {}, secrets: [] });
  });

  it('binds each value once, under names that the code does not use', () => {
    const { code, bindings } = bound('const __ref_0 = 1; return __ref_0 + <b.n> + <b.n>');
    expect(Object.values(bindings)).toEqual([3]);
    expect(Object.keys(bindings)).not.toContain('__ref_0');
    expect(code).toContain('const __ref_0 = 1');
  });

  it('tells the secrets that the code is handed', () => {
    expect(bound('return {{KEY}}').secrets).toEqual(['s3cret']);
    expect(bound('return "x {{KEY}}"').secrets).toEqual(['s3cret']);
  });

  it('keeps lines where they are', () => {
    const { code } = bound('const a = "<b.hostile>"\nconst c = `\n<b.hostile>`\nreturn <b.n>');
    expect(code.split('\n')).toHaveLength(4);
    expect(code.split('\n')[3]).toContain('return');
  });

  it('takes an expression as well as a body', () => {
    const { code, bindings } = bound('{ a: "<b.n>" }.a === "3"');
    expect(Object.values(bindings)).toEqual(['3']);
    expect(code).not.toContain('"<b.n>"');
  });

  it('leaves the verdict on code that is none to whoever runs it', () => {
    expect(() => run('return ((<b.n>')).toThrow(SyntaxError);
    expect(bound(`${'('.repeat(200_000)}<b.n>`).bindings).toEqual({ __ref_0: 3 });
  });

  it('gives the error of a reference that is used', () => {
    const outcome = bindCode('return <b.bad>', lookup);
    expect(outcome).toMatchObject({ ok: false, error: { reference: '<b.bad>' } });
  });

  it('never lets a value be read as code', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const only: Lookup = () => ({ kind: 'value', value: text });
        const outcome = bindCode('return [<b.x>, "a<b.x>", `<b.x>c`]', only);
        if (!outcome.ok) throw outcome.error;
        const { code, bindings } = outcome.value;
        expect(code).toBe('return [ __ref_0 ,  __ref_s0 , `${__ref_0t}c`]');
        expect(bindings).toEqual({ __ref_0: text, __ref_s0: `a${text}`, __ref_0t: text });
      }),
    );
  });

  it('never throws, and leaves code without references alone', () => {
    const bits = fc.constantFrom(
      '<b.n>',
      '{{KEY}}',
      '"',
      "'",
      '`',
      '${',
      '}',
      '/',
      '\\',
      '\n',
      ' a ',
    );
    fc.assert(
      fc.property(
        fc.array(bits).map((parts) => parts.join('')),
        fc.string(),
        (code, other) => {
          bindCode(code, lookup);
          const plain = other.replace(/[<{]/g, '');
          expect(bound(plain).code).toBe(plain);
        },
      ),
    );
  });

  it('gets through code with tens of thousands of references', () => {
    const { bindings } = bound(`return [${'"<b.n>",'.repeat(20_000)}]`);
    expect(Object.keys(bindings)).toHaveLength(20_000);
    const text = '<b.n>'.repeat(20_000);
    expect(bound(`return "${text}"`).bindings).toEqual({ __ref_s0: '3'.repeat(20_000) });
  });

  it('gets through a list of two hundred thousand items', () => {
    expect(run(`return [${'1,'.repeat(200_000)}<b.n>].length`)).toBe(200_001);
  });
});
