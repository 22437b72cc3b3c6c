import { afterAll, describe, expect, it } from 'vitest';
import { functionBlock } from '../function.js';
import { Sandbox } from '../sandbox/sandbox.js';
import { failureOf, outputOf } from '../testing/context.js';
import { ESCAPES } from './escapes.js';

const limits = { memoryBytes: 16 << 20, maxValueLength: 10_000 };
const hasty = new Sandbox({ ...limits, functionTimeoutMs: 600 });
/** What runs out of something else than time has time for it, also on a machine with much to do. */
const patient = new Sandbox({ ...limits, functionTimeoutMs: 25_000 });
afterAll(() => Promise.all([hasty.close(), patient.close()]));

const given = { bindings: { value: { a: [1] } } };
const attempts = ESCAPES.map((escape) => [escape.what, escape] as const);

describe('code that tries', () => {
  it.each(attempts)('%s gets nowhere', { timeout: 40_000 }, async (_, escape) => {
    const block = functionBlock(escape.group === 'time' ? hasty : patient);
    if ('gives' in escape) {
      expect(await outputOf(block, escape, given)).toMatchObject({
        result: JSON.parse(escape.gives) as unknown,
      });
    } else {
      const { code, message } = await failureOf(block, { code: escape.code }, given);
      expect(escape.codes).toContain(code);
      if (code === escape.codes[0]) expect(message).toContain(escape.reason);
    }
    // Neither this process nor the next run has anything of it.
    expect('polluted' in {}).toBe(false);
    const after = 'return [typeof leak, "polluted" in {}, [1].map((x) => x)]';
    expect(await outputOf(block, { code: after })).toMatchObject({
      result: ['undefined', false, [1]],
    });
  });
});
