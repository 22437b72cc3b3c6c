import { expect } from 'vitest';
import type { Journey, JourneyState } from '../../journey/types.js';
import type { JsonObject } from '../../json.js';
import { replay } from '../../session/evolve.js';
import { render } from '../../conversation/voice/render.js';
import { journey } from '../../testing/journeys.js';
import { Rehearsal, type Player } from '../../testing/rehearsal.js';
import { moveSession, type Move } from '../move-session.js';

/** When sessions are moved. */
export const NOW = '2026-03-14T10:00:00.000Z';

/** The same under another version; ways are numbered apart, as they are when edges are drawn anew. */
export function version(name: string, of: Journey): Journey {
  const transitions = of.transitions.map((way) => ({ ...way, id: `tr_${name}${way.id}` as const }));
  return { ...of, id: `jrn_${name}`, version: name, transitions };
}

/** The next version. */
export const next = (states: JourneyState[], ways: string[], variables: JsonObject = {}) =>
  version('next', journey(states, ways, variables));

/** Plays a session on one version up to where it stands. */
export function played(
  on: Journey,
  acts: (session: Rehearsal) => void = () => undefined,
  players: Record<string, Player> = {},
): Rehearsal {
  const session = new Rehearsal(on, players);
  acts(session);
  return session;
}

function move(session: Rehearsal, from: Journey, to: Journey): Move {
  const before = JSON.stringify(session.decider.state);
  const moved = moveSession(from, to, session.decider.state, NOW);
  expect(JSON.stringify(session.decider.state), 'it is left as it was').toBe(before);
  return moved;
}

/** The state after a move that must succeed; its log rebuilds it. */
export function moved(session: Rehearsal, from: Journey, to: Journey) {
  const outcome = move(session, from, to);
  if (!outcome.ok) throw new TypeError(JSON.stringify(outcome.refusal));
  expect(replay([...session.events, ...outcome.events])).toEqual(outcome.state);
  return outcome;
}

/** Code and block of a move that must not succeed. */
export function refused(session: Rehearsal, from: Journey, to: Journey): (string | undefined)[] {
  const outcome = move(session, from, to);
  if (outcome.ok) throw new TypeError('It was moved.');
  const { code, blockName, reason, hint } = outcome.refusal;
  expect(`${reason} ${hint}`).not.toMatch(/undefined|""/);
  return [code, blockName];
}

/** What the person is told of a move. */
export function said({ events }: ReturnType<typeof moved>): string {
  return events
    .flatMap((event) => (event.type === 'agent-said' ? event.messages : []))
    .map((message) => render(message))
    .join('\n');
}
