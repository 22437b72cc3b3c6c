import { describe, expect, it } from 'vitest';
import { call, child, inChild, journey, response, slot, start, tool } from '../testing/journeys.js';
import type { JourneyState } from '../journey/types.js';
import type { JsonValue } from '../json.js';
import { MAX_SLOT_TEXT } from '../conversation/slot-values.js';
import { Rehearsal, type Player } from '../testing/rehearsal.js';

const begin = (...slots: ReturnType<typeof slot>[]): JourneyState =>
  inChild('kid', { ...start(...slots), id: 'st_begin', blockId: 'begin', refName: 'begin' });

const calling = (
  inside: JourneyState[],
  ways: string[],
  players: Record<string, Player> = {},
  how: Partial<JourneyState> = {},
) =>
  new Rehearsal(
    journey(
      [
        start(),
        { ...call('ask', 'kid'), ...how } as JourneyState,
        tool('after'),
        tool('rescue'),
        ...inside,
      ],
      ['start -> ask', 'ask -> after', ...ways],
      { mine: 1 },
      [child('kid', 'begin', { its: 2 })],
    ),
    players,
  );

const outputs = (session: Rehearsal): Record<string, JsonValue> =>
  session.decider.state.scopes['root']?.outputs ?? {};

describe('a child workflow', () => {
  it('runs in a scope of its own and gives what its last block put out', () => {
    const session = calling([begin(), inChild('kid', tool('work'))], ['begin -> work']);
    session.act('start');
    expect(session.ran).toEqual(['ask', 'work', 'after']);
    expect(outputs(session)).toMatchObject({
      st_ask: { success: true, childWorkflowName: 'Child kid', result: { ran: 'work' } },
    });
    expect(Object.keys(session.decider.state.scopes)).toEqual(['root']);
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('takes its input from the call, and asks for what that lacks', () => {
    const session = calling(
      [begin(slot('city'), slot('day')), inChild('kid', tool('work'))],
      ['begin -> work'],
      { ask: () => ({ output: { input: { city: 'Oslo', extra: 1 } } }) },
    );
    expect(session.act('start')).toBe('What is the day?');
    const { scopes } = session.decider.state;
    expect(Object.values(scopes)[1]?.variables).toEqual({ its: 2 });
    session.give({ day: 'Friday' });
    expect(session.status).toBe('completed');
  });

  it('takes a text from the call that a person could not have typed', () => {
    const city = 'x'.repeat(MAX_SLOT_TEXT + 1);
    const session = calling(
      [begin(slot('city')), inChild('kid', tool('work'))],
      ['begin -> work'],
      { ask: () => ({ output: { input: { city } } }) },
    );
    session.act('start');
    expect(session.status).toBe('completed');
  });

  it('holds the person to the usual length for what the call lacks', () => {
    const session = calling([begin(slot('city')), inChild('kid', tool('work'))], ['begin -> work']);
    session.act('start');
    expect(session.give({ city: 'x'.repeat(MAX_SLOT_TEXT + 1) })).toContain('at most 4000');
    expect(session.status).toBe('waiting-for-input');
  });

  it('keeps its variables to itself', () => {
    const session = calling([begin(), inChild('kid', tool('set'))], ['begin -> set'], {
      set: () => ({ output: {}, variables: { its: 3, mine: 4 } }),
    });
    session.act('start');
    expect(session.decider.state.variables).toEqual({ mine: 1 });
  });

  it('ends by its response, which ends nothing else', () => {
    const session = calling(
      [begin(), inChild('kid', response('reply')), inChild('kid', tool('late'))],
      ['begin -> reply', 'begin -> late'],
      { reply: () => ({ output: { data: 7 } }) },
    );
    session.act('start');
    expect(session.ran).toContain('after');
    expect(outputs(session)).toMatchObject({ st_ask: { result: { data: 7 } } });
  });

  it('that fails goes on by the error path of the call', () => {
    const session = calling(
      [begin(), inChild('kid', tool('work'))],
      ['begin -> work', 'ask -error-> rescue'],
      { work: () => ({ error: 'Out of order.' }) },
    );
    session.act('start');
    expect(session.ran).toEqual(['ask', 'work', 'rescue']);
    expect(outputs(session)).toMatchObject({ st_ask: { error: 'Out of order.' } });
  });

  it('is called again where the call retries', () => {
    let broken = true;
    const session = calling(
      [begin(), inChild('kid', tool('work'))],
      ['begin -> work'],
      {
        work: () => {
          const outcome = broken ? { error: 'Busy.' } : { output: 1 };
          broken = false;
          return outcome;
        },
      },
      { retry: { maxTries: 2, waitBetweenTriesMs: 0 } },
    );
    session.act('start');
    expect(session.ran).toEqual(['ask', 'work', 'ask', 'work', 'after']);
  });

  it.each([
    ['is not here', { calls: null }, 'child_workflow_missing'],
    ['has nothing to start with', { calls: 'void' }, 'child_workflow_empty'],
  ])('that %s becomes a question, and can be skipped', (_, how, code) => {
    const session = new Rehearsal(
      journey([start(), { ...call('ask', 'kid'), ...how }], ['start -> ask'], {}, [
        { ...child('void', 'x'), initial: null },
      ]),
    );
    session.act('start');
    expect(session.decider.state.questions).toMatchObject([{ kind: 'repair', error: { code } }]);
    session.act('skip');
    expect(session.status).toBe('completed');
  });

  it('that calls itself is stopped', () => {
    const session = calling([begin(), inChild('kid', call('again', 'kid'))], ['begin -> again']);
    session.act('start');
    expect(session.decider.state.questions).toMatchObject([
      { kind: 'repair', error: { code: 'call_too_deep' } },
    ]);
    expect(session.ran.filter((name) => name === 'again')).toHaveLength(10);
    session.act('skip');
    expect(session.status).toBe('completed');
  });

  it('goes on after a pause in which it was to begin', () => {
    const session = calling([begin(), inChild('kid', tool('work'))], ['begin -> work']);
    session.decider.take({ type: 'act', action: 'start', parameters: {} }, '2026-01-01T00:00:00Z');
    session.decider.take({ type: 'act', action: 'pause', parameters: {} }, '2026-01-01T00:00:00Z');
    const [runId] = Object.keys(session.decider.state.runs) as `run_${string}`[];
    session.turn({
      type: 'block-succeeded',
      runId: runId ?? 'run_',
      output: { input: {} },
      branchId: null,
      variables: null,
      durationMs: 1,
    });
    expect(session.status).toBe('paused');
    session.act('resume');
    expect(session.status).toBe('completed');
  });

  it('that fails lets the person change what its caller was answered', () => {
    const session = new Rehearsal(
      journey(
        [
          start(slot('who')),
          call('ask', 'kid'),
          begin(),
          inChild('kid', tool('work')),
          tool('after'),
        ],
        ['start -> ask', 'begin -> work', 'ask -> after'],
        {},
        [child('kid', 'begin')],
      ),
      { work: () => ({ error: 'No such person.' }) },
    );
    session.give({ who: 'Ada' });
    expect(session.decider.state.questions).toMatchObject([
      { options: ['retry', 'change-input', 'skip', 'stop'] },
    ]);
    expect(session.act('answer', { option: 'change-input' })).toContain('What is the who?');
    expect(session.decider.state.questions).toMatchObject([{ kind: 'slots', stateId: 'st_start' }]);
    expect(Object.keys(session.decider.state.scopes)).toEqual(['root']);
    expect(session.replayed()).toEqual(session.decider.state);
  });
});
