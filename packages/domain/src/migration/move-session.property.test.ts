import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Journey, JourneyState, Transition } from '../journey/types.js';
import { replay } from '../session/evolve.js';
import { hasEnded } from '../session/commands.js';
import { arbitraryJourney } from '../session/testing/arbitrary-journey.js';
import { courseOfEvents } from '../session/testing/happenings.js';
import { Improvisation, type Happening } from '../session/testing/improvisation.js';
import { asStored } from '../session/testing/stored.js';
import type { SessionState } from '../session/types.js';
import { tool } from '../testing/journeys.js';
import { moveSession } from './move-session.js';

const NOW = '2026-03-15T09:00:00.000Z';
const RUNS = 150;

const happening: fc.Arbitrary<Happening> = fc.oneof(
  ...courseOfEvents(fc.constantFrom(true, true, true, false)),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      action: fc.constantFrom('back', 'skip', 'pause', 'resume', 'resume', 'start', 'cancel'),
      parameters: fc.constant({}),
    }),
  },
);

/** The same workflow, drawn anew: every way has another id. */
function redrawn(journey: Journey): Journey {
  const transitions = journey.transitions.map((way): Transition => ({
    ...way,
    id: `tr_new${way.id}`,
    edgeIds: [`new${way.id}`],
  }));
  return { ...journey, id: 'jrn_next', version: 'next', transitions };
}

/** More is done at the end of some ways, and the conditions of forks read differently. */
function grown(journey: Journey, picks: readonly number[]): Journey {
  const top = journey.states.filter(({ parent, child }) => parent === undefined && !child);
  const ends = top.filter(
    ({ kind }) => kind !== 'response' && kind !== 'fork' && kind !== 'router',
  );
  const more = [...new Set(picks.map((pick) => ends[pick % ends.length]))];
  const added = more.flatMap((from, index): [JourneyState, Transition][] => {
    const state = tool(`added${index}`);
    const way = { from: from?.id ?? state.id, to: state.id, kind: 'next', branchId: null } as const;
    return [[state, { ...way, id: `tr_added${index}`, edgeIds: [] }]];
  });
  const states = journey.states.map((state) =>
    state.kind === 'fork' && state.parent === undefined && !state.child
      ? { ...state, branches: state.branches.map((branch) => ({ ...branch, title: 'other' })) }
      : state,
  );
  return {
    ...journey,
    version: 'grown',
    states: [...states, ...added.map(([state]) => state)],
    transitions: [...journey.transitions, ...added.map(([, way]) => way)],
  };
}

function play(session: Improvisation, happenings: readonly Happening[]): Improvisation {
  for (const each of happenings) session.happen(each);
  return session;
}

/** All but how many events it took: the move is one. */
function standing(state: SessionState): unknown {
  return asStored({ ...state, sequence: 0 });
}

function withoutRuns(session: Improvisation): boolean {
  return Object.keys(session.state.runs).length === 0 && !hasEnded(session.state);
}

const course = fc.array(happening, { maxLength: 30, size: 'max' });

describe('any session that moves to a version that means the same so far', () => {
  it('stands where one would that was played on it from the start, and goes on like it', () => {
    const outcomes = { moved: 0, stayed: 0 };
    fc.assert(
      fc.property(
        arbitraryJourney(),
        fc.array(fc.nat(50), { maxLength: 2 }),
        course,
        course,
        (journey, picks, before, after) => {
          const session = play(new Improvisation(journey, {}, {}), before);
          // What was gone back past had run, and took its numbers with it.
          const wentBack = session.events.some(({ type }) => type === 'rewound');
          const to = grown(redrawn(journey), wentBack ? [] : picks);
          fc.pre(withoutRuns(session));
          const moved = moveSession(journey, to, asStored(session.state), NOW);
          if (!moved.ok) {
            // What was added at the end of a way that was gone is the only reason that there is.
            expect(moved.refusal.code).toBe('step_added');
            outcomes.stayed += 1;
            return;
          }
          outcomes.moved += 1;
          session.moveTo(to, moved.events, moved.state);
          const anew = play(new Improvisation(to, {}, {}), before);
          expect(standing(session.state)).toEqual(standing(anew.state));
          expect(moved.events).toHaveLength(1);
          play(session, after);
          play(anew, after);
          expect(standing(session.state)).toEqual(standing(anew.state));
          expect(replay(session.events), 'the log rebuilds it').toEqual(session.state);
        },
      ),
      { numRuns: RUNS },
    );
    expect(outcomes.moved).toBeGreaterThan(RUNS / 2);
    expect(outcomes.stayed).toBeGreaterThan(0);
  }, 60_000);
});

describe('any session that moves to any other version', () => {
  it('can be rebuilt, looked at and gone on with, or stays for a reason in words', () => {
    fc.assert(
      fc.property(
        arbitraryJourney(),
        arbitraryJourney(),
        fc.array(fc.nat(20), { maxLength: 3 }),
        course,
        course,
        (journey, other, dropped, before, after) => {
          const session = play(new Improvisation(journey, {}, {}), before);
          fc.pre(withoutRuns(session));
          for (const to of [other, without(redrawn(journey), dropped)]) {
            const moved = moveSession(journey, to, asStored(session.state), NOW);
            if (!moved.ok) {
              expect(`${moved.refusal.reason} ${moved.refusal.hint}`).not.toMatch(/undefined|""/);
              continue;
            }
            expect(replay([...session.events, ...moved.events])).toEqual(moved.state);
            const next = new Improvisation(to, {}, {});
            next.events.splice(0, Infinity, ...session.events);
            for (const [id, timer] of session.timers) next.timers.set(id, timer);
            next.moveTo(to, moved.events, moved.state);
            play(next, after);
            expect(replay(next.events)).toEqual(next.state);
          }
        },
      ),
      { numRuns: RUNS },
    );
  }, 60_000);
});

/** Some blocks are taken out; what they led to is led to by what led to them. */
function without(journey: Journey, picks: readonly number[]): Journey {
  return picks.reduce((current, pick) => {
    const { states, transitions } = current;
    const state = states[1 + (pick % Math.max(1, states.length - 1))];
    if (!state || ['start', 'loop', 'parallel', 'subjourney'].includes(state.kind)) return current;
    const into = transitions.filter(({ to }) => to === state.id);
    const out = transitions.filter(({ from }) => from === state.id);
    const bridges = into.flatMap((way) =>
      out.map((on, index) => ({ ...way, id: `${way.id}~${index}` as const, to: on.to })),
    );
    return {
      ...current,
      version: 'less',
      states: states.filter(({ id }) => id !== state.id),
      transitions: [
        ...transitions.filter((way) => way.to !== state.id && way.from !== state.id),
        ...bridges,
      ],
    };
  }, journey);
}
