import { beforeAll, describe, expect, it } from 'vitest';
import { loadEvaluator } from './evaluate.mjs';
import type { SandboxReply, SandboxRequest } from './protocol.js';

/** The evaluator as a thread runs it, here in the test's own thread. */
let evaluate: (request: SandboxRequest) => SandboxReply;
beforeAll(async () => {
  ({ evaluate } = await loadEvaluator(16 * 1024 * 1024));
});

const limits = { timeoutMs: 2000, maxStdout: 100, maxResult: 1000 };

const call = (code: string, over: Partial<SandboxRequest> = {}): SandboxReply =>
  evaluate({
    kind: 'function',
    code,
    names: [],
    values: '[]',
    ...limits,
    ...over,
  } as SandboxRequest);

const test = (expressions: readonly string[], over: Partial<SandboxRequest> = {}): SandboxReply =>
  evaluate({
    kind: 'conditions',
    expressions,
    names: [],
    values: '[]',
    ...limits,
    ...over,
  } as SandboxRequest);

describe('loadEvaluator', () => {
  it('answers one request after another, each in a world of its own', () => {
    expect(call('globalThis.n = (globalThis.n ?? 0) + 1; return n')).toMatchObject({ json: '1' });
    expect(call('globalThis.n = (globalThis.n ?? 0) + 1; return n')).toMatchObject({ json: '1' });
    expect(test(['typeof n === "undefined"'])).toEqual({ ok: true, index: 0 });
  });

  it('hands values over in the order of their names', () => {
    const given = { names: ['b', 'a'], values: '[1,{"x":[2]}]' };
    expect(call('return [a.x[0], b]', given)).toMatchObject({ json: '[2,1]' });
    expect(test(['b > 1', 'a.x.length === 1'], given)).toEqual({ ok: true, index: 1 });
  });

  it('tells lines as the author counts them', () => {
    for (const line of [1, 2, 7]) {
      expect(call(`${'\n'.repeat(line - 1)}null.x`)).toMatchObject({ ok: false, line });
      expect(test([`${'\n'.repeat(line - 1)}null.x`])).toMatchObject({ ok: false, line, index: 0 });
    }
  });

  it('names no line where the fault is not in a line of the author', () => {
    expect(call('return 1n')).toMatchObject({ ok: false, reason: 'result', line: null });
  });

  it('ends at the deadline', () => {
    for (const code of ['while (true);', 'while (true) await null']) {
      expect(call(code, { timeoutMs: 30 })).toMatchObject({
        ok: false,
        reason: 'timeout',
        message: 'It took longer than 30 ms.',
      });
    }
  });

  it('bounds what it writes, gives back and complains', () => {
    expect(call('console.log("x".repeat(500)); console.log("more")')).toMatchObject({
      stdout: `${'x'.repeat(100)}… (cut off)`,
    });
    expect(call('return "x".repeat(1000)')).toMatchObject({ ok: false, reason: 'result' });
    const reply = call('const e = new Error("m".repeat(5000)); e.name = "n".repeat(500); throw e');
    expect(reply).toMatchObject({ message: 'm'.repeat(2000), name: 'n'.repeat(200) });
  });

  it.each([
    'const e = new Error("x"); Object.defineProperty(e, "message", { get() { throw 1 } }); throw e',
    'throw { toJSON() { throw 1 }, toString() { throw 2 } }',
    'throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { return Error.prototype } })',
    'throw Object.create(null)',
  ])('survives the thrown value of %s', (code) => {
    expect(call(code)).toMatchObject({ ok: false, reason: 'threw' });
    expect(call('return 1')).toMatchObject({ ok: true });
  });

  it('does not take the tampered answer of a condition for true', () => {
    const forged =
      '(() => { Object.prototype.toJSON = () => ({ ok: true, truth: true }); return false })()';
    expect(test([forged])).toEqual({ ok: true, index: null });
  });
});

describe('a module that is worn or broken', () => {
  it('says so after its memory has grown', async () => {
    const { evaluate: evaluateOnce } = await loadEvaluator(16 * 1024 * 1024);
    const hungry: SandboxRequest = {
      kind: 'function',
      code: 'const a = []; while (true) a.push(new Uint8Array(1e6).fill(1))',
      names: [],
      values: '[]',
      ...limits,
    };
    expect(evaluateOnce(hungry)).toMatchObject({ ok: false, reason: 'memory', broken: true });
  });

  it('says so after the stack of the host gave way', async () => {
    const { evaluate: evaluateOnce } = await loadEvaluator(16 * 1024 * 1024);
    const deep: SandboxRequest = {
      kind: 'function',
      code: 'eval("(".repeat(500000))',
      names: [],
      values: '[]',
      ...limits,
    };
    expect(evaluateOnce(deep)).toMatchObject({ ok: false, message: 'stack overflow' });
  });
});
