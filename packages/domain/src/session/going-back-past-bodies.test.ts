import { describe, expect, it } from 'vitest';
import { fork, form, journey, loop, slot, start, tool, within } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';

describe('side effects in a body', () => {
  it('that were gone back past for another branch still warn', () => {
    let branchId = 'x';
    const session = new Rehearsal(
      journey(
        [
          start(slot('who')),
          loop('each', { loopType: 'for', iterations: 1 }),
          within('each', form('ask', [slot('a')])),
          within(
            'each',
            fork(
              'which',
              { id: 'x', title: 'x', expression: 'x' },
              { id: 'y', title: 'y', expression: null },
            ),
          ),
          within('each', tool('send', { sideEffect: 'write' })),
          within('each', form('check', [slot('b')])),
          within('each', tool('leave')),
          form('late', [slot('c')]),
        ],
        [
          'start -> each',
          'each -enter-> ask',
          'ask -> which',
          'which -branch:x-> send',
          'which -branch:y-> leave',
          'send -> check',
          'each -> late',
        ],
      ),
      { which: () => ({ output: {}, branchId }) },
      { config: { askForConfirmation: false } },
    );
    session.give({ who: 'Ada' });
    session.give({ a: '1' });
    expect(session.act('back')).toContain('doing this again: send');
    session.act('confirm');
    branchId = 'y';
    session.give({ a: '2' });
    expect(session.act('back')).toContain('doing this again: each');
    session.act('confirm');
    session.give({ who: 'Bo' });
    branchId = 'x';
    expect(session.give({ a: '1' })).toContain('was started once already');
  });
});
