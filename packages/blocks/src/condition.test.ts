import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '@sim/domain';
import { conditionBlock } from './condition.js';
import { Sandbox } from './sandbox/sandbox.js';
import { contextOf, failureOf } from './testing/context.js';

const sandbox = new Sandbox({ conditionTimeoutMs: 300 });
const block = conditionBlock(sandbox);
afterAll(() => sandbox.close());

const branch = (id: string, expression: string | null, unresolved?: string): JsonObject => ({
  id,
  title: id.toUpperCase(),
  expression,
  ...(unresolved !== undefined && { unresolved }),
});

async function taken(
  branches: readonly JsonObject[],
  bindings: JsonObject = {},
): Promise<string | null | undefined> {
  const { branchId } = await block.run({ branches }, contextOf({ bindings }));
  return branchId;
}

describe('condition', () => {
  it('takes the first branch that is true', async () => {
    const branches = [
      branch('a', 'x > 5'),
      branch('b', 'x > 1'),
      branch('c', 'true'),
      branch('d', null),
    ];
    expect(await block.run({ branches }, contextOf({ bindings: { x: 3 } }))).toEqual({
      output: { conditionResult: true, selectedPath: {}, selectedOption: 'b' },
      branchId: 'b',
    });
  });

  it('takes else where none is, and nothing where there is no else', async () => {
    expect(await taken([branch('a', 'false'), branch('d', null)])).toBe('d');
    expect(await block.run({ branches: [branch('a', 'false')] }, contextOf())).toEqual({
      output: { conditionResult: false, selectedPath: null, selectedOption: null },
      branchId: null,
    });
    expect(await taken([])).toBeNull();
  });

  it.each<[string, boolean]>([
    ['1', true],
    ['"false"', true],
    ['[]', true],
    ['0', false],
    ['""', false],
    ['null', false],
    ['undefined', false],
    ['NaN', false],
    ['', false],
  ])('goes by the truth of %j as JavaScript has it', async (expression, truth) => {
    expect(await taken([branch('a', expression), branch('d', null)])).toBe(truth ? 'a' : 'd');
  });

  it('names the branch that throws', async () => {
    const branches = [branch('a', 'false'), branch('b', 'x.y.z'), branch('d', null)];
    expect(await failureOf(block, { branches }, { bindings: { x: {} } })).toMatchObject({
      code: 'condition_failed',
      message: 'Branch "B": TypeError: cannot read property \'z\' of undefined (line 1)',
      retryable: false,
    });
  });

  it('does not mind what comes after the branch it takes', async () => {
    expect(
      await taken([branch('a', 'true'), branch('b', ')('), branch('c', 'x', 'no such field')]),
    ).toBe('a');
  });

  it('fails with the reason when it comes to a branch that could not be resolved', async () => {
    const branches = [
      branch('a', 'false'),
      branch('b', '<x.y>', '<x.y> names no field.'),
      branch('d', null),
    ];
    expect(await failureOf(block, { branches })).toMatchObject({
      code: 'condition_failed',
      message: 'Branch "B": <x.y> names no field.',
    });
  });

  it('stops an expression that does not end', async () => {
    const branches = [branch('a', '(() => { for (;;); })()')];
    expect(await failureOf(block, { branches })).toMatchObject({
      code: 'timeout',
      retryable: true,
    });
  });

  it('redacts secrets', async () => {
    const branches = [branch('a', '(() => { throw new Error(key) })()')];
    const failure = await failureOf(
      block,
      { branches },
      { bindings: { key: 's3cret' }, secrets: ['s3cret'] },
    );
    expect(failure.message).toBe('Branch "A": Error: *** (line 1)');
  });

  it.each([[{}], [{ branches: 'x' }], [{ branches: [null] }], [{ branches: [{ id: 1 }] }]])(
    'refuses %j as no branches',
    async (params) => {
      expect(await failureOf(block, params as JsonObject)).toMatchObject({
        code: 'invalid_params',
      });
    },
  );
});
