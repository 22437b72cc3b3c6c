import type { JsonObject } from '@sim/domain';
import { afterEach, describe, expect, it } from 'vitest';
import { evaluatorBlock } from './evaluator.js';
import { failureOf, outputOf } from './testing/context.js';
import { says, startModel, staysSilent, type Behaviour } from './testing/model-server.js';

const METRICS = [
  { name: 'Clarity', description: 'How clear', range: { min: 0, max: 10 } },
  { name: 'tone', description: 'How kind', range: { min: 1, max: 5 } },
];
const PARAMS = { content: 'Dear Sir', metrics: METRICS };

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(behaviours: Behaviour[], options = {}) {
  const { model, server, close } = await startModel(behaviours, options);
  opened.push({ close });
  return { evaluator: evaluatorBlock(model), server };
}

describe('evaluator', () => {
  it('gives a field in lower case for each metric', async () => {
    const { evaluator, server } = await start([says({ clarity: 8.5, tone: 5 })]);
    expect(await outputOf(evaluator, PARAMS)).toEqual({
      content: 'Dear Sir',
      model: 'test-model-1',
      tokens: { prompt: 10, completion: 5, total: 15 },
      cost: null,
      clarity: 8.5,
      tone: 5,
    });
    expect(JSON.stringify(server.asked()[0]?.messages)).toContain('How kind');
  });

  it('takes metrics as JSON text, content as a value, and scores however they are spelt', async () => {
    const { evaluator } = await start([says({ CLARITY: '8', Tone: 1 })]);
    const params = { content: { a: [1] }, metrics: JSON.stringify(METRICS) };
    expect(await outputOf(evaluator, params)).toMatchObject({
      content: { a: [1] },
      clarity: 8,
      tone: 1,
    });
  });

  it('asks again for a score out of its range, and then fails', async () => {
    const wrong = says({ clarity: 11, tone: 3 });
    const { evaluator, server } = await start([wrong, says({ clarity: 10, tone: 3 })]);
    expect(await outputOf(evaluator, PARAMS)).toMatchObject({ clarity: 10 });
    expect(JSON.stringify(server.asked()[1]?.messages)).toContain('from 0 up to 10');
    const { evaluator: hopeless } = await start([wrong]);
    const told = await failureOf(hopeless, PARAMS);
    expect(told).toMatchObject({ code: 'model_answer_invalid', retryable: true });
    expect(told.message).toContain('"clarity" is 11');
  });

  it.each([[{ clarity: 1 }], [{ clarity: 1, tone: 'kind' }], [{ clarity: 1, tone: null }]])(
    'misses a score in %j',
    async (answer) => {
      const { evaluator } = await start([says(answer)]);
      expect((await failureOf(evaluator, PARAMS)).message).toContain('"tone" has no number');
    },
  );

  it('needs no range', async () => {
    const { evaluator } = await start([says({ words: 1e9 })]);
    const params = { content: 'x', metrics: [{ name: 'words' }] };
    expect(await outputOf(evaluator, params)).toMatchObject({ words: 1e9 });
  });

  it('keeps a metric with a name that objects have from birth', async () => {
    const { evaluator } = await start([says('{"__proto__": 3}')]);
    const output = await outputOf(evaluator, { content: 'x', metrics: [{ name: '__proto__' }] });
    expect(Object.entries(output as JsonObject)).toContainEqual(['__proto__', 3]);
  });

  it.each<[string, JsonObject]>([
    ['no metrics', { metrics: [] }],
    ['metrics that are no list', { metrics: 'clarity' }],
    ['a metric without a name', { metrics: [{ range: { min: 0, max: 1 } }] }],
    ['a range upside down', { metrics: [{ name: 'a', range: { min: 2, max: 1 } }] }],
    ['a range in words', { metrics: [{ name: 'a', range: { min: 'low', max: 'high' } }] }],
  ])('asks nobody about %s', async (_, over) => {
    const { evaluator, server } = await start([says('')]);
    const outcome = failureOf(evaluator, { ...PARAMS, ...over });
    expect(await outcome).toMatchObject({ code: 'invalid_params', retryable: false });
    expect(server.seen).toHaveLength(0);
  });

  it('fails where the model is too slow', async () => {
    const { evaluator } = await start([staysSilent], { timeoutMs: 50 });
    expect(await failureOf(evaluator, PARAMS)).toMatchObject({ code: 'model_timeout' });
  });
});
