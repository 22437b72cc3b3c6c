import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLookup } from '../expressions/lookup.js';
import { scanReferences } from '../expressions/references.js';
import { ISSUE_CATALOGUE } from '../issue-catalogue.js';
import type { Journey, JourneyState, StateId, Transition } from '../journey/types.js';
import { apply, initialState } from '../session/evolve.js';
import { arbitraryJourney } from '../session/testing/arbitrary-journey.js';
import { Improvisation, type Happening } from '../session/testing/improvisation.js';
import type { SessionState } from '../session/types.js';
import { fork, journey as sketch, start, tool } from '../testing/journeys.js';
import { IssueLog } from '../workflow/issue-log.js';
import { analyse } from './analyse.js';
import { flowOf } from './flow.js';
import { namesOf, readersOf } from './reading.js';
import { judgeReferences, type BlockReference } from './references.js';
import { surveyJourney } from './survey.js';

/** The same journey in which every state reads every block, as far as its kind reads anything. */
function readingAll(journey: Journey): Journey {
  const text = journey.states.map(({ refName }) => `<${refName}>`).join(' ');
  return { ...journey, states: journey.states.map((state) => reading(state, text)) };
}

function reading(state: JourneyState, text: string): JourneyState {
  switch (state.kind) {
    case 'fork':
      return {
        ...state,
        branches: state.branches.map((branch) =>
          branch.expression === null ? branch : { ...branch, expression: text },
        ),
      };
    case 'form':
      return { ...state, display: [{ kind: 'text', text }] };
    case 'loop':
      return state.condition === null ? { ...state, items: text } : { ...state, condition: text };
    case 'parallel':
      return { ...state, parallelType: 'collection', items: text };
    default:
      return 'params' in state ? { ...state, params: { text } } : state;
  }
}

/** Journeys of branches and joins alone, close enough that they often meet. */
const knots: fc.Arbitrary<Journey> = fc
  .array(
    fc.record({
      isFork: fc.boolean(),
      mayFail: fc.boolean(),
      from: fc.array(fc.nat(50), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 3, maxLength: 7, size: 'max' },
  )
  .map((plans) => {
    const exits = ['start -'];
    const ways: string[] = [];
    const states = plans.map(({ isFork, mayFail, from }, n) => {
      const name = `${isFork ? 'fork' : 'tool'}${n}`;
      // The latest exits are the likeliest.
      for (const at of new Set(from.map((pick) => pick % Math.min(4, exits.length)))) {
        ways.push(`${exits.at(-1 - at) ?? ''}> ${name}`);
      }
      exits.push(
        ...(isFork ? ['if', 'else'].map((id) => `${name} -branch:${id}-`) : [`${name} -`]),
      );
      if (mayFail) exits.push(`${name} -error-`);
      if (!isFork) return tool(name);
      return fork(
        name,
        { id: 'if', title: 'if', expression: '1' },
        { id: 'else', title: 'else', expression: null },
      );
    });
    return sketch([start(), ...states], ways);
  });

function judged(journey: Journey): BlockReference[] {
  const survey = surveyJourney(journey, new IssueLog());
  return judgeReferences(survey, flowOf(survey), readersOf(survey), namesOf(survey));
}

const happening = fc
  .nat(99)
  .map((pick): Happening[] => [
    { kind: 'outcome', pick, ok: pick % 5 !== 0, big: pick % 2 === 0 },
    pick % 11 === 0
      ? { kind: 'act', action: 'back', parameters: {} }
      : { kind: 'answer', pick: pick + 1 },
    { kind: 'timer', pick },
  ]);

/** Where a state begins to read, by what a session records. */
function readerAt(
  event: Improvisation['events'][number],
): { scopeId: string; stateId: StateId } | null {
  if (event.type === 'node-started') return event.run;
  if (event.type !== 'question-asked') return null;
  const { question } = event;
  const shows = question.kind === 'slots' || question.kind === 'confirmation';
  return shows ? question : null;
}

function isRead(
  journey: Journey,
  state: SessionState,
  reference: BlockReference,
  at: string,
): boolean {
  const reader = journey.states.find(({ id }) => id === reference.reader);
  const asksItself = reader?.kind === 'loop' && reader.condition !== null;
  const lookup = createLookup(journey, state, at, {}, asksItself ? reader.id : null);
  const [token] = scanReferences(reference.token.raw);
  return token !== undefined && lookup(token).kind === 'value';
}

describe('a reference of which nothing is said', () => {
  it('finds its block done, in any run', { timeout: 120_000 }, () => {
    let found = 0;
    let several = 0;
    fc.assert(
      fc.property(
        fc.oneof(knots, arbitraryJourney(12)).map(readingAll),
        fc.array(happening, { minLength: 20, maxLength: 60, size: 'max' }),
        (journey, happenings) => {
          const certain = new Map<StateId, BlockReference[]>();
          for (const reference of judged(journey)) {
            if (!/^surely|^alternative/.test(reference.verdict)) continue;
            certain.set(reference.reader, [...(certain.get(reference.reader) ?? []), reference]);
          }
          const session = new Improvisation(journey, { askForConfirmation: false }, {});
          session.happen({ kind: 'act', action: 'start', parameters: {} });
          for (const each of happenings.flat()) session.happen(each);
          const state = initialState();
          for (const event of session.events) {
            const at = readerAt(event);
            const read = (at && certain.get(at.stateId)) ?? [];
            const one = read.filter(({ verdict }) => verdict === 'alternative');
            if (at && one.length > 0) {
              const isOne = one.some((each) => isRead(journey, state, each, at.scopeId));
              expect(isOne, `${at.stateId} finds one of several`).toBe(true);
              several += 1;
            }
            for (const reference of read) {
              if (reference.verdict === 'alternative') continue;
              const where = `${reference.reader} reads ${reference.token.raw}`;
              expect(isRead(journey, state, reference, at?.scopeId ?? ''), where).toBe(true);
              found += 1;
            }
            apply(state, JSON.parse(JSON.stringify(event)) as typeof event);
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(found).toBeGreaterThan(200);
    expect(several).toBeGreaterThan(0);
  });
});

describe('a path on which a block does not run', () => {
  it('is one of the journey, and passes the block by', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(fc.oneof(knots, arbitraryJourney(14)).map(readingAll), (journey) => {
        // In a loop's body a path begins where that does.
        const begins = new Set([
          journey.initial,
          ...(journey.children ?? []).map(({ initial }) => initial),
          ...journey.transitions.filter(({ kind }) => kind === 'enter').map(({ to }) => to),
        ]);
        const ways = new Set(journey.transitions.map(({ from, to }) => `${from} ${to}`));
        for (const { verdict, reader, target, path } of judged(journey)) {
          kinds.add(verdict);
          const states = path();
          expect(begins.has(states[0] ?? null), `${verdict} ${states.join(' ')} ${reader}`).toBe(
            true,
          );
          for (const [at, to] of states.slice(1).entries()) {
            const isWay = ways.has(`${states[at] ?? ''} ${to}`);
            expect(isWay, `${states.join(' ')}: ${to}`).toBe(true);
          }
          if (verdict !== 'not-in-every-iteration') expect(states.at(-1)).toBe(reader);
          if (['maybe', 'alternative', 'not-before', 'not-in-every-iteration'].includes(verdict)) {
            expect(states.slice(0, -1)).not.toContain(target);
          }
          if (verdict === 'surely-or-failed') {
            const errors = journey.transitions.filter((way) => way.kind === 'error');
            expect(errors.some(({ from }) => states.includes(from))).toBe(true);
          }
        }
      }),
      { numRuns: 150 },
    );
    expect([...kinds].toSorted()).toEqual([
      'alternative',
      'around',
      'before-own-body',
      'inside',
      'itself',
      'maybe',
      'not-before',
      'own-body',
      'surely',
      'surely-or-failed',
    ]);
  });
});

/** Makes a fault in a journey. */
const fault = fc.record({
  kind: fc.constantFrom('move', 'turn', 'rename', 'drop', 'double', 'retype', 'begin'),
  pick: fc.nat(50),
  other: fc.nat(50),
});

type Fault = typeof fault extends fc.Arbitrary<infer T> ? T : never;

function damaged(journey: Journey, { kind, pick, other }: Fault): Journey {
  const { states, transitions } = journey;
  const one = states[pick % states.length];
  const two = states[other % states.length];
  const way = transitions[pick % Math.max(1, transitions.length)];
  if (!one || !two || !way) return journey;
  const change = (change: Partial<JourneyState>): Journey => ({
    ...journey,
    states: states.map((s) => (s === one ? ({ ...s, ...change } as JourneyState) : s)),
  });
  const turn = (change: Partial<Transition>): Journey => ({
    ...journey,
    transitions: transitions.map((t) => (t === way ? { ...t, ...change } : t)),
  });
  switch (kind) {
    case 'move':
      return change({ parent: two.id });
    case 'turn':
      return turn({ to: two.id });
    case 'retype':
      return turn({ kind: (['next', 'error', 'branch', 'enter'] as const)[other % 4] ?? 'next' });
    case 'rename':
      return change({ id: other % 2 === 0 ? two.id : 'st___proto__' });
    case 'drop':
      return { ...journey, states: states.filter((s) => s !== one) };
    case 'double':
      return { ...journey, transitions: [...transitions, { ...way, from: two.id }] };
    default:
      return { ...journey, initial: other % 3 === 0 ? null : two.id };
  }
}

describe('a journey with faults', () => {
  it('gives issues, whatever they are', () => {
    fc.assert(
      fc.property(
        arbitraryJourney(14).map(readingAll),
        fc.array(fault, { minLength: 1, maxLength: 8 }),
        (journey, faults) => {
          const issues = analyse(faults.reduce(damaged, journey));
          for (const { code, message, hint } of issues) {
            expect(Object.hasOwn(ISSUE_CATALOGUE, code)).toBe(true);
            expect(message).toMatch(/^.+\.$/s);
            expect(hint).not.toBe('');
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('ends where its joins do not starve, and only there', () => {
    fc.assert(
      fc.property(
        arbitraryJourney(14),
        fc.array(fault, { minLength: 1, maxLength: 4 }),
        (journey, faults) => {
          const survey = surveyJourney(faults.reduce(damaged, journey), new IssueLog());
          const starved = survey.bodies.some(
            ({ decided, reached }) => decided.length < reached.size,
          );
          const told = analyse(survey.journey).some(({ code }) => code === 'join_starves');
          expect(told).toBe(starved);
        },
      ),
      { numRuns: 500 },
    );
  });
});
