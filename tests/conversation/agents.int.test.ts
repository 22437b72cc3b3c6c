import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenToEvents, openDialogue, seedWorkflow } from '@sim/conversation-service/testing';
import type { JsonObject, JsonValue } from '@sim/domain';
import { createToolStore } from '@sim/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { sketch, startWith } from '../support/sketch.js';

/** What a model is asked, as far as these tests look at it. */
interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly tools?: readonly JsonObject[];
  readonly stream?: boolean;
}

/** A model's answer: words, or a tool that it asks for. */
type Answer = readonly string[] | { readonly tool: string; readonly args: JsonObject };

let answers: (asked: Asked) => Answer;
const asked: Asked[] = [];
const sent: { headers: IncomingHttpHeaders; body: JsonValue }[] = [];
/** Holds an answer back in the middle. */
let hold: Promise<void> = Promise.resolve();

const chunk = (delta: JsonObject) =>
  `data: ${JSON.stringify({ model: 'm', choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;

async function speak(response: ServerResponse, answer: Answer): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if ('tool' in answer) {
    const called = { name: answer.tool, arguments: JSON.stringify(answer.args) };
    response.write(chunk({ tool_calls: [{ index: 0, id: 'c1', function: called }] }));
  } else {
    for (const [index, content] of answer.entries()) {
      if (index === answer.length - 1) await hold;
      response.write(chunk({ content }));
    }
  }
  response.end('data: [DONE]\n\n');
}

/** A model at `/v1`, and at `/send` what a tool sends to. */
const outside = createServer((request, response) => {
  let text = '';
  request.on('data', (part: Buffer) => (text += part.toString()));
  request.on('end', () => {
    if (request.url === '/send') {
      sent.push({ headers: request.headers, body: JSON.parse(text) as JsonValue });
      response.setHeader('content-type', 'application/json').end('{"ts":"17.4"}');
      return;
    }
    const question = JSON.parse(text) as Asked;
    asked.push(question);
    speak(response, answers(question)).catch(() => response.destroy());
  });
});

let home: ServiceHome;
let origin: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  home = await openServiceHome({ env: { OPENAI_BASE_URL: `${origin}/v1` } });
  await createToolStore(home.database).create(
    {
      id: 'tool_slack',
      workspaceId: home.ada.workspaceId,
      name: 'Slack',
      blockType: 'slack',
      operation: 'send',
      sideEffect: 'write',
      idempotent: false,
      adapter: {
        kind: 'http',
        method: 'POST',
        url: `${origin}/send`,
        headers: {},
        query: {},
        body: { channel: '<params.channel>', text: '<params.text>' },
      },
      enabled: true,
      createdBy: home.ada.userId,
      now: new Date(),
    },
    10,
  );
});
afterAll(async () => {
  outside.closeAllConnections();
  outside.close();
  await home.stop();
});
beforeEach(() => {
  asked.length = sent.length = 0;
  hold = Promise.resolve();
});

const withAgent = (params: JsonObject) =>
  seedWorkflow(
    home.database,
    home.ada,
    sketch(
      {
        start: startWith({ name: 'question' }),
        agent: {
          type: 'agent',
          name: 'Agent',
          params: { messages: [{ role: 'user', content: '<start.question>' }], ...params },
        },
        end: { type: 'response', params: { data: '{"answer": "<agent.content>"}' } },
      },
      ['start -> agent', 'agent -> end'],
    ),
  );
const SLACK = { type: 'slack', title: 'Tell ops', operation: 'send', params: { channel: '#ops' } };
const CONFIRMING = { conversationalConfig: { askForConfirmation: true } };

describe('an agent in a conversation', () => {
  it('says what it says while it says it, and all of it in the end', async () => {
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => (release = resolve));
    answers = () => ['It will ', 'rain.'];
    const workflowId = await withAgent({});
    const { service, ada } = home;
    const session = await openDialogue(service.call, ada, workflowId);
    const listener = await listenToEvents(service.url, ada.token, session.sessionId);
    const answered = session.says('Weather in Bern');
    const [delta] = (await listener.until(({ event }) => event === 'agent-message-delta')).slice(
      -1,
    );
    // The model has not said the rest by then.
    expect(delta).toMatchObject({ id: '', data: { index: 0, nodeId: 'agent', text: 'It will ' } });
    release();
    const heard = await listener.until(({ event }) => event === 'node-completed');
    const deltas = heard.filter(({ event }) => event === 'agent-message-delta');
    expect(deltas.map(({ data }) => (data as unknown as JsonObject).text)).toEqual(['rain.']);
    expect(JSON.stringify(heard.at(-1)?.data)).toContain('It will rain.');
    await listener.close();
    expect((await answered).state).toMatchObject({
      executionStatus: 'completed',
      output: { data: { answer: 'It will rain.' } },
    });
    const events = await service.call('listEvents', {
      token: ada.token,
      params: { sessionId: session.sessionId },
    });
    expect(JSON.stringify(events.body)).not.toContain('delta');
  });

  it('asks the person before it may write, and calls its tool once with a key of the run', async () => {
    answers = ({ messages }) =>
      messages.some(({ role }) => role === 'tool')
        ? ['Told them.']
        : { tool: 'slack_send', args: { text: 'It rains', channel: '#elsewhere' } };
    const workflowId = await withAgent({ tools: [SLACK] });
    const session = await openDialogue(home.service.call, home.ada, workflowId, CONFIRMING);
    const { state } = await session.says('Tell them that it rains');
    expect(state.awaiting?.kind).toBe('confirmation');
    expect(asked).toEqual([]);
    const done = await session.says('yes');
    expect(done.state).toMatchObject({
      executionStatus: 'completed',
      output: { data: { answer: 'Told them.' } },
    });
    expect(sent).toEqual([
      {
        headers: expect.objectContaining({
          'idempotency-key': expect.stringMatching(`^${session.sessionId}:.+:1$`) as string,
        }) as IncomingHttpHeaders,
        body: { channel: '#ops', text: 'It rains' },
      },
    ]);
  });

  it('is not asked about where its tools only compute', async () => {
    answers = ({ messages }) => {
      const result = messages.find(({ role }) => role === 'tool');
      return result ? [`It is ${result.content ?? ''}.`] : { tool: 'add', args: { a: 2, b: 3 } };
    };
    const parameters = {
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' } },
    };
    const add = { type: 'custom-tool', schema: { name: 'add', parameters }, code: 'return a + b' };
    const workflowId = await withAgent({ tools: JSON.stringify([add]) });
    const session = await openDialogue(home.service.call, home.ada, workflowId, CONFIRMING);
    expect((await session.says('add 2 and 3')).state.output).toEqual(
      expect.objectContaining({ data: { answer: 'It is 5.' } }),
    );
  });
});

describe('what an agent remembers', () => {
  const contents = () => asked.at(-1)?.messages.map(({ content }) => content);
  const talk = async (workflowId: string, question: string) => {
    answers = () => [`About ${question}`];
    const session = await openDialogue(home.service.call, home.ada, workflowId);
    expect((await session.says(question)).state.executionStatus).toBe('completed');
    return session.sessionId;
  };

  it('is there in the next session of the same conversation', async () => {
    const memory = { memoryType: 'conversation', conversationId: 'customer-7' };
    const workflowId = await withAgent(memory);
    await talk(workflowId, 'apples');
    await home.restart();
    await talk(workflowId, 'pears');
    expect(contents()).toEqual(['apples', 'About apples', 'pears']);
    await talk(await withAgent({ ...memory, conversationId: 'customer-8' }), 'plums');
    expect(contents()).toEqual(['plums']);
    const window = { ...memory, memoryType: 'sliding_window', slidingWindowSize: '1' };
    await talk(await withAgent(window), 'figs');
    expect(contents()).toEqual(['About pears', 'figs']);
  });

  it('is of its session alone where no conversation is named', async () => {
    const workflowId = await withAgent({ memoryType: 'conversation' });
    await talk(workflowId, 'apples');
    await talk(workflowId, 'pears');
    expect(contents()).toEqual(['pears']);
  });

  it('is kept under the key of the run that added it', async () => {
    const workflowId = await withAgent({
      memoryType: 'conversation',
      conversationId: 'customer-9',
    });
    answers = () => ['Once'];
    const session = await openDialogue(home.service.call, home.ada, workflowId);
    await session.says('apples');
    const rows = async () => {
      const { rows: found } = await home.database.query<{ content: string; key: string }>({
        text: `SELECT content, entry_key AS key FROM conversational_memory_messages
               WHERE memory_id = 'customer-9' ORDER BY position`,
      });
      return found;
    };
    const [first, second] = await rows();
    expect([first?.content, second?.content]).toEqual(['apples', 'Once']);
    expect(first?.key).toMatch(`${session.sessionId}:`);
    expect(second?.key).toBe(first?.key);
  });
});

describe('a memory block', () => {
  it('adds to what agents remember, without asking', async () => {
    const document = sketch(
      {
        start: startWith({ name: 'fact' }),
        note: {
          type: 'memory',
          name: 'Note',
          params: {
            operation: 'add',
            conversationId: 'facts',
            role: 'user',
            content: '<start.fact>',
          },
        },
        all: { type: 'memory', name: 'All', params: { operation: 'get', conversationId: 'facts' } },
        end: { type: 'response', params: { data: '{"known": <all.memories>}' } },
      },
      ['start -> note', 'note -> all', 'all -> end'],
    );
    const workflowId = await seedWorkflow(home.database, home.ada, document);
    const say = async (fact: string) => {
      const session = await openDialogue(home.service.call, home.ada, workflowId, CONFIRMING);
      return (await session.says(fact)).state.output;
    };
    await say('Bo eats no nuts');
    expect(await say('Cy eats no fish')).toMatchObject({
      data: {
        known: [
          {
            conversationId: 'facts',
            data: [
              { role: 'user', content: 'Bo eats no nuts' },
              { role: 'user', content: 'Cy eats no fish' },
            ],
          },
        ],
      },
    });
  });
});
