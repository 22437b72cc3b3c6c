import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBlocks, type Blocks } from '@sim/blocks';
import type { JsonObject } from '@sim/domain';
import type { EngineSettings, MemoryStore } from '@sim/engine';
import { createMemoryMemories } from '@sim/memory';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';
import { stage } from '../support/stage.js';

const SECRET = 'tok-4711-very-secret';

/** What the model says, by the name of the form that it is asked for; else it repeats what it was told. */
const FORMS: Readonly<Record<string, string>> = {
  scores: '{"tone": 5}',
  route: `{"reasoning": "for ${SECRET}", "route": "a"}`,
};
let isSilent: boolean;
const outside = createServer((request, response) => {
  let text = '';
  request.on('data', (part: Buffer) => (text += part.toString()));
  request.on('end', () => {
    if (isSilent) return;
    if (request.url === '/echo') sendJson(response, { said: request.headers.authorization ?? '' });
    else speak(text, response);
  });
});

function speak(text: string, response: ServerResponse): void {
  const asked = JSON.parse(text) as { messages: { content: string }[] };
  const form = /"json_schema":\{"name":"(\w+)"/.exec(text)?.[1] ?? '';
  const content = FORMS[form] ?? `You said: ${asked.messages.at(-1)?.content ?? ''}`;
  sendJson(response, { choices: [{ finish_reason: 'stop', message: { content } }] });
}

function sendJson(response: ServerResponse, body: JsonObject): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}

/** A store that answers as long as the servers do. */
function memoriesLike(kept: MemoryStore): MemoryStore {
  return {
    ...kept,
    append: (entry) => (isSilent ? new Promise(() => undefined) : kept.append(entry)),
  };
}

let origin: string;
let blocks: Blocks;
beforeAll(async () => {
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  blocks = createBlocks({
    allowPrivateHosts: ['127.0.0.1'],
    memories: memoriesLike(createMemoryMemories()),
    model: { baseUrl: `${origin}/v1`, model: 'm', maxRetries: 0 },
  });
});
afterAll(async () => {
  await blocks.close();
  outside.closeAllConnections();
  outside.close();
});
beforeEach(() => {
  isSilent = false;
});

const ASK = { userPrompt: 'Repeat {{TOKEN}}' };
const METRICS = [{ name: 'Tone', description: 'How kind', range: { min: 0, max: 10 } }];
const ROUTES = [{ id: 'a', title: 'A', value: 'the first' }];

/** Parameters of each type of block with which a secret gets into its output. */
const TELLING: Readonly<Record<string, () => JsonObject>> = {
  function: () => ({ code: 'return ["{{TOKEN}}"]' }),
  api: () => ({ url: `${origin}/echo`, headers: { authorization: '{{TOKEN}}' } }),
  variables: () => ({ variables: [{ variableName: 'v', type: 'string', value: '{{TOKEN}}' }] }),
  response: () => ({ dataMode: 'json', data: '{"a": "{{TOKEN}}"}' }),
  guardrails: () => ({ validationType: 'json', input: '{"a": "{{TOKEN}}"}' }),
  memory: () => ({ operation: 'add', role: 'user', content: '{{TOKEN}}' }),
  agent: () => ASK,
  evaluator: () => ({ content: '{{TOKEN}}', metrics: METRICS }),
  router: () => ({ prompt: '{{TOKEN}}' }),
  router_v2: () => ({ context: '{{TOKEN}}', routes: ROUTES }),
};
/** They steer: what is in their output is chosen by the journey, from ids of its own. */
const STEERING = ['condition', 'loop', 'parallel', 'workflow', 'workflow_input'];

/** Parameters of the types that wait for something outside, or take as long as their author likes. */
const WAITING: Readonly<Record<string, () => JsonObject>> = {
  function: () => ({ code: 'while (true);' }),
  api: () => ({ url: `${origin}/echo` }),
  memory: () => ({ operation: 'add', role: 'user', content: 'x' }),
  agent: () => ASK,
  evaluator: () => ({ content: 'x', metrics: METRICS }),
  router: () => ({ prompt: 'x', routes: ROUTES }),
  router_v2: () => ({ context: 'x', routes: ROUTES }),
};

/** Runs one block in a conversation. */
async function converse(type: string, params: JsonObject, settings: Partial<EngineSettings> = {}) {
  const handle = type === 'router_v2' ? '-router-a' : '-source';
  const document = sketch(
    {
      start: startWith({ name: 'x' }),
      it: { type, params },
      a: { type: 'function', params: { code: 'return 1' } },
    },
    ['start -> it', ...(type === 'response' ? [] : [`it ${handle}-> a`])],
  );
  const set = await stage(document, {
    executors: [...blocks.executors.values()],
    settings,
    secrets: { TOKEN: SECRET },
  });
  const sessionId = await set.open({ x: '1' });
  const answer = await set.act(sessionId, 'start');
  const events = await set.sessions.events(sessionId, 0, 1_000);
  await set.expectReplayable(sessionId);
  return { answer, log: JSON.stringify(events) };
}

describe('every block that runs', () => {
  it('is one of these', () => {
    const types = [...Object.keys(TELLING), ...STEERING];
    expect([...blocks.executors.keys()].sort()).toEqual(types.sort());
  });

  it.each(Object.entries(TELLING))('%s tells no secret', async (type, params) => {
    const { answer, log } = await converse(type, params());
    expect(log).toContain('***');
    expect(log + JSON.stringify(answer)).not.toContain(SECRET);
  });

  it.each(Object.entries(TELLING))('%s puts out no more than it may', async (type, params) => {
    const { log } = await converse(type, params(), { maxOutputLength: 5 });
    expect(log).toContain('output_too_large');
    expect(log).not.toContain(SECRET);
  });
});

describe('every block that may take long', () => {
  it.each(Object.entries(WAITING))('%s is given up in time', async (type, params) => {
    isSilent = true;
    const { log } = await converse(type, params(), { blockTimeoutMs: 200 });
    expect(log).toMatch(/"code":"timeout"|"errorCode":"timeout"/);
  });

  it.each(Object.entries(WAITING))('%s stops when it is called off', async (type, params) => {
    isSilent = true;
    const cancel = new AbortController();
    const running = Promise.resolve(
      blocks.executors.get(type)?.run(params(), {
        signal: cancel.signal,
        idempotencyKey: 'key',
        blockName: type,
        bindings: {},
        secrets: [],
        session: { sessionId: 'ses_1', workspaceId: 'ws_1' },
      }),
    );
    const settled = running.then(
      () => 'done',
      () => 'stopped',
    );
    setTimeout(() => cancel.abort(new Error('called off')), 20);
    expect(await settled).toBe('stopped');
  });
});
