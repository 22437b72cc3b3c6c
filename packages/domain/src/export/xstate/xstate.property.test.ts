import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Journey, StateId } from '../../journey/types.js';
import { hasEnded } from '../../session/commands.js';
import type { Input } from '../../session/decide.js';
import { bodyOf, graphOf } from '../../session/graph.js';
import { arbitraryJourney } from '../../session/testing/arbitrary-journey.js';
import { courseOfEvents } from '../../session/testing/happenings.js';
import { Improvisation, type Happening } from '../../session/testing/improvisation.js';
import type { Scope, SessionState } from '../../session/types.js';
import { mapWorkflow } from '../../mapping/map-workflow.js';
import { workflowDocuments } from '../../mapping/testing/arbitrary-workflows.js';
import { parseWorkflow } from '../../workflow/parse-workflow.js';
import { Follower, type Standing } from './testing/follower.js';

/** Of what may happen to a session, all but going back: that begins its machine anew. */
const happening: fc.Arbitrary<Happening> = fc.oneof(
  ...courseOfEvents(fc.constantFrom(true, true, true, false)),
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      action: fc.constantFrom('pause' as const, 'resume' as const, 'start' as const),
      parameters: fc.constant({}),
    }),
  },
);

/** What a session makes of a state: due, where all ways in are decided and it has not begun yet. */
function standingOf(journey: Journey, scope: Scope, id: StateId): Standing {
  const status = scope.nodes[id]?.status;
  if (status === 'done') return 'over';
  if (status === 'skipped') return 'skipped';
  if (status !== undefined) return 'active';
  const ways = graphOf(journey).incoming.get(id) ?? [];
  const decided = ways.map((way) => scope.edges[way.id]);
  if (decided.includes(undefined)) return 'open';
  return decided.includes('live') || ways.length === 0 ? 'active' : 'open';
}

function expectSame(journey: Journey, state: SessionState, follower: Follower): void {
  for (const scope of Object.values(state.scopes)) {
    // In a pause a scope stays open that is over; its machine has gone on.
    const nodes = Object.values(scope.nodes);
    const settled = nodes.filter(({ status }) => status === 'done' || status === 'skipped');
    if (settled.length === bodyOf(graphOf(journey), scope).length) continue;
    const told = follower.standings(state, scope);
    for (const id of bodyOf(graphOf(journey), scope)) {
      const standing = standingOf(journey, scope, id);
      const expected = told[id] === null && standing !== 'active' ? null : standing;
      expect(told[id], `${scope.id} ${id} ${JSON.stringify(follower.value)}`).toBe(expected);
    }
  }
}

/** Plays a session and its machine side by side. */
function play(journey: Journey, happenings: readonly Happening[]): string {
  const session = new Improvisation(journey, { askForConfirmation: false }, {});
  const follower = new Follower(journey);
  let heard = 0;
  const follow = () => {
    for (const event of session.events.slice(heard)) follower.hear(event);
    heard = session.events.length;
    const { state } = session;
    if (!hasEnded(state)) expectSame(journey, state, follower);
    else if (state.status === 'completed') {
      expect(['completed', 'responded']).toContain(follower.value);
    } else expect(follower.value).toBe('cancelled');
  };
  if (session.state.status === 'not-started') {
    session.turn({ type: 'act', action: 'start', parameters: {} });
  }
  follow();
  for (const each of happenings) {
    if (hasEnded(session.state)) break;
    const input = repair(session, each);
    if (input) session.turn(input);
    else session.happen(each);
    follow();
  }
  follower.stop();
  return session.state.status;
}

/** To change an earlier answer is to go back. */
function repair({ state: { questions } }: Improvisation, each: Happening): Input | null {
  const [question] = questions;
  if (each.kind !== 'answer' || question?.kind !== 'repair') return null;
  const options = question.options.filter(
    (option) => option !== 'change-input' && (option !== 'stop' || each.pick === 9),
  );
  const option = options[each.pick % options.length] ?? 'stop';
  return { type: 'act', action: 'answer', parameters: { option } };
}

describe('the machine of any journey', () => {
  it('is where the session is after each of its turns', { timeout: 120_000 }, () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(
        arbitraryJourney(12),
        fc.array(happening, { minLength: 20, maxLength: 60, size: 'max' }),
        (journey, happenings) => {
          const end = play(journey, happenings);
          ends.set(end, (ends.get(end) ?? 0) + 1);
        },
      ),
      { numRuns: 500 },
    );
    // Not all sessions may be cut off on the way: most of what can go wrong comes late.
    expect(ends.get('completed')).toBeGreaterThan(100);
  });

  const happenings = fc.array(happening, { minLength: 10, maxLength: 40, size: 'max' });

  it('is where the session is, of workflows drawn at random', { timeout: 120_000 }, () => {
    const documents = workflowDocuments((n) => `id.${n}*`);
    fc.assert(
      fc.property(documents, happenings, (document, each) => {
        // Beside a list of blocks, edges are called connections.
        const { workflow } = parseWorkflow(document);
        if (workflow) play(mapWorkflow(workflow).journey, each);
      }),
      { numRuns: 200 },
    );
  });
});
