import { createBlocks, type Blocks } from '@sim/blocks';
import { mapWorkflow, parseWorkflow, type JsonObject } from '@sim/domain';
import { afterEach, describe, expect, it } from 'vitest';
import { sketch, startWith, type Sketched } from '../support/sketch.js';
import { stage } from '../support/stage.js';

/**
 * Workflows that are meant to break something: each is mapped, and talked through with the real blocks.
 * None may throw, hang or lose its session; what is wrong is a finding, or a question to the person.
 */
const opened: Blocks[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((blocks) => blocks.close()));
});

const start: Sketched = { type: 'start_trigger', params: { inputFormat: [] } };
const code = (text: string, more: Partial<Sketched> = {}): Sketched => ({
  type: 'function',
  params: { code: text },
  ...more,
});
const inside = (parentId: string): Partial<Sketched> => ({ data: { parentId } });

function codesOf(document: JsonObject): string[] {
  const { workflow, issues } = parseWorkflow(document);
  if (!workflow) return issues.map((issue) => issue.code);
  return [...issues, ...mapWorkflow(workflow).issues].map((issue) => issue.code);
}

/** Opens a session with real blocks and starts it. */
async function run(document: JsonObject) {
  const blocks = createBlocks({
    sandbox: { functionTimeoutMs: 1_500, conditionTimeoutMs: 1_500 },
  });
  opened.push(blocks);
  const staged = await stage(document, { executors: [...blocks.executors.values()] });
  const sessionId = await staged.open();
  const answer = await staged.act(sessionId, 'start');
  await staged.expectReplayable(sessionId);
  expect(staged.errors).toEqual([]);
  return { ...staged, sessionId, answer };
}

describe('graphs that turn on themselves', () => {
  it('in cycles outside containers run once round', async () => {
    const document = sketch({ start, a: code('return 1'), b: code('return 2') }, [
      'start -> a',
      'a -> b',
      'b -> a',
      'a -> a',
    ]);
    expect(codesOf(document)).toContain('cycle_outside_container');
    const { answer } = await run(document);
    expect(answer.state).toMatchObject({ executionStatus: 'completed', output: { result: 2 } });
  });

  it('with children that contain their parents', async () => {
    const document = sketch(
      {
        start,
        a: { type: 'loop', data: { parentId: 'b', count: 2 } },
        b: { type: 'loop', data: { parentId: 'a', count: 2 } },
        c: { type: 'loop', data: { parentId: 'c', count: 2 } },
        work: code('return 1', inside('a')),
      },
      ['start -> a', 'start -> b', 'start -> c', 'a -loop-start-source-> work'],
    );
    expect(codesOf(document)).toContain('parent_cycle');
    expect((await run(document)).answer.state.executionStatus).toBe('completed');
  });

  it('eleven containers deep', async () => {
    const blocks: Record<string, Sketched> = { start };
    const ways = ['start -> l0'];
    for (let depth = 0; depth < 13; depth += 1) {
      blocks[`l${depth}`] = {
        type: 'loop',
        data: { count: 1, ...(depth > 0 && { parentId: `l${depth - 1}` }) },
      };
      if (depth > 0) ways.push(`l${depth - 1} -loop-start-source-> l${depth}`);
    }
    const document = sketch(blocks, ways);
    expect(codesOf(document)).toContain('container_too_deep');
    expect((await run(document)).answer.state.executionStatus).toBe('completed');
  });

  it('that read themselves and one another', async () => {
    const document = sketch(
      {
        start,
        a: code('return [<a.result>, <b.result>]'),
        b: code('return [<a.result>, <b.result>]'),
      },
      ['start -> a', 'a -> b'],
    );
    expect(codesOf(document)).toContain('reference_may_not_run');
    expect((await run(document)).answer.state.output).toMatchObject({
      result: [[null, null], null],
    });
  });
});

describe('names and ids', () => {
  it('of two blocks that are one after normalising: the first is read', async () => {
    const document = sketch(
      {
        start,
        a: code("return 'first'", { name: 'My Block' }),
        b: code("return 'second'", { name: 'my.block' }),
        c: code('return <myblock.result>'),
      },
      ['start -> a', 'a -> b', 'b -> c'],
    );
    expect(codesOf(document)).toContain('name_collision');
    expect((await run(document)).answer.state.output).toMatchObject({ result: 'first' });
  });

  it('that are keys of every object', async () => {
    const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const blocks = ids.map((id) => [id, code(`return '${id}'`, { name: id })] as const);
    const document = sketch(
      {
        start: startWith({ name: '__proto__' }, { name: 'constructor', type: 'number' }),
        ...Object.fromEntries(blocks.slice(1)),
      },
      ['start -> constructor', 'constructor -> toString', 'toString -> hasOwnProperty'],
    );
    // A literal of this key would set the prototype instead.
    const { blocks: drawn } = document.state as { blocks: Record<string, unknown> };
    Object.defineProperty(drawn, '__proto__', {
      value: { id: '__proto__', type: 'function', name: '__proto__', subBlocks: {} },
      enumerable: true,
    });
    const { act, sessionId, answer } = await run(document);
    expect(answer.state.awaiting?.kind).toBe('slots');
    const values = JSON.parse('{"__proto__": "x", "constructor": 3}') as JsonObject;
    const done = await act(sessionId, 'answer', { values });
    expect(done.state.executionStatus).toBe('completed');
    expect(Object.hasOwn(done.state.slots, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('with halves of characters', async () => {
    const document = sketch(
      { start, 'a\uD800': code("return '\uDC00'", { name: 'half \uD83D' }) },
      ['start -> a\uD800'],
    );
    expect(codesOf(document)).toContain('text_repaired');
    expect((await run(document)).answer.state.executionStatus).toBe('completed');
  });
});

describe('sizes', () => {
  it('of 100,000 edges between two blocks are one way', { timeout: 60_000 }, async () => {
    const document = sketch(
      { start, a: code('return 1') },
      Array.from({ length: 100_000 }, () => 'start -> a'),
    );
    const { journey, answer } = await run(document);
    expect(journey.transitions).toHaveLength(1);
    expect(answer.state.executionStatus).toBe('completed');
  });

  it('of a loop over more than a thousand items become a question', async () => {
    const { answer } = await run(
      sketch(
        {
          start,
          many: code('return Array(1001).fill(0)'),
          each: { type: 'loop', data: { loopType: 'forEach', collection: '<many.result>' } },
          work: code('return 1', inside('each')),
        },
        ['start -> many', 'many -> each', 'each -loop-start-source-> work'],
      ),
    );
    expect(answer.state.awaiting?.kind).toBe('repair');
    expect(answer.agentResponse).toContain('1000 is the most');
  });
});

describe('code that never ends', () => {
  const FOREVER = '(() => { for (;;) {} })()';

  it.each([
    [
      'in a condition',
      {
        check: {
          type: 'condition',
          params: {
            conditions: [
              { id: 'c-if', title: 'if', value: FOREVER },
              { id: 'c-else', title: 'else', value: '' },
            ],
          },
        },
      },
      ['start -> check'],
    ],
    [
      "in a loop's condition",
      {
        grow: { type: 'loop', data: { loopType: 'while', whileCondition: FOREVER } },
        work: code('return 1', inside('grow')),
      },
      ['start -> grow', 'grow -loop-start-source-> work'],
    ],
    ['in a function', { work: code('for (;;) {}') }, ['start -> work']],
    [
      'in a regular expression of a function',
      { work: code("return /(a+)+$/.test('a'.repeat(40) + 'b')") },
      ['start -> work'],
    ],
  ] as [string, Record<string, Sketched>, string[]][])(
    '%s is stopped and becomes a question',
    async (_, blocks, ways) => {
      const { answer } = await run(sketch({ start, ...blocks }, ways));
      expect(answer.state.awaiting?.kind).toBe('repair');
    },
  );

  it('in the pattern of a guardrail is matched in linear time', async () => {
    const { answer } = await run(
      sketch(
        {
          start,
          guard: {
            type: 'guardrails',
            params: {
              validationType: 'regex',
              regex: '^(a+)+$',
              input: `${'a'.repeat(50_000)}b`,
            },
          },
        },
        ['start -> guard'],
      ),
    );
    expect(answer.state).toMatchObject({
      executionStatus: 'completed',
      output: { passed: false },
    });
  });

  it(
    'since a condition is true for ever ends at a thousand rounds',
    { timeout: 60_000 },
    async () => {
      const { answer } = await run(
        sketch(
          {
            start,
            grow: { type: 'loop', data: { loopType: 'while', whileCondition: 'true' } },
            set: {
              type: 'variables',
              params: { variables: [] },
              data: { parentId: 'grow' },
            },
          },
          ['start -> grow', 'grow -loop-start-source-> set'],
        ),
      );
      expect(answer.state.awaiting?.kind).toBe('repair');
      expect(answer.agentResponse).toContain('more than 1000 times');
    },
  );
});
