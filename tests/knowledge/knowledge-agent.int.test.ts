import { existsSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { openDialogue } from '@sim/conversation-service/testing';
import type { JsonObject } from '@sim/domain';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { startSimApp, type RunningSimApp } from '../support/sim-app.js';
import { sketch, startWith } from '../support/sketch.js';

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

const asked: Asked[] = [];
const delta = (content: JsonObject) =>
  `data: ${JSON.stringify({ model: 'm', choices: [{ index: 0, delta: content, finish_reason: null }] })}\n\n`;

/** A model that looks the question up, and answers with the best that it was given. */
function answer({ messages, tools = [] }: Asked, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const found = messages.find(({ role }) => role === 'tool')?.content ?? null;
  if (found === null) {
    const query = messages.findLast(({ role }) => role === 'user')?.content ?? '';
    const called = { name: tools[0]?.function.name ?? '', arguments: JSON.stringify({ query }) };
    response.write(delta({ tool_calls: [{ index: 0, id: 'c1', function: called }] }));
  } else {
    const { results } = JSON.parse(found) as { results: { content: string }[] };
    response.write(delta({ content: `We say: ${results[0]?.content ?? 'nothing'}` }));
  }
  response.end('data: [DONE]\n\n');
}

const model = createServer((request, response) => {
  let text = '';
  request.on('data', (part: Buffer) => (text += part.toString()));
  request.on('end', () => {
    const question = JSON.parse(text) as Asked;
    asked.push(question);
    answer(question, response);
  });
});

let home: ServiceHome;
let simApp: RunningSimApp;
beforeAll(async () => {
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
  const { port } = model.address() as AddressInfo;
  home = await openServiceHome({ env: { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` } });
  simApp = await startSimApp(home.url);
  const { id } = await call('/knowledge', { name: 'Help', sourceId: 'placeholder-kb-id' });
  await call(`/knowledge/${String(id)}/documents`, {
    name: 'Refund policy',
    content: 'Goods may be returned within thirty days.',
  });
});
afterAll(async () => {
  await simApp.stop();
  await home.stop();
  model.closeAllConnections();
  model.close();
});
beforeEach(() => {
  asked.length = 0;
});

const call = async (path: string, body: JsonObject) => {
  const reply = await simApp.call('POST', `/api/v1${path}`, home.ada.token, body);
  expect(reply.status).toBeLessThan(300);
  return reply.body;
};

/** An agent that answers by a knowledge base, as the editor exports it. */
const DRAWN = sketch(
  {
    start: startWith(
      { name: 'input' },
      { name: 'conversationId' },
      { name: 'files', type: 'file[]' },
    ),
    agent: {
      type: 'agent',
      name: 'Agent',
      params: {
        model: 'gemini-2.5-pro',
        messages: [
          { role: 'system', content: 'Answer by what you find.' },
          { role: 'user', content: '<start.input>' },
        ],
        tools: [
          {
            type: 'knowledge',
            title: 'Knowledge Base',
            toolId: 'knowledge_search',
            operation: 'search',
            params: { topK: '5', knowledgeBaseId: 'placeholder-kb-id' },
            usageControl: 'auto',
          },
        ],
      },
    },
  },
  ['start -> agent'],
);
const FILE = fileURLToPath(
  new URL('../../../shared/workflows/sim-landing-knowledge-base-qa.json', import.meta.url),
);
const workflows: [string, JsonObject][] = [['drawn here', DRAWN]];
if (existsSync(FILE)) {
  workflows.push(['of the corpus', JSON.parse(readFileSync(FILE, 'utf8')) as JsonObject]);
}

describe.each(workflows)('an agent with a knowledge base as its tool, %s', (_, document) => {
  it('answers by what it found, in the base that has the id of elsewhere', async () => {
    const { workflow } = await call('/workflows/import', document);
    const { id } = workflow as { id: string };
    const session = await openDialogue(home.service.call, home.ada, id, {
      conversationalConfig: { askForConfirmation: true },
    });
    const { state } = await session.says('what is the refund policy?');
    expect(state.executionStatus).toBe('completed');
    expect(JSON.stringify(state.output)).toContain(
      'We say: Goods may be returned within thirty days.',
    );
    expect(asked).toHaveLength(2);
    expect(asked[0]?.tools?.map((tool) => tool.function.name)).toEqual(['knowledge_search']);
  });
});
