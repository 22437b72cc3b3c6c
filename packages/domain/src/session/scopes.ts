import { own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import type { StateId } from '../journey/types.js';
import type { NodeState, Question, Scope, ScopeId, SessionState } from './types.js';

/** The scope in which a journey's own graph runs. */
export const ROOT_SCOPE = 'root';

/** The scope of that id; events are only made for scopes that were opened. */
export function scopeOf(state: SessionState, id: string): Scope {
  const scope = own(state.scopes, id);
  if (!scope) throw new UnknownScopeError(id);
  return scope;
}

/** An event names a scope that was never opened: the log is not that of this session. */
export class UnknownScopeError extends Error {
  readonly scopeId: string;
  constructor(scopeId: string) {
    super(`The session has no scope ${scopeId}; its log is incomplete.`);
    this.name = 'UnknownScopeError';
    this.scopeId = scopeId;
  }
}

/** A scope and those around it, from the inside outwards. Bounded by their number. */
export function scopesOutwards(state: Pick<SessionState, 'scopes'>, id: ScopeId): Scope[] {
  const scopes: Scope[] = [];
  let scope = own(state.scopes, id);
  while (scope && !scopes.includes(scope)) {
    scopes.push(scope);
    scope = scope.parent ? own(state.scopes, scope.parent.scopeId) : undefined;
  }
  return scopes;
}

/** Ids of the scopes inside these states of a scope, however deep; linear in the scopes there are. */
export function scopesInside(
  state: SessionState,
  scopeId: ScopeId,
  states: ReadonlySet<StateId>,
): ReadonlySet<ScopeId> {
  const inside = new Set<ScopeId>();
  // Scopes are opened from the outside inwards and numbered so, which jsonb's order of keys keeps too.
  for (const { id, parent } of Object.values(state.scopes)) {
    if (!parent) continue;
    const here = parent.scopeId === scopeId && states.has(parent.stateId);
    if (here || inside.has(parent.scopeId)) inside.add(id);
  }
  return inside;
}

/** Takes away the scopes inside some states, and what runs, waits or is asked in them. */
export function dropInside(
  state: SessionState,
  scopeId: ScopeId,
  states: ReadonlySet<StateId>,
): void {
  const inside = scopesInside(state, scopeId, states);
  if (inside.size === 0) return;
  for (const id of inside) Reflect.deleteProperty(state.scopes, id);
  state.questions = state.questions.filter(
    (question) => isAboutSession(question) || !inside.has(question.scopeId),
  );
  for (const { id, scopeId: at } of Object.values(state.runs)) {
    if (inside.has(at)) Reflect.deleteProperty(state.runs, id);
  }
  for (const { id, scopeId: at } of Object.values(state.timers)) {
    if (inside.has(at)) Reflect.deleteProperty(state.timers, id);
  }
}

/**
 * True for a question about the session as a whole, which outlives the place at which it was asked: a yes
 * to it must not fall to another question.
 */
export function isAboutSession(question: Question): boolean {
  if (question.kind !== 'confirmation') return false;
  return question.purpose.type === 'cancel' || question.purpose.type === 'restart';
}

/** True where a state, or one inside it, may have acted outside. */
export function hasActed(state: SessionState, scope: Scope, stateId: StateId): boolean {
  const node = scope.nodes[stateId];
  if (!node) return false;
  if (node.effectDone === true) return true;
  // What a state that is done held has been dropped.
  if (node.inner !== true || node.status === 'done') return false;
  return [...scopesInside(state, scope.id, new Set([stateId]))].some((id) =>
    Object.values(scopeOf(state, id).nodes).some(({ effectDone }) => effectDone === true),
  );
}

/** What the workflow of a scope was begun with. */
export function inputAt(state: SessionState, scopeId: ScopeId): JsonObject {
  const child = scopesOutwards(state, scopeId).find(({ kind }) => kind === 'subjourney');
  return child ? (child.input ?? {}) : state.initialInput;
}

/** The workflow variables that a scope reads and writes: its own workflow's. */
export function variablesAt(state: SessionState, scopeId: ScopeId): Record<string, JsonValue> {
  const workflow = scopesOutwards(state, scopeId).find(({ kind }) => kind === 'subjourney');
  return workflow?.variables ?? state.variables;
}

/** Sets variables, whatever they are called. */
export function assign(variables: Record<string, JsonValue>, values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) setOwn(variables, name, value);
}

/** The node of a state, made where there is none, with this status now. */
export function setStatus(scope: Scope, id: StateId, status: NodeState['status']): NodeState {
  const found = (scope.nodes[id] ??= { status, attempts: 0 });
  found.status = status;
  return found;
}
