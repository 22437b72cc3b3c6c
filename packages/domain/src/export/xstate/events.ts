import type { Journey } from '../../journey/types.js';
import { graphOf, hasBody, stateOf } from '../../session/graph.js';
import { ROOT_SCOPE } from '../../session/scopes.js';
import type { Scope, ScopeId, SessionEvent } from '../../session/types.js';
import { branchEvent, stateKey } from './names.js';
import { outcomesOf } from './outcomes.js';

/** What moves a machine. */
export interface XStateEvent {
  readonly type: string;
  /** With `plan.…`: how often; null where a condition decides. */
  readonly total?: number | null;
}

/**
 * The event of a machine for one of a session's log, and the scope whose machine is to hear it; null for
 * what moves no machine. A session that is gone back in is another one: its machine is begun anew from the
 * log.
 *
 * @throws UnknownStateError where the event is of another journey
 */
export function xstateEventOf(
  journey: Journey,
  event: SessionEvent,
): { readonly scopeId: ScopeId; readonly event: XStateEvent } | null {
  switch (event.type) {
    case 'node-completed': {
      const { scopeId, stateId, failed, branchId } = event;
      const key = stateKey(stateId);
      const graph = graphOf(journey);
      const { branches } = outcomesOf(graph, stateOf(graph, stateId));
      const isBranch = branchId !== null && branches.has(branchId);
      const done = isBranch ? branchEvent(stateId, branchId) : `done.${key}`;
      return { scopeId, event: { type: failed ? `error.${key}` : done } };
    }
    case 'node-failed': {
      const { scopeId, stateId } = event;
      if (!hasBody(stateOf(graphOf(journey), stateId))) return null;
      return { scopeId, event: { type: `failed.${stateKey(stateId)}` } };
    }
    case 'body-planned': {
      const { scopeId, stateId, total } = event;
      return { scopeId, event: { type: `plan.${stateKey(stateId)}`, total } };
    }
    case 'loop-continued':
      return {
        scopeId: event.scopeId,
        event: { type: `continue.${stateKey(event.stateId)}` },
      };
    case 'scope-opened': {
      const { kind, parent } = event.scope;
      if (kind !== 'subjourney' || !parent) return null;
      return { scopeId: parent.scopeId, event: { type: `call.${stateKey(parent.stateId)}` } };
    }
    case 'failed':
    case 'cancelled':
    case 'expired':
      return { scopeId: ROOT_SCOPE, event: { type: 'cancel' } };
    default:
      return null;
  }
}

/**
 * The id of the machine that stands for a scope, among the children of the one for the scope around it;
 * null for an iteration of a loop and for the root, which have no machine of their own.
 */
export function xstateChildOf({ kind, parent, index }: Scope): string | null {
  if (!parent || kind === 'iteration') return null;
  const key = stateKey(parent.stateId);
  return kind === 'branch' ? `${key}.${index ?? 0}` : key;
}
