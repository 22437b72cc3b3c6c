import { isJsonObject, own, type JsonValue } from '../json.js';
import type { Journey, JourneyState } from '../journey/types.js';
import type { Scope, ScopeId, SessionState } from '../session/types.js';
import { normaliseName, type PathSegment, type ReferenceToken } from './references.js';
import { UnknownFieldError, type Found, type Lookup } from './resolution.js';

const EMPTY: Found = { kind: 'empty' };
const UNKNOWN: Found = { kind: 'unknown' };

/** What containers offer inside, and the older names for it. */
const LOCAL_FIELDS: ReadonlyMap<PathSegment, string> = new Map([
  ['index', 'index'],
  ['iteration', 'index'],
  ['currentItem', 'currentItem'],
  ['item', 'currentItem'],
  ['items', 'items'],
]);
const CONTAINER_SCOPES = { loop: 'iteration', parallel: 'branch' } as const;

/** Fields that a start gives whether or not its schema lists them. */
const START_FIELDS = ['input', 'conversationId', 'files'];

/**
 * Finds references in a session as seen from one of its scopes: loop → parallel → variable →
 * environment → block. Outputs are those of the scope and of the scopes around it, up to a
 * sub-journey's edge.
 * @param env values of `{{NAME}}` markers, by name
 */
export function createLookup(
  journey: Journey,
  session: SessionState,
  scopeId: ScopeId,
  env: Readonly<Record<string, string>>,
): Lookup {
  const scopes = scopesOutwards(session, scopeId);
  const states = statesByName(journey);
  return (token) => {
    const local = findLocal(token, scopes, journey);
    if (local) return local;
    if (token.kind === 'variable') return findVariable(token, journey, session);
    if (token.kind === 'env') {
      const value = own(env, token.name);
      return value === undefined ? UNKNOWN : { kind: 'value', value };
    }
    const state = states.get(token.name) ?? (token.name === 'start' ? startOf(journey) : undefined);
    if (state) return findOutput(token, state, scopes);
    // A block that was left out never runs: it is known, and has no value.
    return journey.absentNames?.includes(token.name) ? EMPTY : UNKNOWN;
  };
}

function scopesOutwards(session: SessionState, scopeId: ScopeId): Scope[] {
  const scopes: Scope[] = [];
  let scope = own(session.scopes, scopeId);
  while (scope && !scopes.includes(scope)) {
    scopes.push(scope);
    // A child workflow sees its own blocks alone.
    if (scope.kind === 'subjourney' || !scope.parent) break;
    scope = own(session.scopes, scope.parent.scopeId);
  }
  return scopes;
}

const namesOfJourneys = new WeakMap<Journey, ReadonlyMap<string, JourneyState>>();

/** Made once per journey. Where two blocks share a name the first has it; mapping reports that. */
function statesByName(journey: Journey): ReadonlyMap<string, JourneyState> {
  const known = namesOfJourneys.get(journey);
  if (known) return known;
  const states = new Map<string, JourneyState>();
  for (const state of journey.states) {
    if (!states.has(state.refName)) states.set(state.refName, state);
  }
  namesOfJourneys.set(journey, states);
  return states;
}

/** `<start.…>` finds the start under whatever name it bears. */
function startOf(journey: Journey): JourneyState | undefined {
  return journey.states.find((state) => state.id === journey.initial);
}

/** `<loop.index>`, `<parallel.currentItem>`, or the same by the container's own name. */
function findLocal(
  token: ReferenceToken,
  scopes: readonly Scope[],
  journey: Journey,
): Found | null {
  const [head, ...rest] = token.path;
  const field = head === undefined ? undefined : LOCAL_FIELDS.get(head);
  if (token.kind === 'loop' || token.kind === 'parallel') {
    const kind = CONTAINER_SCOPES[token.kind];
    const scope = scopes.find((candidate) => candidate.kind === kind);
    return scope && field ? follow(scope.locals, [field, ...rest]) : null;
  }
  if (token.kind !== 'block' || !field) return null;
  const container = statesByName(journey).get(token.name);
  const scope = scopes.find(
    ({ kind, parent }) =>
      (kind === 'iteration' || kind === 'branch') && parent?.stateId === container?.id,
  );
  return scope && container ? follow(scope.locals, [field, ...rest]) : null;
}

function findVariable(token: ReferenceToken, journey: Journey, session: SessionState): Found {
  const [head, ...rest] = token.path;
  if (head === undefined) return { kind: 'value', value: session.variables };
  const name = String(head);
  const value = own(session.variables, name) ?? variableByNormalisedName(name, journey, session);
  return value === undefined ? UNKNOWN : follow(value, rest);
}

/** References spell a variable's name without blanks and capitals, as they do a block's. */
function variableByNormalisedName(
  name: string,
  journey: Journey,
  session: SessionState,
): JsonValue | undefined {
  const wanted = normaliseName(name);
  const key = Object.keys(session.variables).find((key) => normaliseName(key) === wanted);
  if (key !== undefined) return own(session.variables, key);
  return journey.variables.find((variable) => normaliseName(variable.name) === wanted)?.value;
}

function findOutput(token: ReferenceToken, state: JourneyState, scopes: readonly Scope[]): Found {
  const scope = scopes.find(({ outputs }) => Object.hasOwn(outputs, state.id));
  const output = scope && own(scope.outputs, state.id);
  const path = output === undefined ? token.path : placed(token.path, state, output);
  const found = output === undefined ? EMPTY : follow(output, path);
  if (found.kind === 'value' || declares(state, path)) return found;
  const known = state.outputFields ?? [];
  return { kind: 'error', error: new UnknownFieldError(token.raw, state.label, known) };
}

/** Where a form's or a start's field stands, of the places by which it may be called. */
function placed(
  path: readonly PathSegment[],
  state: JourneyState,
  output: JsonValue,
): readonly PathSegment[] {
  const [head, ...rest] = path;
  if (head === undefined || !isJsonObject(output)) return path;
  if (own(output, String(head)) !== undefined) return path;
  if (state.kind === 'start' && head === 'input') return rest;
  if (state.kind !== 'form') return path;
  if (head === 'response' || head === 'submission') return rest;
  const nested = ['response', 'submission'].find((key) => {
    const answers = own(output, key);
    return isJsonObject(answers) && Object.hasOwn(answers, String(head));
  });
  return nested === undefined ? path : [nested, ...path];
}

function declares(state: JourneyState, path: readonly PathSegment[]): boolean {
  const [head] = path;
  if (head === undefined || head === 'error' || state.outputFields === null) return true;
  const name = String(head);
  if (state.outputFields.includes(name)) return true;
  if (state.kind !== 'start' && state.kind !== 'form') return false;
  const extra = state.kind === 'start' ? START_FIELDS : ['response', 'submission'];
  return extra.includes(name) || state.slots.some((slot) => slot.name === name);
}

/** Goes down a path by own keys, array indices and `length` of an array. */
function follow(from: JsonValue, path: readonly PathSegment[]): Found {
  let value: JsonValue | undefined = from;
  for (const segment of path) value = step(value, segment);
  return value === undefined ? EMPTY : { kind: 'value', value };
}

function step(value: JsonValue | undefined, segment: PathSegment): JsonValue | undefined {
  if (isArray(value)) {
    if (typeof segment === 'number') return value[segment];
    return segment === 'length' ? value.length : undefined;
  }
  return isJsonObject(value) ? own(value, String(segment)) : undefined;
}

function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
