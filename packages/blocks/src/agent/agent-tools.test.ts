import type { JsonObject } from '@sim/domain';
import { afterEach, describe, expect, it } from 'vitest';
import {
  MESSAGES,
  startAgent,
  toldResults,
  toldTools,
  type StartedAgent,
} from '../testing/agent.js';
import { asksFor, says, streams } from '../testing/model-server.js';

const SCHEMA = { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] };
const custom = (code: string, more: JsonObject = {}): JsonObject => ({
  type: 'custom-tool',
  title: 'Weather',
  schema: {
    type: 'function',
    function: { name: 'weather', description: 'Tells the weather', parameters: SCHEMA },
  },
  code,
  ...more,
});

const opened: StartedAgent[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
const start = async (...args: Parameters<typeof startAgent>) => {
  const started = await startAgent(...args);
  opened.push(started);
  return started;
};

describe('an agent with code of its author', () => {
  it('runs it for its model, and answers with what came of it', async () => {
    const behaviours = [
      asksFor({ id: 'c1', name: 'weather', args: { place: 'Bern' } }),
      says('Rain.'),
    ];
    const { ask, server } = await start(behaviours);
    const output = await ask([custom('return { place, sky: "rain", all: params.place }')]);
    expect(output).toEqual({
      content: 'Rain.',
      model: 'test-model-1',
      tokens: { prompt: 20, completion: 10, total: 30 },
      toolCalls: {
        count: 1,
        list: [
          {
            name: 'weather',
            arguments: { place: 'Bern' },
            result: { place: 'Bern', sky: 'rain', all: 'Bern' },
            durationMs: expect.any(Number) as number,
            startTime: expect.stringMatching(/Z$/) as string,
            endTime: expect.stringMatching(/Z$/) as string,
          },
        ],
      },
      cost: null,
    });
    expect(toldTools(server)).toEqual([
      { name: 'weather', description: 'Tells the weather', parameters: SCHEMA },
    ]);
    expect(server.asked()[1]?.messages).toEqual([
      ...MESSAGES,
      expect.objectContaining({ role: 'assistant', content: null }),
      {
        role: 'tool',
        tool_call_id: 'c1',
        content: '{"place":"Bern","sky":"rain","all":"Bern"}',
      },
    ]);
  });

  it('binds the author’s references before the model’s arguments', async () => {
    const { ask, server } = await start([
      asksFor({ name: 'weather', args: { place: 'x', __ref_0_0: 'y' } }),
      says('.'),
    ]);
    const bindings = { __ref_0_0: 'bound' };
    await ask([custom('return [place, __ref_0_0]')], {}, { bindings });
    expect(toldResults(server)).toEqual(['["x","bound"]']);
  });

  it('gives its model what goes wrong, and goes on', async () => {
    const { ask, server } = await start([
      asksFor(
        { name: 'weather', args: { place: 'x' } },
        { name: 'forecast', args: {} },
        { name: 'weather', args: '["no object"]' },
        { name: 'weather', args: '{"place":' },
      ),
      says('Nobody knows.'),
    ]);
    const output = await ask([custom('throw new RangeError("too far away")')]);
    expect(output.content).toBe('Nobody knows.');
    expect(output.toolCalls.list.map(({ error }) => error)).toEqual([
      expect.stringContaining('too far away'),
      'There is no tool "forecast".',
      expect.stringContaining('no JSON object'),
      expect.stringContaining('no JSON object'),
    ]);
    expect(toldResults(server)[1]).toBe('{"error":"There is no tool \\"forecast\\"."}');
  });

  it('runs what is asked for at once side by side', async () => {
    const two = asksFor({ name: 'a', args: {} }, { name: 'b', args: {} });
    const { ask } = await start([two, says('Done.')]);
    const tool = (name: string) => custom(`return "${name}"`, { schema: { name, parameters: {} } });
    const { toolCalls } = await ask([tool('a'), tool('b')]);
    expect(toolCalls.list.map(({ result }) => result)).toEqual(['a', 'b']);
  });

  it('uses what its author wants used, one after the other', async () => {
    const call = (name: string) => asksFor({ name, args: {} });
    const { ask, server } = await start([call('a'), call('b'), says('Done.')]);
    const tool = (name: string, usageControl: string) =>
      custom('return 1', { schema: { name, parameters: {} }, usageControl });
    await ask([tool('a', 'force'), tool('b', 'force'), tool('c', 'none')]);
    expect(server.asked().map((body) => body.tool_choice ?? 'auto')).toEqual([
      { type: 'function', function: { name: 'a' } },
      { type: 'function', function: { name: 'b' } },
      'auto',
    ]);
    expect(toldTools(server).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('must answer in the end', async () => {
    const { ask, server } = await start([asksFor({ name: 'weather', args: { place: 'x' } })]);
    const output = await ask([custom('return 1')]);
    expect(server.seen).toHaveLength(11);
    expect(server.asked()[10]).toMatchObject({ tool_choice: 'none' });
    expect(output.toolCalls.count).toBe(10);
    expect(output.warnings).toEqual(['The model had to answer after 10 rounds of tools.']);
  });

  it('does not do any number of things at once', async () => {
    const calls = Array.from({ length: 20 }, () => ({ name: 'weather', args: { place: 'x' } }));
    const { ask } = await start([asksFor(...calls), says('Done.')]);
    const { toolCalls } = await ask([custom('return 1')]);
    expect(toolCalls.list.filter(({ error }) => error !== undefined)).toHaveLength(4);
  });
});

describe('an agent with tools and a form', () => {
  const responseFormat = {
    type: 'object',
    properties: { sky: { type: 'string' } },
    required: ['sky'],
    additionalProperties: false,
  };

  it('answers in the form after its tools, and corrects itself without them', async () => {
    const { ask, server } = await start([
      asksFor({ name: 'weather', args: { place: 'x' } }),
      says('It rains.'),
      says({ sky: 'rain' }),
    ]);
    const output = await ask([custom('return "rain"')], { responseFormat });
    expect(output).toMatchObject({ sky: 'rain', tokens: { total: 45 }, toolCalls: { count: 1 } });
    const [first, , third] = server.asked();
    expect(first).toMatchObject({ response_format: { type: 'json_schema' }, tools: [{}] });
    expect(third).toMatchObject({ tool_choice: 'none' });
    expect((third?.messages as JsonObject[]).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
  });

  it('is not streamed', async () => {
    const told: string[] = [];
    const { ask, server } = await start([says({ sky: 'rain' })]);
    await ask([], { responseFormat }, { stream: (text) => told.push(text) });
    expect(told).toEqual([]);
    expect(server.asked()[0]).not.toHaveProperty('stream');
  });
});

describe('an agent that is listened to', () => {
  it('says what it says between its tools, each apart', async () => {
    const told: string[] = [];
    const { ask } = await start([
      streams('Let me ', 'look.', { name: 'weather', args: { place: 'x' } }),
      streams('It ', 'rains.'),
    ]);
    const { content } = await ask([custom('return 1')], {}, { stream: (text) => told.push(text) });
    expect(told.join('')).toBe('Let me look.\n\nIt rains.');
    expect(told).toHaveLength(4);
    expect(content).toBe('It rains.');
  });
});
