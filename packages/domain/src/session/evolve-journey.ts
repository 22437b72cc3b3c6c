import type { StateId } from '../journey/types.js';
import { copy } from './copy.js';
import { assign, scopeOf, setStatus } from './scopes.js';
import type { JourneyChanged, Scope, ScopeChange, SessionState } from './types.js';

/** Applies the move to another version of the journey, which has found out what it changes. */
export function changeJourney(state: SessionState, event: JourneyChanged): void {
  for (const change of event.scopes) changeScope(scopeOf(state, change.scopeId), change);
  state.questions = copy(event.questions);
  state.variables = {};
  assign(state.variables, event.variables);
  // What was said before asked for something else.
  if (event.putAnew) state.lastMessages = [];
}

function changeScope(scope: Scope, change: ScopeChange): void {
  const gone = new Set(change.gone);
  for (const id of gone) {
    Reflect.deleteProperty(scope.nodes, id);
    Reflect.deleteProperty(scope.outputs, id);
    if (scope.echoes) Reflect.deleteProperty(scope.echoes, id);
  }
  scope.order = scope.order.filter((id) => !gone.has(id));
  for (const [id, node] of Object.entries(scope.nodes) as [StateId, Scope['nodes'][StateId]][]) {
    if (node.echoed) node.echoed = node.echoed.filter((inner) => !gone.has(inner));
    if (node.status !== 'skipped') continue;
    // That it acted before it was gone back past stays known.
    if (node.effectDone === true) node.status = 'undone';
    else Reflect.deleteProperty(scope.nodes, id);
  }
  for (const id of change.skipped) setStatus(scope, id, 'skipped');
  scope.edges = { ...change.edges };
  Object.assign(scope.outputs, copy(change.outputs));
}
