import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mapWorkflow, parseWorkflow, type JsonValue } from '@sim/domain';
import { ConfigError } from '@sim/service-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Conversation } from './conversation.js';
import { journeyConversation, type Secrets } from './journey-conversation.js';

const block = (id: string, type: string, name: string, params: Record<string, JsonValue>) => ({
  id,
  type,
  name,
  position: { x: 0, y: 0 },
  enabled: true,
  outputs: {},
  subBlocks: Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, { id: key, type: 'short-input', value }]),
  ),
});
const edge = (source: string, target: string, sourceHandle = 'source') => ({
  id: `${source}-${target}`,
  source,
  target,
  sourceHandle,
  targetHandle: 'target',
});

const ROUTES = [
  { id: 'buy', title: 'Buy', value: 'Wants to buy' },
  { id: 'broken', title: 'Broken', value: 'Something is broken' },
];
const FORMAT = {
  name: 'ticket',
  schema: { type: 'object', properties: { urgency: { type: 'number' } }, required: ['urgency'] },
};
const REPLY = [{ role: 'user', content: 'How urgent is <mask.maskedText>?' }];
const WORKFLOW = {
  blocks: Object.fromEntries(
    [
      block('start', 'start_trigger', 'Start', {
        inputFormat: [{ id: 'f', name: 'problem', type: 'string' }],
      }),
      block('mask', 'guardrails', 'Mask', {
        input: '<start.problem>',
        validationType: 'pii',
        piiMode: 'mask',
        piiEntityTypes: ['EMAIL_ADDRESS'],
      }),
      block('route', 'router_v2', 'Route', {
        context: '<mask.maskedText>',
        routes: JSON.stringify(ROUTES),
      }),
      block('agent', 'agent', 'Agent', {
        messages: JSON.stringify(REPLY),
        responseFormat: JSON.stringify(FORMAT),
      }),
      block('score', 'evaluator', 'Score', {
        content: '<agent.urgency>',
        metrics: [{ name: 'Tone', description: 'How kind', range: { min: 0, max: 10 } }],
      }),
      block('sold', 'response', 'Sold', { dataMode: 'json', data: '{"sold": true}' }),
      block('done', 'response', 'Done', {
        dataMode: 'json',
        data: '{"text": "<mask.maskedText>", "urgency": <agent.urgency>, "tone": <score.tone>}',
      }),
    ].map((one) => [one.id, one]),
  ),
  edges: [
    edge('start', 'mask'),
    edge('mask', 'route'),
    edge('route', 'sold', 'router-buy'),
    edge('route', 'agent', 'router-broken'),
    edge('agent', 'score'),
    edge('score', 'done'),
  ],
  loops: {},
  parallels: {},
};

/** What the model says, by the name of the schema that it is asked with. */
const ANSWERS: Readonly<Record<string, string>> = {
  route: '{"reasoning": "It does not work.", "route": "broken"}',
  ticket: '{"urgency": 7}',
  scores: '{"tone": 9}',
};

let server: Server;
let asked: string[];
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push(body);
      const schema = /"json_schema":\{"name":"(\w+)"/.exec(body)?.[1] ?? '';
      const message = { role: 'assistant', content: ANSWERS[schema] ?? '' };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ finish_reason: 'stop', message }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function conversation(env: Secrets): Conversation {
  const { workflow } = parseWorkflow(WORKFLOW);
  if (workflow === null) throw new Error('The workflow of this test cannot be read.');
  return journeyConversation(mapWorkflow(workflow).journey, env);
}

/** Says something and then yes, as often as it is asked. */
async function talkThrough(env: Secrets): Promise<{ text: string; state: string }> {
  const talk = conversation(env);
  const opened = await talk.open();
  const texts = [...opened.messages];
  let said = 'my bike is broken, write to bob@ex.org';
  let state: string = opened.state;
  for (let turn = 0; turn < 5 && state === 'awaiting'; turn += 1) {
    const reply = await talk.say(said);
    texts.push(...reply.messages);
    ({ state } = reply);
    said = 'yes';
  }
  await talk.close();
  return { text: texts.join('\n'), state };
}

describe('blocks that ask a model', () => {
  it('run through in a conversation', async () => {
    const { port } = server.address() as AddressInfo;
    const { text, state } = await talkThrough({ OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` });
    expect(state).toBe('completed');
    expect(text).toMatch(/Urgency: 7/i);
    expect(text).toMatch(/Tone: 9/i);
    expect(text).toContain('<EMAIL_ADDRESS>');
    expect(asked).toHaveLength(3);
    expect(asked.join('\n')).not.toContain('bob@ex.org');
  });

  it('ask the person where no model is configured', async () => {
    const talk = conversation({});
    await talk.open();
    const { state, messages } = await talk.say('my bike is broken');
    expect(state).toBe('awaiting');
    expect(messages.join('\n')).not.toBe('');
    expect(asked).toHaveLength(0);
    await talk.close();
  });

  it('are refused a server that is no address', () => {
    expect(() => conversation({ OPENAI_BASE_URL: 'localhost' })).toThrow(ConfigError);
  });
});
