import { isLocalField } from '../expressions/lookup.js';
import { normaliseName, type ReferenceToken } from '../expressions/references.js';
import { paramsOf } from '../expressions/state-params.js';
import { isJsonObject, own, type JsonValue } from '../json.js';
import type { JourneyState, JourneyVariable, StateId } from '../journey/types.js';
import { referencesIn } from '../mapping/references.js';
import { START_NAME } from '../mapping/starts.js';
import { MAX_NESTING } from '../workflow/parents.js';
import { readList } from '../workflow/reader.js';
import { isContainer, type JourneySurvey } from './survey.js';

/** A state that reads, with the loops and parallels around it. */
export interface Reader {
  readonly state: JourneyState;
  /** The state itself and what it stands in, from the inside outwards. */
  readonly chain: readonly JourneyState[];
  readonly tokens: readonly ReferenceToken[];
}

/** One workflow of a journey as references see it. */
export interface Names {
  readonly states: ReadonlyMap<string, JourneyState>;
  readonly initial: JourneyState | undefined;
  readonly variables: readonly JourneyVariable[];
}

/** What runs, in the order of the journey, with what it reads. Linear in the texts. */
export function readersOf({ graph, bodies }: JourneySurvey): Reader[] {
  const running = new Set(bodies.flatMap(({ decided }) => decided));
  return [...graph.states.values()].flatMap((state): Reader[] => {
    if (!running.has(state.id)) return [];
    const tokens = referencesIn(textsOf(state));
    if (tokens.length === 0) return [];
    const chain = chainOf(state, graph.states);
    return chain === null ? [] : [{ state, chain, tokens }];
  });
}

/** All that is resolved when a state runs. */
export function textsOf(state: JourneyState): JsonValue {
  if (state.kind === 'fork') return state.branches.map(({ expression }) => expression);
  if (state.kind !== 'form') return paramsOf(state);
  return state.display.map((item) => (item.kind === 'text' ? item.text : item.value));
}

/** A state and what it stands in; null where that is deeper than containers nest. */
export function chainOf(
  state: JourneyState,
  states: ReadonlyMap<StateId, JourneyState>,
): JourneyState[] | null {
  const chain: JourneyState[] = [];
  for (let at: JourneyState | undefined = state; at;) {
    if (chain.length > MAX_NESTING) return null;
    chain.push(at);
    at = at.parent === undefined ? undefined : states.get(at.parent);
  }
  return chain;
}

/** The names of each workflow, by child key, the journey's own under ''. */
export function namesOf({ journey, graph }: JourneySurvey): ReadonlyMap<string, Names> {
  const workflows = new Map<string, Names & { states: Map<string, JourneyState> }>();
  for (const { key, initial, variables } of [{ key: '', ...journey }, ...graph.children.values()]) {
    const first = initial === null ? undefined : graph.states.get(initial);
    workflows.set(key, { states: new Map(), initial: first, variables });
  }
  for (const state of graph.states.values()) {
    const states = workflows.get(state.child ?? '')?.states;
    // Where two blocks share a name the first has it, as when a session looks it up.
    if (state.kind !== 'inputs' && states && !states.has(state.refName)) {
      states.set(state.refName, state);
    }
  }
  return workflows;
}

/** The block that a reference finds; null where it finds something else, or nothing. */
export function blockOf(
  { kind, name, path }: ReferenceToken,
  { chain }: Reader,
  { states, initial }: Names,
): JourneyState | null {
  if (kind === 'variable' || kind === 'env') return null;
  const found = states.get(name) ?? (name === START_NAME ? initial : undefined);
  if (isLocalField(path[0])) {
    const around = chain.filter(isContainer);
    if (around.some((state) => state === found || state.kind === kind)) return null;
  }
  return found ?? null;
}

/** The normalised names of the variables that a state sets. */
export function variablesSetBy(state: JourneyState): string[] {
  if (state.kind !== 'tool' || state.blockType !== 'variables') return [];
  return (readList(own(state.params, 'variables')) ?? []).flatMap((entry) => {
    const name = isJsonObject(entry) ? own(entry, 'variableName') : undefined;
    return typeof name === 'string' ? [normaliseName(name)] : [];
  });
}
