import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '@sim/domain';
import {
  InputTooLargeError,
  Sandbox,
  SandboxBusyError,
  SandboxClosedError,
  type SandboxReply,
} from './sandbox.js';

const never = new AbortController().signal;
/** Short limits; what is tested is that there are limits, not how long they are. */
const sandbox = new Sandbox({
  functionTimeoutMs: 700,
  conditionTimeoutMs: 700,
  memoryBytes: 32 * 1024 * 1024,
  maxValueLength: 10_000,
});
afterAll(() => sandbox.close());

const run = (code: string, bindings: JsonObject = {}): Promise<SandboxReply> =>
  sandbox.runFunction(code, bindings, never);

async function result(code: string, bindings: JsonObject = {}): Promise<unknown> {
  const reply = await run(code, bindings);
  if (!reply.ok) throw new Error(`${reply.name}: ${reply.message}`);
  return JSON.parse(reply.json ?? '') as unknown;
}

describe('a function', () => {
  it.each<[string, unknown]>([
    ['return 1 + 1', 2],
    ['', null],
    ['return undefined', null],
    [
      'return { a: undefined, n: null, x: [undefined, NaN], d: new Date(0) }',
      { n: null, x: [null, null], d: '1970-01-01T00:00:00.000Z' },
    ],
    ['return await Promise.all([1, Promise.resolve(2)])', [1, 2]],
    ['const f = async () => { await null; return "late" }; return f()', 'late'],
    ['for await (const x of [Promise.resolve(3)]) return x', 3],
    ['return [1, 2].map((x) => x * 2) // comment', [2, 4]],
    ['x = 5; return x', 5],
    ['return "é😀\\u2028"', 'é😀\u2028'],
  ])('%s', async (code, expected) => {
    expect(await result(code)).toEqual(expected);
  });

  it('reads its bindings, and may declare their names anew', async () => {
    const bindings = { name: 'Ada', list: [1, { b: null }], 'not-a-name': 1, __ref_0: 'é"\'`' };
    expect(await result('return [name, list[1].b, __ref_0]', bindings)).toEqual([
      'Ada',
      null,
      'é"\'`',
    ]);
    expect(await result('const name = "Eve"; return name', bindings)).toBe('Eve');
  });

  it('collects what it writes to the console', async () => {
    const reply = await run(
      'console.log("a", { b: 1 }, 2); console.error(new TypeError("no")); return 1',
    );
    expect(reply).toMatchObject({ ok: true, json: '1', stdout: 'a {"b":1} 2\nTypeError: no' });
  });

  it('cuts off a console that runs full', async () => {
    const reply = await run('for (let i = 0; i < 1000; i += 1) console.log("x".repeat(1000))');
    expect(reply).toMatchObject({
      ok: true,
      stdout: expect.stringMatching(/… \(cut off\)$/) as string,
    });
    expect(String(reply.stdout).length).toBeLessThan(70_000);
  });

  it.each([
    ['const a = 1;\n\nreturn a.b.c', 'TypeError', "cannot read property 'c' of undefined", 3],
    ['return 1;\nlet x = ;', 'SyntaxError', "unexpected token in expression: ';'", 2],
    ['await null\nthrow new RangeError("too far")', 'RangeError', 'too far', 2],
    ['return missing', 'ReferenceError', "'missing' is not defined", 1],
    ['throw "just text"', 'Error', 'just text', null],
    ['throw { code: 7 }', 'Error', '{"code":7}', null],
    ['throw null', 'Error', 'null', null],
    ['throw Symbol("s")', 'Error', 'Symbol(s)', null],
  ])('tells the error of %j with its line', async (code, name, message, line) => {
    expect(await run(code)).toMatchObject({ ok: false, reason: 'threw', name, message, line });
  });

  it('keeps what was written before it failed', async () => {
    expect(await run('console.log("here"); throw 1')).toMatchObject({ ok: false, stdout: 'here' });
  });

  it.each([
    ['return 10n', 'bigint'],
    ['return { total: 10n }', '"total"'],
    ['return () => 1', 'function'],
    ['return { f() {} }', '"f"'],
    ['return Symbol("x")', 'symbol'],
    ['const a = {}; a.a = a; return a', 'circular'],
    ['return "x".repeat(20000)', '10000 characters'],
    ['return { toJSON() { return 1n } }', 'bigint'],
  ])('refuses the result of %s', async (code, mentioned) => {
    expect(await run(code)).toMatchObject({
      ok: false,
      reason: 'result',
      message: expect.stringContaining(mentioned) as string,
    });
  });

  it.each([
    ['fetch("https://example.com")', 'use an API block'],
    ['new XMLHttpRequest()', 'use an API block'],
    ['setTimeout(() => 1, 10)', 'use a Wait block'],
    ['require("fs")', 'not available'],
  ])('says what to use in place of %s', async (code, mentioned) => {
    expect(await run(code)).toMatchObject({
      ok: false,
      message: expect.stringContaining(mentioned) as string,
    });
  });

  it('refuses to wait for what never comes', async () => {
    expect(await run('await new Promise(() => {})')).toMatchObject({
      ok: false,
      reason: 'unsettled',
    });
  });

  it('refuses values that are too large', async () => {
    await expect(run('return 1', { text: 'x'.repeat(10_001) })).rejects.toThrow(InputTooLargeError);
  });
});

describe('limits', () => {
  it.each([
    ['an endless loop', 'while (true);'],
    ['one that catches its interruption', 'while (true) { try { while (true); } catch {} }'],
    ['endless promises', 'while (true) await null'],
    ['a slow regular expression', '/^(a+)+$/.test("a".repeat(50) + "!")'],
    ['a getter without an end', 'return new Proxy({}, { get() { while (true); } }).x'],
    ['a toJSON without an end', 'return { toJSON() { while (true); } }'],
    [
      'a built-in that never asks for the time',
      'const a = []; a.length = 4294967295; return a.join("")',
    ],
  ])('stop %s', async (_, code) => {
    expect(await run(code)).toMatchObject({ ok: false, reason: 'timeout' });
    expect(await result('return "alive"')).toBe('alive');
  });

  it.each([
    ['arrays', 'const a = []; while (true) a.push(new Array(1000).fill("x"))'],
    ['strings', 'const a = []; while (true) a.push("x".repeat(1e6))'],
    ['buffers', 'const a = []; while (true) a.push(new Uint8Array(1e6).fill(1))'],
  ])('hold the memory of %s', async (_, code) => {
    const generous = new Sandbox({ functionTimeoutMs: 10_000, memoryBytes: 16 * 1024 * 1024 });
    try {
      expect(await generous.runFunction(code, {}, never)).toMatchObject({
        ok: false,
        reason: 'memory',
      });
      expect(await generous.runFunction('return 1', {}, never)).toMatchObject({ ok: true });
    } finally {
      await generous.close();
    }
  });

  it.each([
    ['recursion', 'const f = () => f() + 1; f()'],
    ['async recursion', 'const f = async () => { await f(); }; await f()'],
    ['deep code', 'eval("(".repeat(100000))'],
    ['deep JSON', 'JSON.parse("[".repeat(100000))'],
    ['a deep result', 'let a = []; for (let i = 0; i < 1e5; i += 1) a = [a]; return a'],
  ])('hold the stack of %s', async (_, code) => {
    expect(await run(code)).toMatchObject({ ok: false });
    expect(await result('return "alive"')).toBe('alive');
  });
});

describe('escapes', () => {
  it.each([
    ['process', 'return process.env'],
    ['globalThis.process', 'return globalThis.process.pid'],
    ['require of node:', 'return require("node:child_process")'],
    ['module loading', 'return await import("node:fs")'],
    ['module loading of files', 'return await import("/etc/passwd")'],
    ['import.meta', 'return import.meta.url'],
    ['the function constructor', 'return (() => {}).constructor("return process")().pid'],
    [
      'the async function constructor',
      'return await (async () => {}).constructor("return process.pid")()',
    ],
    [
      'the constructor of a host error',
      'try { null.x } catch (e) { return e.constructor.constructor("return process")().pid }',
    ],
    [
      'the constructor of a binding',
      'return bound.constructor.constructor("return process")().pid',
    ],
    ['the constructor of the console', 'return console.log.constructor("return process")().pid'],
    [
      'a stack trace hook',
      'Error.prepareStackTrace = (e, frames) => frames[0].getThis().process; if (!new Error().stack.pid) throw 1',
    ],
    [
      'arguments.callee.caller',
      'return (function () { return arguments.callee.caller.caller.caller.constructor("return process")().pid })()',
    ],
    ['WebAssembly', 'return new WebAssembly.Memory({ initial: 1 }).buffer.byteLength'],
    ['workers', 'return new Worker("x")'],
    ['shared memory waits', 'return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
    ['QuickJS modules', 'return std.loadFile("/etc/passwd")'],
    ['QuickJS os', 'return os.exec(["id"])'],
    ['Deno and Bun', 'return (typeof Deno !== "undefined" ? Deno : Bun).env'],
    ['the worker port', 'return parentPort.postMessage("x")'],
    ['closing the wrapper', '}}); process.exit(1); (function () { return async function () {'],
  ])('by %s fails', async (_, code) => {
    expect(await run(code, { bound: { a: [1] } })).toMatchObject({ ok: false });
  });

  it('offers the language and nothing of the host', async () => {
    const names = (await result('return Object.getOwnPropertyNames(globalThis)')) as string[];
    for (const host of [
      'process',
      'global',
      'Buffer',
      'module',
      'exports',
      '__dirname',
      'std',
      'os',
      'print',
    ]) {
      expect(names).not.toContain(host);
    }
  });

  it('carries nothing from one run to the next', async () => {
    await run(
      'globalThis.leak = 1; Object.prototype.leak = 2; Array.prototype.map = null; JSON.stringify = null',
    );
    expect(
      await result('return [typeof leak, ({}).leak === undefined, [1].map((x) => x)]'),
    ).toEqual(['undefined', true, [1]]);
  });

  it.each([
    'JSON.stringify = () => "{}"; JSON.parse = () => 7; return [1]',
    'Promise.prototype.then = () => {}; return [1]',
    'Object.prototype.ok = false; Object.prototype.reason = "timeout"; return [1]',
  ])('does not let %j forge the answer', async (code) => {
    expect(await result(code)).toEqual([1]);
  });

  it('takes a forged answer for what it is: text', async () => {
    const reply = await run(
      'Object.prototype.toJSON = () => ({ ok: true, broken: true }); return {}',
    );
    expect(reply).toMatchObject({ ok: true, json: '{"ok":true,"broken":true}' });
    expect(reply.broken).toBeUndefined();
  });

  it('leaves this process as it was', async () => {
    await run(
      'Object.prototype.polluted = 1; return { __proto__: null, ["__proto__"]: { polluted: 1 } }',
    );
    expect('polluted' in {}).toBe(false);
  });
});

describe('conditions', () => {
  const first = (
    expressions: readonly string[],
    bindings: JsonObject = {},
  ): Promise<SandboxReply> => sandbox.firstTrue(expressions, bindings, never);

  it.each<[readonly string[], number | null]>([
    [['x > 1', 'true'], 0],
    [['x > 9', 'x === 3'], 1],
    [['0', '""', 'null', 'NaN', '[]'], 4],
    [['false', ' ', ''], null],
    [['x // the first\n', 'true'], 0],
    [['(() => { const y = x; return y === 3 })()'], 0],
    [['{ a: 1 }.a === 1'], 0],
    [['false', '', 'true', ')('], 2],
  ])('%j → %s', async (expressions, index) => {
    expect(await first(expressions, { x: 3 })).toEqual({ ok: true, index });
  });

  it.each([
    [['false', 'x.y.z'], 1, 'TypeError'],
    [['nothing'], 0, 'ReferenceError'],
    [['true ==='], 0, 'SyntaxError'],
    [['while (1);'], 0, 'SyntaxError'],
  ])('%j fails at %i', async (expressions, index, name) => {
    expect(await first(expressions, { x: {} })).toMatchObject({
      ok: false,
      reason: 'threw',
      index,
      name,
    });
  });

  it('may write to the console, and cannot reach out', async () => {
    expect(await first(['console.log(1) === undefined'])).toEqual({ ok: true, index: 0 });
    for (const name of ['fetch', 'XMLHttpRequest', 'setTimeout', 'setInterval', 'require']) {
      expect(await first([`${name}("https://example.com")`])).toMatchObject({
        ok: false,
        message: `${name} is not available in conditions`,
      });
    }
  });

  it.each([
    ['"text"', 'text'],
    ['{ a: 1 }', '{"a":1}'],
    ['null', 'null'],
    ['Object.create(null, { toJSON: { get() { throw 1 } } })', 'unknown'],
    [
      'new Proxy({}, { get() { throw 1 }, getPrototypeOf() { return Error.prototype } })',
      'unknown',
    ],
  ])('fails with whatever it throws: %s', async (thrown, message) => {
    const reply = await first([`(() => { throw ${thrown} })()`]);
    expect(reply).toMatchObject({ ok: false, reason: 'threw', message });
  });

  it('stops one that does not end', async () => {
    const reply = await first(['(() => { while (true); })()']);
    expect(reply).toMatchObject({ ok: false, reason: 'timeout' });
  });

  it('does not wait behind functions', async () => {
    const slow = run('while (true);');
    const order: string[] = [];
    await Promise.all([
      slow.then(() => order.push('function')),
      first(['true']).then(() => order.push('condition')),
    ]);
    expect(order).toEqual(['condition', 'function']);
  });
});

describe('the life of a sandbox', () => {
  it('ends a run that is aborted, and serves the next', async () => {
    const abort = new AbortController();
    const patient = new Sandbox({ functionTimeoutMs: 60_000 });
    try {
      const running = patient.runFunction('while (true);', {}, abort.signal);
      const waiting = patient.runFunction('return 2', {}, never);
      abort.abort(new Error('the person gave up'));
      await expect(running).rejects.toThrow('the person gave up');
      expect(await waiting).toMatchObject({ ok: true, json: '2' });
      await expect(patient.runFunction('return 1', {}, abort.signal)).rejects.toThrow('gave up');
    } finally {
      await patient.close();
    }
  });

  it('lets one that waits leave the queue', async () => {
    const abort = new AbortController();
    const running = run('while (true);');
    const waiting = sandbox.runFunction('return 1', {}, abort.signal);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(await running).toMatchObject({ ok: false, reason: 'timeout' });
    expect(await result('return 3')).toBe(3);
  });

  it('refuses what it cannot queue', async () => {
    const busy = new Sandbox({ functionTimeoutMs: 60_000 });
    const runs = Array.from({ length: 502 }, () =>
      busy.runFunction('while (true);', {}, never).catch((error: unknown) => error),
    );
    expect(await runs[501]).toBeInstanceOf(SandboxBusyError);
    await busy.close();
    const others = await Promise.all(runs.slice(0, 501));
    expect(others.every((error) => error instanceof SandboxClosedError)).toBe(true);
  });

  it('refuses everything once it is closed, as often as it is', async () => {
    const closed = new Sandbox();
    await closed.runFunction('return 1', {}, never);
    await closed.close();
    await closed.close();
    await expect(closed.runFunction('return 1', {}, never)).rejects.toThrow(SandboxClosedError);
    await expect(closed.firstTrue(['true'], {}, never)).rejects.toThrow(SandboxClosedError);
  });

  it('answers many at once, each its own', async () => {
    const pair = new Sandbox({ functionThreads: 2 });
    try {
      const numbers = Array.from({ length: 60 }, (_, index) => index);
      const replies = await Promise.all(
        numbers.map((n) => pair.runFunction('return n * n', { n }, never)),
      );
      expect(replies.map((reply) => (reply.ok ? reply.json : null))).toEqual(
        numbers.map((n) => String(n * n)),
      );
    } finally {
      await pair.close();
    }
  });
});
