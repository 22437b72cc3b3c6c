import { afterAll, describe, expect, it } from 'vitest';
import { functionBlock } from './function.js';
import { Sandbox } from './sandbox/sandbox.js';
import { failureOf, outputOf } from './testing/context.js';

const sandbox = new Sandbox({
  functionTimeoutMs: 300,
  maxValueLength: 1000,
  memoryBytes: 16 << 20,
});
const block = functionBlock(sandbox);
afterAll(() => sandbox.close());

describe('function', () => {
  it('gives the result and what was written', async () => {
    const code = 'console.log("adding"); return { sum: await __ref_0 + 1 }';
    expect(
      await outputOf(block, { code, language: 'javascript' }, { bindings: { __ref_0: 2 } }),
    ).toEqual({
      result: { sum: 3 },
      stdout: 'adding',
    });
    expect(await outputOf(block, { code: '' })).toEqual({ result: null, stdout: '' });
  });

  it('may be run again: it touches nothing', () => {
    expect(block).toMatchObject({ type: 'function', sideEffect: 'none', idempotent: true });
  });

  it.each(['python', 'shell'])('does not run %s', async (language) => {
    expect(await failureOf(block, { code: 'print(1)', language })).toEqual({
      code: 'language_unsupported',
      message: `Function blocks run JavaScript; this one is written in ${language}.`,
      retryable: false,
    });
  });

  it('fails without code', async () => {
    expect(await failureOf(block, {})).toMatchObject({ code: 'invalid_params', retryable: false });
  });

  it('tells what the code threw, where, and what it had written', async () => {
    const failure = await failureOf(block, { code: 'console.log("x")\nnull.length' });
    expect(failure).toEqual({
      code: 'function_failed',
      message: "My Block: TypeError: cannot read property 'length' of null (line 2)",
      retryable: false,
      details: { name: 'TypeError', line: 2, stdout: 'x' },
    });
  });

  it.each([
    ['while (true);', 'timeout', true],
    [
      'const a = []; while (true) a.push(new Array(1000).fill(1))',
      /memory_exceeded|timeout/,
      expect.any(Boolean),
    ],
    ['return 1n', 'invalid_output', false],
    ['await new Promise(() => {})', 'function_failed', false],
  ])('%s fails with its own code', async (code, expected, retryable) => {
    const failure = await failureOf(block, { code });
    expect(failure.code).toMatch(expected);
    expect(failure.retryable).toEqual(retryable);
  });

  it('redacts secrets from what it reports', async () => {
    const over = { bindings: { key: 's3cret' }, secrets: ['s3cret'] };
    const code = 'console.log(key); throw new Error("bad key " + key)';
    const failure = await failureOf(block, { code }, over);
    expect(JSON.stringify(failure)).not.toContain('s3cret');
    expect(failure.message).toContain('bad key ***');
  });

  it('refuses values too large for the sandbox', async () => {
    const failure = await failureOf(block, { code: '' }, { bindings: { x: 'x'.repeat(1001) } });
    expect(failure).toMatchObject({ code: 'input_too_large', retryable: false });
  });

  it('throws the reason of an abort', async () => {
    const abort = new AbortController();
    const running = outputOf(block, { code: 'while (true);' }, { signal: abort.signal });
    abort.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
  });

  it('fails, to be retried, when the service shuts down', async () => {
    const closed = new Sandbox();
    await closed.close();
    expect(await failureOf(functionBlock(closed), { code: '' })).toMatchObject({
      code: 'shutting_down',
      retryable: true,
    });
  });
});
