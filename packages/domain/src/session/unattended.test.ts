import { describe, expect, it } from 'vitest';
import { form, journey, loop, router, slot, start, tool, within } from '../testing/journeys.js';
import { Rehearsal, type Player } from '../testing/rehearsal.js';

const RUN = { unattended: true, config: { askForConfirmation: false } } as const;
const outOfOrder: Player = () => ({ error: 'It is out of order', code: 'http_error' });

describe('a run that nobody talks to', () => {
  it('ends with the failure of a block, and asks nothing', () => {
    const session = new Rehearsal(
      journey([start(), tool('call'), tool('after')], ['start -> call', 'call -> after']),
      { call: outOfOrder },
      RUN,
    );
    session.act('start');
    expect(session.status).toBe('failed');
    expect(session.decider.state.error).toMatchObject({
      code: 'http_error',
      message: 'It is out of order',
      stateId: 'st_call',
    });
    expect(session.events.map(({ type }) => type)).not.toContain('question-asked');
    expect(session.ran).toEqual(['call']);
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('tries again as often as the author allows before it ends', () => {
    const session = new Rehearsal(
      journey(
        [start(), tool('call', { retry: { maxTries: 3, waitBetweenTriesMs: 1 } })],
        ['start -> call'],
      ),
      { call: outOfOrder },
      RUN,
    );
    session.act('start');
    expect(session.ran).toEqual(['call', 'call', 'call']);
    expect(session.status).toBe('failed');
  });

  it('goes on by the error path where one is drawn', () => {
    const session = new Rehearsal(
      journey([start(), tool('call'), tool('mend')], ['start -> call', 'call -error-> mend']),
      { call: outOfOrder },
      RUN,
    );
    session.act('start');
    expect([session.status, session.ran]).toEqual(['completed', ['call', 'mend']]);
  });

  it('calls off what else is under way when it fails', () => {
    const session = new Rehearsal(
      journey([start(), tool('bad'), tool('slow')], ['start -> bad', 'start -> slow']),
      { bad: outOfOrder },
      RUN,
    );
    session.act('start');
    expect(session.effects).toContainEqual(expect.objectContaining({ type: 'cancel-run' }));
    expect(session.status).toBe('failed');
    expect(session.decider.state.runs).toEqual({});
  });

  it('fails in the body of a loop too', () => {
    const session = new Rehearsal(
      journey(
        [start(), loop('each', { iterations: 2 }), within('each', tool('call'))],
        ['start -> each', 'each -enter-> call'],
      ),
      { call: outOfOrder },
      RUN,
    );
    session.act('start');
    expect([session.status, session.ran.filter((name) => name === 'call')]).toEqual([
      'failed',
      ['call'],
    ]);
  });

  it('waits for a person where the workflow asks one, or a router has nobody to decide', () => {
    const asking = new Rehearsal(
      journey([start(), form('approve', [slot('ok')])], ['start -> approve']),
      {},
      RUN,
    );
    asking.act('start');
    expect(asking.status).toBe('waiting-for-input');
    asking.give({ ok: 'yes' });
    expect(asking.status).toBe('completed');

    const routed = new Rehearsal(
      journey(
        [start(), router('which', 'a', 'b'), tool('x')],
        ['start -> which', 'which -branch:a-> x'],
      ),
      { which: () => ({ error: 'No model', code: 'executor_missing' }) },
      RUN,
    );
    routed.act('start');
    expect(routed.status).toBe('waiting-for-input');
  });

  it('asks whether a write that broke off was done: only a person can tell', () => {
    const session = new Rehearsal(
      journey([start(), tool('pay', { sideEffect: 'write' })], ['start -> pay']),
      {},
      RUN,
    );
    const { state } = session.decider;
    session.decider.take({ type: 'act', action: 'start', parameters: {} }, '2026-03-14T09:00:00Z');
    const [runId] = Object.keys(state.runs) as [`run_${string}`];
    session.turn({ type: 'run-lost', runId, safe: false });
    expect(session.status).toBe('waiting-for-input');
    expect(state.questions[0]).toMatchObject({
      kind: 'repair',
      error: { code: 'outcome_unknown' },
    });
  });

  it('asks about failures once it was taken into a conversation', () => {
    const session = new Rehearsal(
      journey(
        [start(), form('approve', [slot('ok')]), tool('call')],
        ['start -> approve', 'approve -> call'],
      ),
      { call: outOfOrder },
      RUN,
    );
    session.act('start');
    session.act('switch-mode', { mode: 'conversational' });
    session.give({ ok: 'yes' });
    expect(session.status).toBe('waiting-for-input');
    expect(session.decider.state.questions[0]?.kind).toBe('repair');
  });

  it('takes start values of any length', () => {
    const document = 'x'.repeat(5_000);
    const session = new Rehearsal(
      journey([start(slot('text'))], []),
      {},
      { ...RUN, initialInput: { text: document } },
    );
    expect(session.status).toBe('not-started');
    session.act('start');
    expect([session.status, session.output]).toEqual(['completed', { text: document }]);
  });
});
