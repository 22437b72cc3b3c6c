import type { JsonObject } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { GaveUpError, RefusedError, type PatientClient, type Sent } from './client.js';
import { converse, nextMove, type Acknowledged } from './conversation.js';
import { createRandom } from './random.js';
import type { Script } from './workflow.js';

const SCRIPT: Script = {
  ref: 'r1',
  guests: ['Ada', 'Bo'],
  budget: 120,
  note: 'by the gate',
  confirms: true,
};

const asking = (awaiting: JsonObject | null, executionStatus = 'waiting-for-input') => ({
  executionStatus,
  currentNodeId: 'here',
  awaiting,
});
const slots = (...names: string[]) =>
  asking({ kind: 'slots', prompt: 'What?', slots: names.map((name) => ({ name })) });
const COMPLETED = asking(null, 'completed');

/** Everything that the person might do there. */
const moves = (state: JsonObject) => {
  const random = createRandom('moves');
  const all = Array.from({ length: 50 }, () => nextMove(state, SCRIPT, random));
  return [...new Set(all.map((move) => JSON.stringify(move)))].map(
    (move) => JSON.parse(move) as JsonObject,
  );
};

describe('what the person does', () => {
  it('is to answer the first of what is asked, in words or without', () => {
    expect(moves(slots('guests', 'budget'))).toEqual(
      expect.arrayContaining([
        { path: 'commands', body: { naturalLanguageInput: 'Ada, Bo' } },
        {
          path: 'actions',
          body: { action: 'answer', parameters: { slot: 'guests', value: 'Ada, Bo' } },
        },
      ]),
    );
    expect(moves(slots('budget'))).toContainEqual({
      path: 'commands',
      body: { naturalLanguageInput: '120' },
    });
  });

  it('is to skip what the script has no answer to', () => {
    expect(moves(slots('shoe size'))).toEqual([{ path: 'actions', body: { action: 'skip' } }]);
  });

  it('is to say yes to what acts outside', () => {
    expect(moves(asking({ kind: 'confirmation' }))).toEqual(
      expect.arrayContaining([
        { path: 'commands', body: { naturalLanguageInput: 'yes' } },
        { path: 'actions', body: { action: 'confirm' } },
      ]),
    );
  });

  it('is to try a failed block again, to choose, to start and to resume', () => {
    const only = (state: JsonObject) => moves(state)[0]?.['body'];
    expect(only(asking({ kind: 'repair' }))).toEqual({ action: 'retry' });
    expect(only(asking({ kind: 'choice', options: ['red', 'blue'] }))).toEqual({
      naturalLanguageInput: 'red',
    });
    expect(only(asking(null, 'not-started'))).toEqual({ action: 'start' });
    expect(only(asking(null, 'paused'))).toEqual({ action: 'resume' });
  });

  it('is to wait where nothing is asked', () => {
    expect(moves(asking(null, 'running'))).toEqual([null]);
    expect(moves(asking({ kind: 'timer' }, 'running'))).toEqual([null]);
    expect(moves(asking({ kind: 'something new' }))).toEqual([null]);
  });
});

/** A service that answers with one state after the other. */
function service(...states: (JsonObject | Error)[]) {
  const sent: Sent[] = [];
  const client: PatientClient = {
    send: (request) => {
      sent.push(request);
      const state = states.length > 1 ? states.shift() : states[0];
      if (state instanceof Error) return Promise.reject(state);
      const opening = request.path === '/sessions';
      return Promise.resolve({
        ...(opening ? { sessionId: 'ses_1' } : { turnId: `trn_${sent.length}` }),
        commandProcessed: true,
        ...(state !== undefined && { state }),
      });
    },
    close: () => Promise.resolve(),
  };
  return { client, sent };
}

const talk = async (client: PatientClient, patienceMs = 10_000) => {
  const acknowledged: Acknowledged[] = [];
  const repaired: string[] = [];
  const conversation = await converse(SCRIPT, {
    ...{ client, workflowId: 'wf_1', random: createRandom('talk'), patienceMs },
    acknowledged: (turn) => acknowledged.push(turn),
    repaired: (_, prompt) => repaired.push(prompt),
  });
  return { conversation, acknowledged, repaired };
};

describe('a conversation', () => {
  it('goes on until the session is completed, each turn under a key of its own', async () => {
    const { client, sent } = service(slots('ref'), slots('budget'), COMPLETED);
    const { conversation, acknowledged } = await talk(client);
    expect(conversation).toEqual({ script: SCRIPT, sessionId: 'ses_1', failure: null });
    expect(sent.map(({ key }) => key)).toEqual(['r1-open', 'r1-1', 'r1-2']);
    expect(sent[0]?.body).toEqual({
      workflowId: 'wf_1',
      conversationalConfig: { askForConfirmation: true },
    });
    expect(acknowledged.map(({ key, sessionId }) => [key, sessionId])).toEqual([
      ['r1-open', 'ses_1'],
      ['r1-1', 'ses_1'],
      ['r1-2', 'ses_1'],
    ]);
  });

  it('looks where it has nothing to say', async () => {
    const { client, sent } = service(slots('ref'), asking(null, 'running'), COMPLETED);
    const { conversation } = await talk(client);
    expect(conversation.failure).toBeNull();
    expect(sent.at(-1)).toEqual({ method: 'GET', path: '/sessions/ses_1' });
  });

  it('tells of each repair', async () => {
    const { client } = service(asking({ kind: 'repair', prompt: 'It failed.' }), COMPLETED);
    expect((await talk(client)).repaired).toEqual(['It failed.']);
  });

  it('that ends otherwise says how', async () => {
    const error = { code: 'block_failed', message: 'No.' };
    const { client } = service({ ...asking(null, 'failed'), error });
    expect((await talk(client)).conversation.failure).toMatch(/"failed" at "here".*block_failed/);
  });

  it('that hangs says what it waits for', async () => {
    const { client } = service(asking({ kind: 'timer', prompt: 'Rest' }, 'running'));
    const { conversation } = await talk(client, 100);
    expect(conversation.failure).toBe('it hangs: "running" at "here", waits for "timer" "Rest"');
  });

  it('that goes round in a circle comes to an end', async () => {
    const { client } = service(slots('ref'));
    expect((await talk(client)).conversation.failure).toMatch(/^in a circle: .*"slots" "What\?"/);
  });

  it('that is refused or not answered says so', async () => {
    const sent = { method: 'POST', path: '/sessions' } as const;
    const refused = await talk(service(new RefusedError(sent, 422, 'no_way')).client);
    expect(refused.conversation).toMatchObject({
      sessionId: null,
      failure: expect.stringContaining('422 no_way') as string,
    });
    const silent = await talk(service(slots('ref'), new GaveUpError(sent, 'ECONNREFUSED')).client);
    expect(silent.conversation).toMatchObject({
      sessionId: 'ses_1',
      failure: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});
