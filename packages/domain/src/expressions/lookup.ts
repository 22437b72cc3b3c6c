import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { Journey, JourneyState, JourneyVariable, StateId } from '../journey/types.js';
import { graphOf, stateOf } from '../session/graph.js';
import { scopesOutwards, variablesAt } from '../session/scopes.js';
import type { Scope, ScopeId, SessionState } from '../session/types.js';
import { normaliseName, type PathSegment, type ReferenceToken } from './references.js';
import { UnknownFieldError, type Found, type Lookup } from './resolution.js';

const EMPTY: Found = { kind: 'empty' };
const UNKNOWN: Found = { kind: 'unknown' };

type LocalField = 'index' | 'currentItem' | 'items';

/** What containers offer inside, and the older names for it. */
const LOCAL_FIELDS: ReadonlyMap<PathSegment, LocalField> = new Map([
  ['index', 'index'],
  ['iteration', 'index'],
  ['currentItem', 'currentItem'],
  ['item', 'currentItem'],
  ['items', 'items'],
]);
const CONTAINER_SCOPES = { loop: 'iteration', parallel: 'branch' } as const;

/** True for what `<loop.…>`, or a container's own name, offers inside its body. */
export function isLocalField(segment: PathSegment | undefined): boolean {
  return segment !== undefined && LOCAL_FIELDS.has(segment);
}

/** Fields that a start gives whether or not its schema lists them. */
const START_FIELDS = ['input', 'conversationId', 'files'];

/** The links to a form. They are told to who is to answer it, and are empty to the workflow. */
export const FORM_LINKS: readonly string[] = ['url', 'resumeEndpoint'];

/**
 * Finds references in a session as seen from one of its scopes: loop → parallel → variable →
 * environment → block. Outputs are those of the scope and of the scopes around it, up to a child
 * workflow's edge; of a block inside a loop or parallel, what it put out last, in an earlier iteration too.
 * @param env values of `{{NAME}}` markers, by name
 * @param inside the loop or parallel of that scope whose next iteration is looked ahead to
 */
export function createLookup(
  journey: Journey,
  session: SessionState,
  scopeId: ScopeId,
  env: Readonly<Record<string, string>>,
  inside: StateId | null = null,
): Lookup {
  const scopes = scopesOfWorkflow(session, scopeId);
  const workflow = workflowOf(journey, scopes.at(-1));
  const places = iterationsAround(session, scopes);
  if (inside !== null) places.unshift(nextIteration(journey, scopes[0], inside));
  const variables = variablesAt(session, scopeId);
  return (token) => {
    const local = findLocal(token, places, workflow);
    if (local) return local;
    if (token.kind === 'variable') return findVariable(token, workflow, variables);
    if (token.kind === 'env') {
      const value = own(env, token.name);
      return value === undefined ? UNKNOWN : { kind: 'value', value };
    }
    const { states, initial, absentNames } = workflow;
    const state = states.get(token.name) ?? (token.name === 'start' ? initial : undefined);
    if (state) return findOutput(token, state, outputOf(journey, state, scopes));
    // A block that was left out never runs: it is known, and has no value.
    return absentNames.has(token.name) ? EMPTY : UNKNOWN;
  };
}

/** A scope and those around it, outwards; a child workflow sees its own blocks alone. */
function scopesOfWorkflow(session: SessionState, scopeId: ScopeId): Scope[] {
  const scopes = scopesOutwards(session, scopeId);
  const edge = scopes.findIndex(({ kind }) => kind === 'subjourney');
  return edge < 0 ? scopes : scopes.slice(0, edge + 1);
}

/** A workflow of a journey, its own or a child, as references see it. */
interface ReadableWorkflow {
  readonly states: ReadonlyMap<string, JourneyState>;
  /** `<start.…>` finds the start under whatever name it bears. */
  readonly initial: JourneyState | undefined;
  readonly variables: readonly JourneyVariable[];
  readonly absentNames: ReadonlySet<string>;
}

const workflowsOfJourneys = new WeakMap<Journey, ReadonlyMap<string, ReadableWorkflow>>();

function workflowOf(journey: Journey, scope: Scope | undefined): ReadableWorkflow {
  let workflows = workflowsOfJourneys.get(journey);
  if (!workflows) {
    workflows = readWorkflows(journey);
    workflowsOfJourneys.set(journey, workflows);
  }
  return workflows.get(scope?.child ?? '') ?? NO_WORKFLOW;
}

const NO_WORKFLOW: ReadableWorkflow = {
  states: new Map(),
  initial: undefined,
  variables: [],
  absentNames: new Set(),
};

/** By child key, the journey's own under ''. */
function readWorkflows(journey: Journey): ReadonlyMap<string, ReadableWorkflow> {
  const workflows = new Map<string, ReadableWorkflow & { states: Map<string, JourneyState> }>();
  for (const { key, ...workflow } of [{ key: '', ...journey }, ...(journey.children ?? [])]) {
    workflows.set(key, {
      states: new Map(),
      initial: journey.states.find(({ id }) => id === workflow.initial),
      variables: workflow.variables,
      absentNames: new Set(workflow.absentNames),
    });
  }
  for (const state of journey.states) {
    const states = workflows.get(state.child ?? '')?.states;
    // Where two blocks share a name the first has it; mapping reports that.
    if (state.kind !== 'inputs' && states && !states.has(state.refName)) {
      states.set(state.refName, state);
    }
  }
  return workflows;
}

/** An iteration or branch that a reference may be about. */
interface Iteration {
  readonly kind: 'iteration' | 'branch';
  readonly container: StateId;
  readonly index: number;
  readonly items: readonly JsonValue[] | null;
}

function iterationsAround(session: SessionState, scopes: readonly Scope[]): Iteration[] {
  return scopes.flatMap(({ kind, parent, index = 0 }) => {
    if ((kind !== 'iteration' && kind !== 'branch') || !parent) return [];
    const { progress } = session.scopes[parent.scopeId]?.nodes[parent.stateId] ?? {};
    return [{ kind, container: parent.stateId, index, items: progress?.items ?? null }];
  });
}

function nextIteration(journey: Journey, scope: Scope | undefined, inside: StateId): Iteration {
  const { progress } = scope?.nodes[inside] ?? {};
  const state = stateOf(graphOf(journey), inside);
  return {
    kind: state.kind === 'parallel' ? 'branch' : 'iteration',
    container: inside,
    index: progress?.opened ?? 0,
    items: progress?.items ?? null,
  };
}

/** `<loop.index>`, `<parallel.currentItem>`, or the same by the container's own name. */
function findLocal(
  token: ReferenceToken,
  iterations: readonly Iteration[],
  { states }: ReadableWorkflow,
): Found | null {
  const [head, ...rest] = token.path;
  const field = head === undefined ? undefined : LOCAL_FIELDS.get(head);
  if (token.kind === 'loop' || token.kind === 'parallel') {
    const kind = CONTAINER_SCOPES[token.kind];
    const iteration = iterations.find((candidate) => candidate.kind === kind);
    return iteration && field ? localOf(iteration, field, rest) : null;
  }
  if (token.kind !== 'block' || !field) return null;
  const container = states.get(token.name)?.id;
  const iteration = iterations.find((candidate) => candidate.container === container);
  return iteration ? localOf(iteration, field, rest) : null;
}

function localOf(
  { index, items }: Iteration,
  field: LocalField,
  path: readonly PathSegment[],
): Found {
  if (field === 'index') return follow(index, path);
  if (items === null) return EMPTY;
  if (field === 'items') return follow(items, path);
  const item = items[index];
  return item === undefined ? EMPTY : follow(item, path);
}

function findVariable(
  token: ReferenceToken,
  workflow: ReadableWorkflow,
  variables: JsonObject,
): Found {
  const [head, ...rest] = token.path;
  if (head === undefined) return { kind: 'value', value: variables };
  const name = String(head);
  const value = own(variables, name) ?? variableByNormalisedName(name, workflow, variables);
  return value === undefined ? UNKNOWN : follow(value, rest);
}

/** References spell a variable's name without blanks and capitals, as they do a block's. */
function variableByNormalisedName(
  name: string,
  workflow: ReadableWorkflow,
  variables: JsonObject,
): JsonValue | undefined {
  const wanted = normaliseName(name);
  const key = Object.keys(variables).find((key) => normaliseName(key) === wanted);
  if (key !== undefined) return own(variables, key);
  return workflow.variables.find((variable) => normaliseName(variable.name) === wanted)?.value;
}

function findOutput(
  token: ReferenceToken,
  state: JourneyState,
  output: JsonValue | undefined,
): Found {
  const path = output === undefined ? token.path : placed(token.path, state, output);
  const found = output === undefined ? EMPTY : follow(output, path);
  if (found.kind === 'value' || declares(state, path)) return found;
  const known = state.outputFields ?? [];
  return { kind: 'error', error: new UnknownFieldError(token.raw, state.label, known) };
}

/**
 * Its own in the nearest scope that has one; else what it put out last inside a loop or parallel. Branches
 * see nothing of one another, as it would hang on which of them is faster.
 */
function outputOf(
  journey: Journey,
  state: JourneyState,
  scopes: readonly Scope[],
): JsonValue | undefined {
  for (const { kind, parent, outputs, echoes } of scopes) {
    const found = Object.hasOwn(outputs, state.id) ? outputs : echoes;
    const output = found && own(found, state.id);
    if (output !== undefined) return output;
    if (kind === 'branch' && parent && isInside(journey, state, parent.stateId)) return undefined;
  }
  return undefined;
}

/** Bounded, as bodies nest to a fixed depth. */
function isInside(journey: Journey, state: JourneyState, container: StateId): boolean {
  let around = state.parent;
  while (around !== undefined && around !== container) {
    around = stateOf(graphOf(journey), around).parent;
  }
  return around !== undefined;
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
  const extra = state.kind === 'start' ? START_FIELDS : ['response', 'submission', ...FORM_LINKS];
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
