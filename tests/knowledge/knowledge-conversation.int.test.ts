import { openDialogue, seedPerson, type Person } from '@sim/conversation-service/testing';
import type { JsonObject } from '@sim/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { startSimApp, type RunningSimApp } from '../support/sim-app.js';
import { sketch, startWith } from '../support/sketch.js';

let home: ServiceHome;
let simApp: RunningSimApp;
beforeAll(async () => {
  home = await openServiceHome();
  simApp = await startSimApp(home.url);
});
afterAll(async () => {
  await simApp.stop();
  await home.stop();
});

const call = async (path: string, body: JsonObject, { token }: Person = home.ada) => {
  const answer = await simApp.call('POST', `/api/v1${path}`, token, body);
  expect(answer.status).toBeLessThan(300);
  return answer.body;
};

async function policies(name: string): Promise<string> {
  const { id } = await call('/knowledge', { name, sourceId: `${name} elsewhere` });
  const document = {
    name: 'Refund policy',
    content: 'Goods may be returned within thirty days.\n\nThe money comes back within a week.',
  };
  await call(`/knowledge/${String(id)}/documents`, document);
  return String(id);
}

async function dialogueOf(document: JsonObject, person = home.ada, config: JsonObject = {}) {
  const { workflow, issues } = await call('/workflows/import', document, person);
  const codes = (issues as { code: string }[]).map(({ code }) => code);
  expect(codes).not.toContain('executor_missing');
  const { id } = workflow as { id: string };
  const body = { conversationalConfig: config };
  return openDialogue(home.service.call, person, id, body);
}

const asking = (knowledgeBaseId: string, more: JsonObject = {}) =>
  sketch(
    {
      start: startWith({ name: 'input' }),
      search: {
        type: 'knowledge',
        name: 'Look up',
        params: {
          operation: 'search',
          knowledgeBaseId,
          query: '<start.input>',
          topK: '3',
          ...more,
        },
      },
      end: {
        type: 'response',
        params: {
          data: '{"answer": "<lookup.results[0].content>", "found": <lookup.totalResults>}',
        },
      },
    },
    ['start -> search', 'search -> end'],
  );

describe('a conversation with a knowledge base', () => {
  it('answers a question in plain language, and asks for no confirmation to look something up', async () => {
    await policies('Shop');
    const session = await dialogueOf(asking('Shop elsewhere'), home.ada, {
      askForConfirmation: true,
    });
    const { state } = await session.says('what is the refund policy?');
    expect(state).toMatchObject({
      executionStatus: 'completed',
      output: {
        data: { answer: expect.stringContaining('within thirty days') as string, found: 1 },
      },
    });
  });

  it('that is not there is a question, answered once it is made', async () => {
    const session = await dialogueOf(asking('Later'));
    const asked = await session.says('when comes the money back?');
    expect(asked.state.awaiting?.kind).toBe('repair');
    expect(asked.agentResponse).toContain('"Later"');
    await policies('Later');
    const { state } = await session.does('retry');
    expect(state).toMatchObject({ executionStatus: 'completed', output: { data: { found: 1 } } });
  });

  it('of another workspace is one that is not there', async () => {
    const id = await policies('Private');
    const eve = await seedPerson(home.database, 'Eve');
    const session = await dialogueOf(asking(id), eve);
    const { state, agentResponse } = await session.says('refund?');
    expect(state.awaiting?.kind).toBe('repair');
    expect(agentResponse).not.toContain('thirty days');
  });

  it('writes down what it is told after a yes, once, and finds it', async () => {
    const knowledgeBaseId = await policies('Notes');
    const noting = sketch(
      {
        start: startWith({ name: 'title' }, { name: 'note' }),
        keep: {
          type: 'knowledge',
          name: 'Keep',
          params: {
            operation: 'create_document',
            knowledgeBaseId,
            name: '<start.title>',
            content: '<start.note>',
            documentTags: '[{"tagName": "by", "value": "<start.title>"}]',
          },
        },
        end: { type: 'response', params: { data: '{"kept": "<keep.documentName>"}' } },
      },
      ['start -> keep', 'keep -> end'],
    );
    const session = await dialogueOf(noting, home.ada, { askForConfirmation: true });
    await session.says('title: Parking');
    const confirmed = await session.says('The gate opens at seven');
    expect(confirmed.state.awaiting?.kind).toBe('confirmation');
    const found = () =>
      call(`/knowledge/${knowledgeBaseId}/search`, { query: 'when does the gate open' });
    expect(await found()).toMatchObject({ totalResults: 0 });
    const { state } = await session.says('yes');
    expect(state).toMatchObject({
      executionStatus: 'completed',
      output: { data: { kept: 'Parking' } },
    });
    expect(await found()).toMatchObject({
      totalResults: 1,
      results: [{ documentName: 'Parking', metadata: { by: 'Parking' } }],
    });
  });
});
