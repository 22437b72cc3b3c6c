import { BlockFailure } from '@sim/engine';
import { afterEach, describe, expect, it } from 'vitest';
import { contextOf } from '../testing/context.js';
import { KEY, says, startModel, type Behaviour } from '../testing/model-server.js';
import { askForObject, type Reading } from './structured.js';

const REQUEST = {
  messages: [{ role: 'user' as const, content: 'How many?' }],
  model: null,
  apiKey: null,
  schema: { name: 'n', strict: true, schema: { type: 'object' } },
};

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function ask(...behaviours: Behaviour[]) {
  const { model, server, close } = await startModel(behaviours);
  opened.push({ close });
  const read = ({ n }: { readonly n?: unknown }): Reading<number> =>
    typeof n === 'number' ? { ok: true, value: n } : { ok: false, problem: '"n" is no number' };
  return { server, answer: askForObject(model, REQUEST, read, contextOf()) };
}

describe('askForObject', () => {
  it.each([
    ['plain', '{"n": 3}'],
    ['in a fence', '```json\n{"n": 3}\n```'],
    ['between sentences', 'Here you are: {"n": 3}. Anything else?'],
  ])('takes an object that comes %s', async (_, content) => {
    const { answer } = await ask(says(content));
    expect(await answer).toEqual({
      value: 3,
      model: 'test-model-1',
      tokens: { prompt: 10, completion: 5, total: 15 },
    });
  });

  it('asks once more, says what was wrong, and counts both', async () => {
    const { answer, server } = await ask(says('three'), says('{"n": 3}'));
    expect(await answer).toMatchObject({ value: 3, tokens: { total: 30 } });
    expect(server.asked()[1]?.messages).toMatchObject([
      { role: 'user', content: 'How many?' },
      { role: 'assistant', content: 'three' },
      { role: 'user' },
    ]);
  });

  it.each([
    ['text', says('I cannot count'), 'not a JSON object'],
    ['a list', says('[1]'), 'not a JSON object'],
    ['an object that is wrong', says('{"m": 3}'), '"n" is no number'],
    ['an object that breaks off', says('{"n": ', { finish_reason: 'length' }), 'cut off'],
    ['a million levels', says(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`), 'not a JSON'],
    ['nothing', says(''), 'not a JSON object'],
  ])('fails after %s twice', async (_, behaviour, reason) => {
    const { answer, server } = await ask(behaviour);
    const failure = await answer.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BlockFailure);
    expect(failure).toMatchObject({ error: { code: 'model_answer_invalid', retryable: true } });
    expect(String(failure)).toContain(reason);
    expect(String(failure)).not.toContain(KEY);
    expect(server.seen).toHaveLength(2);
  });
});
