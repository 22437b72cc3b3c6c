import { referencesIn } from '../mapping/references.js';
import { textsOf } from '../analysis/reading.js';
import type { JourneyState, StateId } from '../journey/types.js';
import type { JourneyGraph } from '../session/graph.js';
import type { Scope } from '../session/types.js';
import { refusal, type MoveRefusal, type Versions } from './refusals.js';

/**
 * What still reads one of the outputs that are no longer there; null where nothing does.
 * @param over states of the scope that will not run any more
 */
export function stillRead(
  { from, to }: Versions,
  scope: Scope,
  gone: readonly StateId[],
  over: ReadonlySet<StateId>,
): MoveRefusal | null {
  for (const id of gone) {
    const state = from.states.get(id);
    if (!state || state.kind === 'inputs' || !hasOutput(scope, id)) continue;
    const reader = readerOf(to, state, over);
    if (!reader) continue;
    const why = (name: string) =>
      `${name} was removed, and "${reader.label}" reads what it put out.`;
    return refusal('output_missing', state, why);
  }
  return null;
}

function hasOutput({ outputs, echoes }: Scope, id: StateId): boolean {
  return Object.hasOwn(outputs, id) || (echoes !== undefined && Object.hasOwn(echoes, id));
}

/** A state that will run and names the removed one; where another block has that name, it is meant. */
function readerOf(
  to: JourneyGraph,
  gone: JourneyState,
  over: ReadonlySet<StateId>,
): JourneyState | null {
  const sameWorkflow = to.journey.states.filter(({ child }) => child === gone.child);
  if (sameWorkflow.some(({ kind, refName }) => kind !== 'inputs' && refName === gone.refName)) {
    return null;
  }
  const reads = (state: JourneyState) => !over.has(state.id) && namesIn(state).has(gone.refName);
  return sameWorkflow.find(reads) ?? null;
}

const namesRead = new WeakMap<JourneyState, ReadonlySet<string>>();

/** The names that a state reads; found once per state, however many sessions are moved. */
function namesIn(state: JourneyState): ReadonlySet<string> {
  const known = namesRead.get(state);
  if (known) return known;
  const blocks = referencesIn(textsOf(state)).filter(({ kind }) => kind === 'block');
  const names = new Set(blocks.map(({ name }) => name));
  namesRead.set(state, names);
  return names;
}
