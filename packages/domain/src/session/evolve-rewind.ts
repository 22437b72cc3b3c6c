import type { JsonValue } from '../json.js';
import type { StateId } from '../journey/types.js';
import {
  assign,
  dropInside,
  hasActed,
  scopeOf,
  scopesOutwards,
  setStatus,
  variablesAt,
} from './scopes.js';
import type { Scope, SessionEvent, SessionState } from './types.js';

/** Takes back what was gone back past; what acted outside stays known. */
export function rewind(
  state: SessionState,
  event: Extract<SessionEvent, { type: 'rewound' }>,
): void {
  const scope = scopeOf(state, event.scopeId);
  const reset = new Set(event.reset);
  const acted = event.reset.filter((id) => hasActed(state, scope, id));
  dropInside(state, event.scopeId, reset);
  for (const id of event.reset) {
    forgetEchoes(scope, id);
    Reflect.deleteProperty(scope.nodes, id);
    Reflect.deleteProperty(scope.outputs, id);
  }
  // A side effect that happened stays known: doing it again asks first.
  for (const id of acted) setStatus(scope, id, 'undone').effectDone = true;
  for (const id of event.edges) Reflect.deleteProperty(scope.edges, id);
  const gone = ({ scopeId, stateId }: { scopeId: string; stateId: StateId }) =>
    scopeId === event.scopeId && reset.has(stateId);
  state.questions = state.questions.filter((question) => !gone(question));
  state.runs = keep(state.runs, (run) => !gone(run));
  state.timers = keep(state.timers, (timer) => !gone(timer));
  scope.order = scope.order.filter((id) => !reset.has(id));
  const variables = variablesAt(state, scope.id);
  for (const name of Object.keys(variables)) Reflect.deleteProperty(variables, name);
  assign(variables, event.variables);
  replayVariables(state, scope, variables);
}

/** What stands in a loop that is undone has not run. */
function forgetEchoes(scope: Scope, id: StateId): void {
  const { echoed, progress } = scope.nodes[id] ?? {};
  for (const inner of echoed ?? Object.keys(progress?.echoedBy ?? {})) {
    if (scope.echoes) Reflect.deleteProperty(scope.echoes, inner);
  }
}

/** Sets again what the blocks that are still done set, those of the whole workflow of a scope. */
function replayVariables(
  state: SessionState,
  scope: Scope,
  variables: Record<string, JsonValue>,
): void {
  const outer = scopesOutwards(state, scope.id);
  const edge = outer.findIndex(({ kind }) => kind === 'subjourney' || kind === 'root');
  const around = outer.slice(0, edge + 1).reverse();
  const concurrent = Object.values(state.scopes).filter((other) => !around.includes(other));
  const inWorkflow = ({ id }: Scope) => variablesAt(state, id) === variables;
  for (const { order, nodes } of [...around, ...concurrent.filter(inWorkflow)]) {
    for (const id of order) assign(variables, nodes[id]?.variables ?? {});
    for (const node of Object.values(nodes)) {
      if (node.inner === true && node.status !== 'done') assign(variables, node.variables ?? {});
    }
  }
}

function keep<T>(record: Record<string, T>, test: (value: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => test(value)));
}
