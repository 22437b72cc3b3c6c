import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openDialogue, seedWorkflow } from '@sim/conversation-service/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { sketch, startWith } from '../support/sketch.js';

const asked: string[] = [];
const prices = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"price": 12}');
});

let home: ServiceHome;
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => prices.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(prices.address() as AddressInfo).port}`;
  home = await openServiceHome({ env: { FUNCTION_FETCH_ENABLED: 'true' } });
});
afterAll(async () => {
  await home.stop();
  prices.closeAllConnections();
  prices.close();
});

const workflow = (code: string) =>
  sketch(
    {
      start: startWith({ name: 'item' }),
      look: { type: 'function', name: 'Look', params: { code } },
      end: { type: 'response', params: { data: '{"price": "<look.result>"}' } },
    },
    ['start -> look', 'look -> end'],
  );
async function dialogueOf(code: string) {
  const workflowId = await seedWorkflow(home.database, home.ada, workflow(code));
  const config = { conversationalConfig: { askForConfirmation: true } };
  return openDialogue(home.service.call, home.ada, workflowId, config);
}

describe('a function that fetches, where it is allowed', () => {
  it('is confirmed first, as an API block is, and goes on with the answer', async () => {
    const session = await dialogueOf(
      `const r = await fetch('${url}/' + <start.item>); return (await r.json()).price`,
    );
    expect((await session.says('tea')).state.awaiting?.kind).toBe('confirmation');
    expect(asked).toEqual([]);
    const { state } = await session.says('yes');
    expect(state).toMatchObject({
      executionStatus: 'completed',
      output: { data: { price: '12' } },
    });
    expect(asked).toEqual(['/tea']);
  });

  it('reaches no private address', async () => {
    const session = await dialogueOf(`await fetch('http://10.0.0.1/'); return <start.item>`);
    await session.says('tea');
    const { state, agentResponse } = await session.says('yes');
    expect(state.awaiting?.kind).toBe('repair');
    expect(agentResponse).toContain('not public (private)');
  });

  it('without fetch runs unasked', async () => {
    const session = await dialogueOf('return <start.item>');
    expect((await session.says('tea')).state.executionStatus).toBe('completed');
  });
});
