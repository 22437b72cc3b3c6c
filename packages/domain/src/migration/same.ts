import type { JsonValue } from '../json.js';
import type { JourneyState, StateId, Transition } from '../journey/types.js';
import { canonicalJson } from '../mapping/version.js';
import type { JourneyGraph } from '../session/graph.js';
import type { Versions } from './refusals.js';

/** True for the same JSON, whatever the order of its keys. */
export function isSame(a: unknown, b: unknown): boolean {
  // Interfaces have no index signature, though all that is compared is plain JSON.
  const json = (value: unknown): string => canonicalJson((value ?? null) as JsonValue);
  return a === b || json(a) === json(b);
}

/** True where a state is still the same block at the same place, whatever it is set to. */
export function isSameStep(before: JourneyState, after: JourneyState): boolean {
  return (
    before.kind === after.kind &&
    before.blockType === after.blockType &&
    before.parent === after.parent &&
    before.child === after.child
  );
}

/** True where a loop, parallel or call is set as before, and all that runs inside it is as before. */
export function isSameInside({ from, to }: Versions, container: StateId): boolean {
  const open = new Set<StateId>([container]);
  const keys = new Set<string>();
  // What is added to a set while it is walked is walked too.
  for (const id of open) {
    const before = from.states.get(id);
    if (!before || !isSame(before, to.states.get(id))) return false;
    if (id !== container && !isSame(waysOf(from, id), waysOf(to, id))) return false;
    const key = bodyKeyOf(before);
    if (key === null || keys.has(key)) continue;
    keys.add(key);
    const inside = from.bodies.get(key) ?? [];
    if (!isSame(inside, to.bodies.get(key) ?? []) || !isSameBody(from, to, id, key)) return false;
    for (const inner of inside) open.add(inner);
  }
  return true;
}

/** Where what runs inside a state stands; null where nothing does. */
function bodyKeyOf(state: JourneyState): string | null {
  if (state.kind === 'loop' || state.kind === 'parallel') return state.id;
  return state.kind === 'subjourney' ? state.calls : null;
}

function isSameBody(from: JourneyGraph, to: JourneyGraph, id: StateId, key: string): boolean {
  const child = from.children.get(key);
  if (child) return isSame(child, to.children.get(key));
  return isSame(drawn(from.enters.get(id)), drawn(to.enters.get(id)));
}

function waysOf({ outgoing }: JourneyGraph, id: StateId): unknown {
  return drawn(outgoing.get(id));
}

/** Ways without the ids of the edges that they were drawn with. */
function drawn(ways: readonly Transition[] = []): unknown {
  return ways
    .map(({ from, to, kind, branchId }) => JSON.stringify([from, to, kind, branchId]))
    .sort();
}
