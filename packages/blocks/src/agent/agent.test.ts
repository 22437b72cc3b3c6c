import type { JsonObject, JsonValue } from '@sim/domain';
import { afterEach, describe, expect, it } from 'vitest';
import { agentBlock } from './agent.js';
import { failureOf, outputOf } from '../testing/context.js';
import { fails, says, startModel, type Behaviour } from '../testing/model-server.js';

const MESSAGES = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello?' },
];
const METADATA = {
  model: 'test-model-1',
  tokens: { prompt: 10, completion: 5, total: 15 },
  toolCalls: { list: [], count: 0 },
  cost: null,
};
const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'number' } },
  required: ['city', 'people'],
  additionalProperties: false,
};

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(...behaviours: Behaviour[]) {
  const { model, server, close } = await startModel(behaviours);
  opened.push({ close });
  const ports = { executors: new Map(), tools: null, memories: null, clock: () => new Date() };
  return { agent: agentBlock({ model, ...ports }), server };
}

describe('agent', () => {
  it('answers messages', async () => {
    const { agent, server } = await start(says('Hi.'));
    const params = { messages: MESSAGES, temperature: '0.5', maxTokens: 100, model: 'mine' };
    expect(await outputOf(agent, params)).toEqual({ content: 'Hi.', ...METADATA });
    expect(server.asked()).toEqual([
      { model: 'mine', messages: MESSAGES, temperature: 0.5, max_tokens: 100 },
    ]);
  });

  it.each<[string, JsonObject, JsonValue]>([
    ['messages as JSON text', { messages: JSON.stringify(MESSAGES) }, MESSAGES],
    ['prompts', { systemPrompt: 'Be brief.', userPrompt: 'Hello?' }, MESSAGES],
    [
      'a prompt and its context',
      { userPrompt: 'Sum up', context: { a: 1 } },
      [{ role: 'user', content: 'Sum up\n\nContext:\n{"a":1}' }],
    ],
    ['a context alone', { context: 'Hello?' }, [{ role: 'user', content: 'Hello?' }]],
    [
      'other roles and values',
      {
        messages: [
          { role: 'Developer', content: 'Be brief.' },
          { role: 'user', content: '' },
          { role: 'user', content: { q: 1 } },
        ],
      },
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: '{"q":1}' },
      ],
    ],
  ])('takes %s', async (_, params, messages) => {
    const { agent, server } = await start(says('Hi.'));
    await outputOf(agent, params);
    expect(server.asked()[0]?.messages).toEqual(messages);
  });

  it.each<[string, JsonValue]>([
    ['as the editor keeps it', { name: 'my city', schema: SCHEMA, strict: true }],
    ['as the protocol has it', { type: 'json_schema', json_schema: { name: 'c', schema: SCHEMA } }],
    ['bare', SCHEMA],
    ['as text', JSON.stringify(SCHEMA)],
  ])('gives the fields of a schema %s in place of the content', async (_, responseFormat) => {
    const { agent, server } = await start(says({ city: 'Bern', people: 3 }));
    const output = await outputOf(agent, { messages: MESSAGES, responseFormat });
    expect(output).toEqual({ city: 'Bern', people: 3, ...METADATA });
    expect(server.asked()[0]).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema: SCHEMA, strict: true } },
    });
    expect(JSON.stringify(server.asked()[0])).toMatch(/"name":"(?:my_city|c|response)"/);
  });

  it('does not ask strictly for a schema that leaves fields open', async () => {
    const { agent, server } = await start(says({ city: 'Bern' }));
    const responseFormat = { ...SCHEMA, required: ['city'] };
    await outputOf(agent, { messages: MESSAGES, responseFormat });
    expect(server.asked()[0]).toMatchObject({
      response_format: { json_schema: { strict: false } },
    });
  });

  it.each<[JsonValue]>([[null], [''], ['{}'], [{ type: 'text' }], [{ type: 'json_object' }]])(
    'answers in text for the response format %j',
    async (responseFormat) => {
      const { agent } = await start(says('Hi.'));
      const output = await outputOf(agent, { messages: MESSAGES, responseFormat });
      expect(output).toMatchObject({ content: 'Hi.' });
    },
  );

  it('fails where the answer does not fit the schema, after one more try', async () => {
    const { agent, server } = await start(says({ city: 'Bern' }));
    const told = await failureOf(agent, { messages: MESSAGES, responseFormat: SCHEMA });
    expect(told).toMatchObject({ code: 'model_answer_invalid' });
    expect(told.message).toContain('lacks "people"');
    expect(server.seen).toHaveLength(2);
  });

  it('says what it left out', async () => {
    const { agent } = await start(says('Hi, I', { finish_reason: 'length' }));
    const tools = [
      { type: 'gmail', title: 'Mail', operation: 'send', usageControl: 'auto' },
      { type: 'slack', usageControl: 'none' },
      {},
      { type: 'workflow', title: 'x'.repeat(1000) },
    ];
    const output = await outputOf(agent, { messages: MESSAGES, tools, memoryType: 'conversation' });
    const { warnings } = output as { warnings: string[] };
    expect(warnings).toEqual([
      'The agent ran without its tool "Mail": nothing runs "gmail" with the operation "send".',
      'The agent ran without its tool "(without a name)": it is of a kind that is not known.',
      `The agent ran without its tool "${'x'.repeat(60)}": a workflow cannot be the tool of an agent here.`,
      'The agent remembers nothing of earlier runs: no memory is kept here.',
      'The answer was cut off at the limit of its tokens.',
    ]);
  });

  it('says that it does without tools that are no list', async () => {
    const { agent } = await start(says('Hi.'));
    const output = await outputOf(agent, { messages: MESSAGES, tools: 'as you like' });
    expect(output).toMatchObject({
      content: 'Hi.',
      warnings: [expect.stringContaining('no list')],
    });
  });

  it('says nothing of tools that are switched off', async () => {
    const { agent } = await start(says('Hi.'));
    const params = { messages: MESSAGES, tools: [{ type: 'a', usageControl: 'none' }] };
    expect(await outputOf(agent, params)).not.toHaveProperty('warnings');
  });

  it.each<[string, JsonObject]>([
    ['no messages', {}],
    ['empty messages', { messages: [{ role: 'user', content: ' ' }] }],
    ['messages that are no list', { messages: { role: 'user' } }],
    ['a message that is none', { messages: ['Hello?'] }],
    ['an unknown role', { messages: [{ role: 'constructor', content: 'x' }] }],
    ['a temperature in words', { messages: MESSAGES, temperature: 'hot' }],
    ['no tokens', { messages: MESSAGES, maxTokens: 0 }],
    ['a response format in words', { messages: MESSAGES, responseFormat: 'a list please' }],
    ['the schema of a list', { messages: MESSAGES, responseFormat: { type: 'array' } }],
  ])('asks nobody about %s', async (_, params) => {
    const { agent, server } = await start(says('Hi.'));
    expect(await failureOf(agent, params)).toMatchObject({
      code: 'invalid_params',
      retryable: false,
    });
    expect(server.seen).toHaveLength(0);
  });

  it('takes no messages without end', async () => {
    const { agent } = await start(says('Hi.'));
    const content = 'x'.repeat(400_000);
    const messages = [1, 2, 3].map(() => ({ role: 'user', content }));
    expect(await failureOf(agent, { messages })).toMatchObject({ code: 'input_too_large' });
    let deep: JsonValue = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(await failureOf(agent, { userPrompt: deep })).toMatchObject({ code: 'invalid_params' });
  });

  it('fails as its model does', async () => {
    const { agent } = await start(fails(404));
    const told = await failureOf(agent, { messages: MESSAGES, model: 'claude' });
    expect(told).toMatchObject({ code: 'model_unavailable' });
    expect(told.message).toContain('"claude"');
  });
});
