import { describe, expect, it } from 'vitest';
import { form, journey, response, slot, start, tool } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';
import { noticesOf } from './notices.js';
import { viewQuestion } from './question-view.js';

const ORDER = journey(
  [
    start(slot('city'), slot('count', { type: 'number' })),
    form(
      'approve',
      [slot('approved', { type: 'boolean', label: 'Do you agree?' })],
      [{ kind: 'field', name: 'City', value: '<start.city>' }],
    ),
    response('end'),
  ],
  ['start -> approve', 'approve -> end'],
);
const remind = (session: Rehearsal) => session.turn({ type: 'remind' });

describe('a reminder', () => {
  it('puts the pending question again, and counts until the person says something', () => {
    const session = new Rehearsal(ORDER);
    expect(remind(session)).toBe('I am still waiting for your answer.\nWhat is the city?');
    expect(remind(session)).toBe(
      'I am still waiting for your answer, and ask once more.\nWhat is the city?',
    );
    expect(session.decider.state.reminded).toBe(2);
    session.give({ city: 'Springfield' });
    expect(session.decider.state.reminded).toBeUndefined();
    expect(remind(session)).toContain('What is the count?');
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('says nothing to a session that is paused, over, or asks nothing', () => {
    const paused = new Rehearsal(ORDER);
    paused.act('pause');
    const over = new Rehearsal(ORDER);
    over.act('cancel', { confirmed: true });
    const busy = new Rehearsal(journey([start(), tool('work')], ['start -> work']), {
      work: () => 'pending',
    });
    busy.act('start');
    for (const session of [paused, over, busy]) {
      const before = session.events.filter(({ type }) => type === 'reminded');
      remind(session);
      expect(session.events.filter(({ type }) => type === 'reminded')).toEqual(before);
    }
  });
});

describe('an answer that names its question', () => {
  const asked = () => {
    const session = new Rehearsal(ORDER);
    return { session, id: session.decider.state.questions[0]!.id };
  };

  it('is taken while that is asked, also behind a question about the session itself', () => {
    const { session, id } = asked();
    session.act('cancel');
    expect(session.decider.state.questions).toHaveLength(2);
    session.act('answer', { questionId: id, values: { city: 'Springfield', count: 2 } });
    expect(session.decider.state.questions.map((question) => question.id)).not.toContain(id);
  });

  it.each([[(id: string) => id], [() => 'qst_99'], [() => 7]])(
    'is taken for no other once it is not',
    (named) => {
      const { session, id } = asked();
      session.give({ city: 'Springfield', count: 2 });
      const said = session.act('answer', { questionId: named(id), values: { approved: true } });
      expect(said).toContain('That is no longer asked.');
      expect(session.status).toBe('waiting-for-input');
    },
  );
});

describe('what others are told of', () => {
  const told = (session: Rehearsal, from = 0) =>
    noticesOf(ORDER, session.decider.state, session.events.slice(from));

  it('is that a session begins, what it asks, and how it ends', () => {
    const session = new Rehearsal(ORDER);
    expect(told(session)).toMatchObject([
      { kind: 'session-started', formQuestionId: null },
      {
        kind: 'waiting-for-input',
        formQuestionId: null,
        data: { question: { kind: 'slots', fields: [{ name: 'city' }, { name: 'count' }] } },
      },
    ]);
    let from = session.events.length;
    session.give({ city: 'Springfield', count: 2 });
    const [form] = told(session, from);
    const [question] = session.decider.state.questions;
    expect(form).toMatchObject({ kind: 'waiting-for-input', formQuestionId: question!.id });
    expect(form!.data.question).toMatchObject({ shown: { values: { City: 'Springfield' } } });
    from = session.events.length;
    remind(session);
    expect(told(session, from)).toMatchObject([{ kind: 'reminder', data: { count: 1 } }]);
    from = session.events.length;
    session.give({ approved: true });
    expect(told(session, from).map(({ kind }) => kind)).toEqual(['completed']);
  });

  it('is not each answer to a question, nor what is asked about the session itself', () => {
    const session = new Rehearsal(ORDER);
    const from = session.events.length;
    session.give({ city: 'Springfield' });
    session.act('cancel');
    expect(told(session, from)).toEqual([]);
  });

  it('leaves out a result that is too large to be told', () => {
    const { state } = new Rehearsal(ORDER).decider;
    const tell = (output: string) =>
      noticesOf(ORDER, state, [{ type: 'completed', output }])[0]?.data;
    expect(tell('x')).toEqual({ output: 'x' });
    expect(tell('x'.repeat(70_000))).toEqual({ outputOmitted: true });
  });
});

describe('a question by itself', () => {
  it('is there while it is asked', () => {
    const session = new Rehearsal(ORDER);
    const { id } = session.decider.state.questions[0]!;
    expect(viewQuestion(ORDER, session.decider.state, id)).toMatchObject({
      isForm: false,
      prompt: 'What is the city?',
      shown: { text: '', values: {} },
    });
    session.give({ city: 'Springfield', count: 2 });
    expect(viewQuestion(ORDER, session.decider.state, id)).toBeNull();
  });
});
