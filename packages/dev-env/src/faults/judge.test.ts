import { describe, expect, it } from 'vitest';
import { judge, openingKey, type Evidence } from './judge.js';
import { neededEffects, type Script } from './workflow.js';

const SCRIPT: Script = { ref: 'r1', guests: ['Ada'], budget: 1, note: 'no nuts', confirms: true };

const callFor = (effect: string, key: string | null = `key of ${effect}`) => {
  const [ref, step, item] = effect.split(' ');
  return { key, at: 0, body: { ref, step, ...(item !== undefined && { item }) } };
};

/** One session that went well, and what is changed of it. */
function evidence(changes: Partial<Evidence> = {}): Evidence {
  const opened = { sessionId: 'ses_1', welcomeMessage: 'Hello' };
  const turn = { turnId: 'trn_1', agentResponse: 'Done.' };
  return {
    conversations: [{ script: SCRIPT, sessionId: 'ses_1', failure: null }],
    acknowledged: [
      { sessionId: 'ses_1', key: 'r1-open', answer: opened },
      { sessionId: 'ses_1', key: 'r1-1', answer: turn },
    ],
    storedSessions: [{ sessionId: 'ses_1', status: 'completed' }],
    storedTurns: [
      { sessionId: 'ses_1', key: openingKey('r1-open'), answer: opened },
      { sessionId: 'ses_1', key: 'r1-1', answer: turn },
    ],
    calls: neededEffects(SCRIPT).map((effect) => callFor(effect)),
    unsound: [],
    crashes: [],
    ...changes,
  };
}

describe('the verdict', () => {
  it('finds nothing where all went well', () => {
    expect(judge(evidence())).toEqual({
      ...{ sessions: 1, completed: 1, turns: 1, lostTurns: 0 },
      ...{ effectsNeeded: 5, effectsOnce: 5, effectsMissing: 0, effectsTwice: 0 },
      ...{ repeats: 0, unsound: 0, faults: [] },
    });
  });

  it('counts repeats under the same key, which are no fault', () => {
    const { calls } = evidence();
    const verdict = judge(evidence({ calls: [...calls, ...calls.slice(0, 2)] }));
    expect(verdict).toMatchObject({ repeats: 2, effectsOnce: 5, faults: [] });
  });

  it('finds an acknowledged turn that is not stored', () => {
    const { storedTurns } = evidence();
    const verdict = judge(evidence({ storedTurns: storedTurns.slice(0, 1) }));
    expect(verdict).toMatchObject({
      lostTurns: 1,
      faults: ['lost: acknowledged turn r1-1 of ses_1 is not stored'],
    });
    const noOpening = judge(evidence({ storedTurns: storedTurns.slice(1) }));
    expect(noOpening.faults).toEqual(['lost: acknowledged turn r1-open of ses_1 is not stored']);
  });

  it('finds a turn that is stored with another answer', () => {
    const storedTurns = evidence().storedTurns.map((turn) => ({
      ...turn,
      ...(turn.key === 'r1-1' && { answer: { turnId: 'trn_2' } }),
    }));
    expect(judge(evidence({ storedTurns })).faults).toEqual([
      'lost: acknowledged turn r1-1 of ses_1 has another answer',
    ]);
  });

  it('finds turns and sessions that nobody was told of', () => {
    const { storedTurns, storedSessions } = evidence();
    const { faults } = judge(
      evidence({
        storedTurns: [...storedTurns, { sessionId: 'ses_1', key: 'odd', answer: {} }],
        storedSessions: [...storedSessions, { sessionId: 'ses_2', status: 'completed' }],
      }),
    );
    expect(faults).toEqual([
      'doubled: turn odd of ses_1 was never acknowledged',
      'doubled: session ses_2 was never acknowledged',
    ]);
  });

  it('finds a session whose end was told and is not stored', () => {
    const storedSessions = [{ sessionId: 'ses_1', status: 'running' }];
    expect(judge(evidence({ storedSessions })).faults).toEqual([
      'lost: session ses_1 is stored as running',
    ]);
  });

  it('tells of a session that hangs what it waits for, and needs no effects of it', () => {
    const conversations = [{ script: SCRIPT, sessionId: 'ses_1', failure: 'it hangs: at "rest"' }];
    const storedSessions = [{ sessionId: 'ses_1', status: 'running' }];
    const { calls } = evidence();
    const verdict = judge(evidence({ conversations, storedSessions, calls: calls.slice(0, 2) }));
    expect(verdict).toMatchObject({
      ...{ sessions: 1, completed: 0, effectsNeeded: 0, effectsTwice: 0 },
      faults: ['session ses_1 is not completed: it hangs: at "rest"'],
    });
  });

  it('tells of one that could not be opened by its script', () => {
    const conversations = [{ script: SCRIPT, sessionId: null, failure: 'nobody answered' }];
    const nothing = { acknowledged: [], storedSessions: [], storedTurns: [], calls: [] };
    expect(judge(evidence({ conversations, ...nothing })).faults).toEqual([
      'session of r1 is not completed: nobody answered',
    ]);
  });

  it('finds an effect that is missing', () => {
    const { calls } = evidence();
    expect(judge(evidence({ calls: calls.slice(1) }))).toMatchObject({
      ...{ effectsNeeded: 5, effectsOnce: 4, effectsMissing: 1 },
      faults: ['lost: the tool server never saw "r1 reserve"'],
    });
  });

  it('finds an effect under a second key, and one that nobody needs', () => {
    const calls = [...evidence().calls, callFor('r1 book', 'second'), callFor('r1 large')];
    expect(judge(evidence({ calls }))).toMatchObject({
      ...{ effectsOnce: 4, effectsTwice: 2 },
      faults: [
        'doubled: "r1 book" was seen under 2 keys: key of r1 book, second',
        'doubled: "r1 large" was seen under 1 keys: key of r1 large',
      ],
    });
  });

  it('finds a key that was used for something else', () => {
    const calls = [...evidence().calls, callFor('r1 reserve', 'key of r1 book')];
    expect(judge(evidence({ calls })).faults).toContain(
      'doubled: key key of r1 book came with another body, for "r1 reserve"',
    );
  });

  it('finds a write without a key', () => {
    const calls = evidence().calls.map((call, index) =>
      index === 0 ? { ...call, key: null } : call,
    );
    expect(judge(evidence({ calls })).faults).toEqual([
      'unkeyed: a call for "r1 reserve" had no Idempotency-Key',
    ]);
  });

  it('passes on what verifying found, and crashes', () => {
    const verdict = judge(evidence({ unsound: ['ses_1: gaps'], crashes: ['a ended by itself'] }));
    expect(verdict).toMatchObject({
      unsound: 1,
      faults: ['unsound: ses_1: gaps', 'crash: a ended by itself'],
    });
  });
});
