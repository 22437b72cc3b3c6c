import {
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTestService,
  type CallOptions,
  type Operation,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import type { JsonObject } from '@sim/domain';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';

const DOCUMENT = sketch(
  {
    start: startWith(
      { name: 'count', type: 'number' },
      { name: 'note', description: 'anything at all' },
      { name: '__proto__', description: 'named to do harm' },
    ),
    end: {
      type: 'response',
      params: { dataMode: 'json', data: '{"note": "<start.note>", "count": <start.count>}' },
    },
  },
  ['start -> end'],
);

let home: TestDatabase;
let service: TestService;
let ada: Person;
let workflowId: string;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  const database = home.open();
  service = await startTestService(home.url, { upkeep: false });
  ada = await seedPerson(database, 'Ada');
  workflowId = await seedWorkflow(database, ada, DOCUMENT);
});
afterAll(async () => {
  await service.stop();
  await verifySessions(home.open());
  await home.drop();
});

const open = () => openDialogue(service.call, ada, workflowId);
const call = (operation: Operation, more: CallOptions) =>
  service.call(operation, { token: ada.token, ...more });

const refusal = async (operation: Operation, more: CallOptions) => {
  const { status, problem } = await call(operation, more);
  return [status, problem?.code, problem?.errors?.map(({ path }) => path) ?? []];
};

const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('a body that is no body', () => {
  it.each([
    ['not JSON', '{"workflowId": ', 400, 'invalid_json'],
    ['text', 'hello', 400, 'invalid_json'],
    ['too large', JSON.stringify({ workflowId: 'x'.repeat(1_100_000) }), 413, 'payload_too_large'],
    ['too deep', nested(80), 400, 'too_deep'],
    ['far too deep', nested(200_000), 400, 'too_deep'],
    ['no object', '[]', 400, 'invalid_body'],
    ['null', 'null', 400, 'invalid_body'],
  ])('%s', async (_name, body, status, code) => {
    for (const operation of ['openSession', 'analyzeUtterance', 'warmCache'] as const) {
      // A body of null is none, which warm-cache takes.
      if (operation === 'warmCache' && body === 'null') continue;
      expect((await refusal(operation, { body })).slice(0, 2)).toEqual([status, code]);
    }
  });

  it('is refused by its kind', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect(await refusal('openSession', { body: '{}', headers })).toEqual([
      415,
      'unsupported_media_type',
      [],
    ]);
  });

  it('missing altogether names what is missing', async () => {
    expect(await refusal('openSession', {})).toEqual([400, 'invalid_body', ['']]);
    expect(await refusal('previewWorkflow', {})).toEqual([400, 'invalid_body', ['']]);
    expect(await refusal('previewWorkflow', { body: {} })).toEqual([
      400,
      'invalid_body',
      ['workflow'],
    ]);
  });
});

describe('a body of the wrong shape', () => {
  it('names every field, unknown ones too', async () => {
    const body = {
      workflowId: 7,
      admin: true,
      initialInput: [],
      conversationalConfig: { verbosityLevel: 'loud', mood: 'good' },
      executionConfig: { timeZone: 'Mars/Olympus', sessionTimeoutMs: 1 },
    };
    const [status, code, paths] = await refusal('openSession', { body });
    expect([status, code]).toEqual([400, 'invalid_body']);
    expect((paths as string[]).toSorted()).toEqual([
      'admin',
      'conversationalConfig.mood',
      'conversationalConfig.verbosityLevel',
      'executionConfig.sessionTimeoutMs',
      'executionConfig.timeZone',
      'initialInput',
      'workflowId',
    ]);
  });

  it.each<[Operation, object, string[]]>([
    ['sendCommand', { naturalLanguageInput: 3 }, ['naturalLanguageInput']],
    ['sendCommand', { naturalLanguageInput: 'x', locale: 'de' }, ['locale']],
    ['sendCommand', { naturalLanguageInput: 'x', context: { timeZone: '' } }, ['context.timeZone']],
    ['performAction', { action: 'explode' }, ['action']],
    ['performAction', { action: 'start', parameters: 'now' }, ['parameters']],
    ['analyzeUtterance', { input: 'x', context: { slots: [{}] } }, ['slots']],
    ['warmCache', { workflowIds: ['ses_1'] }, ['workflowIds[0]']],
  ])('%s %j', async (operation, body, places) => {
    const { sessionId } = await open();
    const [status, code, paths] = await refusal(operation, { params: { sessionId }, body });
    expect([status, code]).toEqual([400, 'invalid_body']);
    for (const place of places) expect((paths as string[]).join()).toContain(place);
  });

  it('takes 4,000 characters and refuses one more, however many bytes they are', async () => {
    const session = await open();
    expect((await session.trySaying('😀'.repeat(4_000))).status).toBe(200);
    const { status, problem } = await session.trySaying('😀'.repeat(4_001));
    expect([status, problem?.errors?.[0]?.path]).toEqual([400, 'naturalLanguageInput']);
  });
});

describe('queries, cursors and headers', () => {
  it.each<[Operation, Record<string, string>, string]>([
    ['listSessions', { limit: '0' }, 'invalid_query'],
    ['listSessions', { limit: '201' }, 'invalid_query'],
    ['listSessions', { limit: 'many' }, 'invalid_query'],
    ['listSessions', { status: 'sleeping' }, 'invalid_query'],
    ['listSessions', { workflowId: "'; DROP TABLE workflows; --" }, 'invalid_query'],
    ['listSessions', { colour: 'red' }, 'invalid_query'],
    ['listSessions', { cursor: 'nonsense' }, 'invalid_cursor'],
    ['listSessions', { cursor: Buffer.from('[1,2,3]').toString('base64url') }, 'invalid_cursor'],
    [
      'listSessions',
      { cursor: Buffer.from('[1e300,"a"]').toString('base64url') },
      'invalid_cursor',
    ],
    ['listSessions', { cursor: 'x'.repeat(501) }, 'invalid_query'],
    ['listTurns', { cursor: 'nonsense' }, 'invalid_cursor'],
    ['listTurns', { cursor: Buffer.from('[1,"x"]').toString('base64url') }, 'invalid_cursor'],
    ['listTurns', { cursor: Buffer.from('[1,"-1.5"]').toString('base64url') }, 'invalid_cursor'],
    ['listEvents', { cursor: '-1' }, 'invalid_cursor'],
    ['listEvents', { cursor: '1e3' }, 'invalid_cursor'],
    ['listEvents', { cursor: '99999999999999' }, 'invalid_cursor'],
    ['listEvents', { limit: '1.5' }, 'invalid_query'],
    ['getJourney', { format: 'pdf' }, 'invalid_query'],
  ])('%s %j', async (operation, query, code) => {
    const { sessionId } = await open();
    const { status, problem } = await call(operation, { params: { sessionId, workflowId }, query });
    expect([status, problem?.code]).toEqual([400, code]);
  });

  it.each(['', ' ', 'with blank', 'ü', 'x'.repeat(256)])(
    'an Idempotency-Key %j is refused',
    async (key) => {
      const session = await open();
      const headers = { 'idempotency-key': key };
      const said = await session.trySaying('hello', { headers: { ...headers } });
      // A header of blanks alone is an empty one, and that is no key.
      expect([said.status, said.problem?.code]).toEqual([400, 'invalid_headers']);
      const body = { workflowId };
      expect((await call('openSession', { headers, body })).problem?.code).toBe('invalid_headers');
    },
  );

  it('an Idempotency-Key of 255 characters is taken', async () => {
    const session = await open();
    const headers = { 'idempotency-key': 'k'.repeat(255) };
    expect((await session.trySaying('hello', { headers })).status).toBe(200);
  });

  it.each(['abc', '-1', '1.5', '9'.repeat(16)])('a Last-Event-ID %j is refused', async (id) => {
    const { sessionId } = await open();
    const headers = { accept: 'text/event-stream', 'last-event-id': id };
    const { status, problem } = await call('listEvents', { params: { sessionId }, headers });
    expect([status, problem?.code]).toEqual([400, 'invalid_headers']);
  });
});

describe('unknown things', () => {
  it.each(['ses_unknown', 'wf_1', 'nonsense', '%00', "' OR 1=1", 'ses_', `ses_${'x'.repeat(65)}`])(
    'a session %j',
    async (sessionId) => {
      for (const operation of [
        'getSessionState',
        'listTurns',
        'listEvents',
        'endSession',
      ] as const) {
        expect((await refusal(operation, { params: { sessionId } })).slice(0, 2)).toEqual([
          404,
          'session_not_found',
        ]);
      }
    },
  );

  it.each(['wf_unknown', 'ses_1', '\u0000', '../../health', '__proto__'])(
    'a workflow %j',
    async (unknown) => {
      for (const operation of ['convertWorkflow', 'getJourney'] as const) {
        const { status, problem } = await call(operation, { params: { workflowId: unknown } });
        expect([status, problem?.code]).toEqual([404, 'workflow_not_found']);
      }
    },
  );

  it('a path that is not encoded', async () => {
    const url = `${service.url}/api/v1/conversational-workflows/sessions/%E0%A4%A`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${ada.token}` } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_url' });
  });

  it('an endpoint that there is not', async () => {
    const url = `${service.url}/api/v1/conversational-workflows/nothing`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${ada.token}` } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'route_not_found' });
  });
});

const UTTERANCES: readonly [string, string][] = [
  ['nothing', ''],
  ['blanks', ' \t\n '],
  ['emoji', '🦖🧨👩‍👩‍👧‍👦'],
  ['4,000 emoji', '😀'.repeat(4_000)],
  ['markup', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
  ['SQL', "'; DROP TABLE conversation_turns; --"],
  ['a reference', '<start.note> {{SECRET}} ${process.env.PATH}'],
  ['a pattern of the catalogue', '{label, plural, one {#}} {0} {'],
  ['control characters', 'a\u0001\u0002\u001b[31mred\u007f\u0085'],
  ['NUL', 'a\u0000b'],
  ['NUL alone', '\u0000'],
  ['half a surrogate pair', 'a\uD83Db'],
  ['the other half', '\uDE00'],
  ['an escape in words', String.raw`\u0000 and \ud83d`],
  ['right to left', '\u202Eabc\u200F'],
  ['a name of the prototype', '__proto__'],
  ['another', 'constructor'],
  ['JSON', '{"__proto__": {"polluted": true}}'],
  ['a very long word', 'a'.repeat(4_000)],
  ['many brackets', '('.repeat(4_000)],
  ['many numbers', '1 '.repeat(2_000)],
];

describe('utterances', () => {
  it.each(UTTERANCES)('%s is no error where a number is asked for', async (_name, text) => {
    const session = await open();
    const { status, body } = await session.trySaying(text);
    expect(status).toBe(200);
    expect(body.agentResponse.trim()).not.toBe('');
    expect(body.state.executionStatus).toBe('waiting-for-input');
    // Whatever was made of it can be read again, and the session goes on.
    expect((await session.state()).awaiting).toEqual(body.state.awaiting);
    expect((await session.does('status')).commandProcessed).toBe(true);
  });

  it.each(UTTERANCES.filter(([, text]) => printable(text) !== '' && text.length <= 4_000))(
    '%s is kept as a value, and nothing else',
    async (_name, text) => {
      const session = await open();
      const parameters = { values: { count: 1, note: text, ['__proto__']: 'harmless' } };
      const { state } = await session.does('answer', parameters);
      expect(printable(state.slots['note'] as string)).toBe(printable(text));
      expect((await session.state()).slots).toEqual(state.slots);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
  );
});

/** Without what no text can be kept with: control characters and halves of surrogate pairs. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}\uFFFD]/gu, '').trim();

describe('parameters of actions', () => {
  it.each<[string, JsonObject]>([
    ['a slot that there is not', { slot: 'nothing', value: 1 }],
    ['a slot of the prototype', { slot: 'constructor', value: 1 }],
    ['the prototype as a slot', { slot: '__proto__', value: { polluted: true } }],
    ['values by such names', { values: { constructor: 1, toString: 2, hasOwnProperty: 3 } }],
    ['values that are no object', { values: [1, 2] }],
    ['a value of the wrong kind', { slot: 'count', value: { a: [1] } }],
    ['nothing', {}],
    ['NUL', { slot: 'count', value: '\u0000' }],
    ['something deep', JSON.parse(nested(50)) as JsonObject],
  ])('answer with %s is answered', async (_name, parameters) => {
    const session = await open();
    const { state, agentResponse } = await session.does('answer', parameters);
    expect(state.executionStatus).toBe('waiting-for-input');
    expect(agentResponse).not.toBe('');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([null, 7, 'loud', ['visual'], { mode: 'visual' }])(
    'switch-mode to %j asks which one',
    async (mode) => {
      const session = await open();
      expect((await session.does('switch-mode', { mode })).agentResponse).toMatch(/visual/);
    },
  );
});

describe('what a session begins with', () => {
  it('may hold anything that is JSON', async () => {
    const initialInput = { count: 'many', note: 'a\u0000\uD83D', more: { deep: [1] } };
    const metadata = { ['__proto__']: { polluted: true }, nul: '\u0000' };
    const session = await openDialogue(service.call, ada, workflowId, { initialInput, metadata });
    expect(session.opened.state.executionStatus).toBe('waiting-for-input');
    expect((await session.says('3')).state.slots).toMatchObject({ count: 3 });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('documents to preview', () => {
  it.each<[string, unknown, number]>([
    ['nothing', null, 422],
    ['a text', 'hello', 422],
    ['a list', [], 422],
    ['an object', { hello: 'world' }, 422],
    ['blocks that are none', { blocks: { a: null, b: 7 }, edges: [null, 7, {}] }, 200],
    [
      'loops of edges',
      sketch({ a: startWith(), b: { type: 'function' } }, ['a -> b', 'b -> b']),
      200,
    ],
  ])('%s', async (_name, workflow, status) => {
    const answer = await call('previewWorkflow', { body: { workflow } });
    expect(answer.status).toBe(status);
    if (status === 422) expect(answer.problem?.code).toBe('not_a_workflow');
    else expect(answer.body).toBeDefined();
  });
});
