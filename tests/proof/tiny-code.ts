import { canonical, own, textOf, type Json, type JsonRecord } from './json.js';

/** What became of a piece of code. The message does not depend on how references were named. */
export type Evaluated =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string };

class CodeError extends Error {}

type Thunk = () => Json;

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_$][\w$]*)|("(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*')|(`(?:\\[\s\S]|[^`\\])*`)|(===|!==|==|!=|<=|>=|&&|\|\||[<>!()[\],;+]))/y;

interface Token {
  readonly kind: 'number' | 'name' | 'string' | 'template' | 'sign';
  readonly text: string;
}

/**
 * Evaluates the little language of the generated workflows, a part of JavaScript: literals, lists, names
 * that are bound, comparisons, `&&`, `||`, `!`, `+`, templates with names, `boom()` which throws, and a
 * `return` in front. Both sides of the proof run their code by it, each with its own bindings.
 */
export function evaluate(code: string, bindings: JsonRecord): Evaluated {
  try {
    return { ok: true, value: new Parser(tokensOf(code), bindings).program()() };
  } catch (error) {
    if (error instanceof CodeError) return { ok: false, message: error.message };
    throw error;
  }
}

/** {@link evaluate} as a condition: true as JavaScript has it. */
export function isTrue(value: Json): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

function tokensOf(code: string): Token[] {
  const tokens: Token[] = [];
  const end = code.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(code);
    if (!match) {
      TOKEN.lastIndex = 0;
      throw new CodeError('SyntaxError');
    }
    const [, number, name, string, template, sign] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (template !== undefined) tokens.push({ kind: 'template', text: template });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #bindings: JsonRecord;
  #at = 0;

  constructor(tokens: readonly Token[], bindings: JsonRecord) {
    this.#tokens = tokens;
    this.#bindings = bindings;
  }

  program(): Thunk {
    if (this.#tokens[this.#at]?.text === 'return') this.#at += 1;
    if (this.#tokens.length === this.#at) return () => null;
    const value = this.#or();
    this.#takes(';');
    if (this.#at < this.#tokens.length) throw new CodeError('SyntaxError');
    return value;
  }

  #takes(sign: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #needs(sign: string): void {
    if (!this.#takes(sign)) throw new CodeError('SyntaxError');
  }

  #or(): Thunk {
    let left = this.#and();
    while (this.#takes('||')) {
      const [a, b] = [left, this.#and()];
      left = () => {
        const value = a();
        return isTrue(value) ? value : b();
      };
    }
    return left;
  }

  #and(): Thunk {
    let left = this.#comparison();
    while (this.#takes('&&')) {
      const [a, b] = [left, this.#comparison()];
      left = () => {
        const value = a();
        return isTrue(value) ? b() : value;
      };
    }
    return left;
  }

  #comparison(): Thunk {
    const left = this.#sum();
    const token = this.#tokens[this.#at];
    const compare = token?.kind === 'sign' ? COMPARISONS.get(token.text) : undefined;
    if (!compare) return left;
    this.#at += 1;
    const right = this.#sum();
    return () => compare(plain(left()), plain(right()));
  }

  #sum(): Thunk {
    let left = this.#unary();
    while (this.#takes('+')) {
      const [a, b] = [left, this.#unary()];
      left = () => {
        const [x, y] = [a(), b()];
        return typeof x === 'number' && typeof y === 'number' ? x + y : textOf(x) + textOf(y);
      };
    }
    return left;
  }

  #unary(): Thunk {
    if (!this.#takes('!')) return this.#primary();
    const value = this.#unary();
    return () => !isTrue(value());
  }

  #primary(): Thunk {
    if (this.#takes('(')) {
      const value = this.#or();
      this.#needs(')');
      return value;
    }
    if (this.#takes('[')) return this.#list();
    const token = this.#tokens[this.#at];
    this.#at += 1;
    switch (token?.kind) {
      case 'number':
        return () => Number(token.text);
      case 'string':
        return () => unescaped(token.text.slice(1, -1));
      case 'template':
        return () => this.#template(token.text.slice(1, -1));
      case 'name':
        return this.#name(token.text);
      default:
        throw new CodeError('SyntaxError');
    }
  }

  #list(): Thunk {
    const items: Thunk[] = [];
    while (!this.#takes(']')) {
      if (items.length > 0) this.#needs(',');
      items.push(this.#or());
    }
    return () => items.map((item) => item());
  }

  #name(name: string): Thunk {
    if (name === 'true' || name === 'false') return () => name === 'true';
    if (name === 'null' || name === 'undefined') return () => null;
    if (this.#takes('(')) {
      this.#needs(')');
      return () => {
        throw new CodeError(name === 'boom' ? 'Error: boom' : 'ReferenceError');
      };
    }
    return () => this.#bound(name);
  }

  #bound(name: string): Json {
    const value = own(this.#bindings, name);
    if (value === undefined) throw new CodeError('ReferenceError');
    return value;
  }

  #template(text: string): Json {
    const parts = text.split(/\$\{\s*([\w$]+)\s*\}/);
    return parts
      .map((part, index) => (index % 2 === 0 ? unescaped(part) : textOf(this.#bound(part))))
      .join('');
  }
}

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, '$1');
}

type Plain = null | boolean | number | string;

/** Lists and records compare as their JSON texts. */
function plain(value: Json): Plain {
  return typeof value === 'object' && value !== null ? canonical(value) : value;
}

const COMPARISONS: ReadonlyMap<string, (a: Plain, b: Plain) => boolean> = new Map([
  ['===', (a: Plain, b: Plain) => a === b],
  ['!==', (a: Plain, b: Plain) => a !== b],
  ['==', (a: Plain, b: Plain) => looselyEqual(a, b)],
  ['!=', (a: Plain, b: Plain) => !looselyEqual(a, b)],
  ['<', (a: Plain, b: Plain) => isLess(a, b)],
  ['>', (a: Plain, b: Plain) => isLess(b, a)],
  ['<=', (a: Plain, b: Plain) => isLess(a, b) || sameOrder(a, b)],
  ['>=', (a: Plain, b: Plain) => isLess(b, a) || sameOrder(a, b)],
]);

function looselyEqual(a: Plain, b: Plain): boolean {
  if (a === null || b === null) return a === b;
  return typeof a === typeof b ? a === b : Number(a) === Number(b);
}

function isLess(a: Plain, b: Plain): boolean {
  return typeof a === 'string' && typeof b === 'string' ? a < b : Number(a) < Number(b);
}

function sameOrder(a: Plain, b: Plain): boolean {
  return typeof a === 'string' && typeof b === 'string' ? a === b : Number(a) === Number(b);
}
