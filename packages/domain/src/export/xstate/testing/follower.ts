import {
  createActor,
  enqueueActions,
  setup,
  type Actor,
  type AnyActorRef,
  type AnyStateMachine,
} from 'xstate';
import type { Journey, StateId } from '../../../journey/types.js';
import { graphOf, bodyOf, type JourneyGraph } from '../../../session/graph.js';
import { scopeOf } from '../../../session/scopes.js';
import type { Scope, ScopeId, SessionEvent, SessionState } from '../../../session/types.js';
import { xstateChildOf, xstateEventOf } from '../events.js';
import { xstateImplementations, type EnqueueActions } from '../implementations.js';
import { branchMachine, stateKey } from '../names.js';
import { toXState } from '../to-xstate.js';
import type { XStateExport, XStateNode } from '../types.js';

/** What XState itself makes of an export that was stored as text. */
export function machineOf(exported: XStateExport): AnyStateMachine {
  const { config, machines } = JSON.parse(JSON.stringify(exported)) as XStateExport;
  const actors: Record<string, AnyStateMachine> = {};
  const implementations = xstateImplementations(
    enqueueActions as unknown as EnqueueActions<object>,
  );
  const maker = setup({ ...(implementations as object), actors });
  const make = (node: object): AnyStateMachine => maker.createMachine(node);
  for (const [name, node] of Object.entries(machines)) actors[name] = make(node);
  return make(config);
}

/** How far a state is, in words that a session and a machine share. */
export type Standing = 'open' | 'active' | 'over' | 'skipped';

/** The value of a state that has others in it. */
type Value = string | { readonly [key: string]: Value };

/** Machines that are told a session's log, each scope's events to the machine that stands for it. */
export class Follower {
  readonly #journey: Journey;
  readonly #graph: JourneyGraph;
  readonly #exported: XStateExport;
  readonly #root: Actor<AnyStateMachine>;
  readonly #machines = new Map<ScopeId, AnyActorRef>();

  constructor(journey: Journey) {
    this.#journey = journey;
    this.#graph = graphOf(journey);
    this.#exported = toXState(journey);
    this.#root = createActor(machineOf(this.#exported));
    this.#root.start();
  }

  get value(): unknown {
    const { value } = this.#root.getSnapshot() as { value: unknown };
    return value;
  }

  stop(): void {
    this.#root.stop();
  }

  hear(event: SessionEvent): void {
    const told = xstateEventOf(this.#journey, event);
    if (told) this.#machineAt(told.scopeId).send(told.event);
    if (event.type === 'scope-opened') this.#open(event.scope);
  }

  #open(scope: Scope): void {
    const around = scope.parent ? this.#machineAt(scope.parent.scopeId) : this.#root;
    const id = xstateChildOf(scope);
    const { children } = around.getSnapshot() as { children: Record<string, AnyActorRef> };
    const machine = id === null ? around : children[id];
    if (!machine) throw new TypeError(`No machine runs for ${id}`);
    this.#machines.set(scope.id, machine);
  }

  #machineAt(scopeId: ScopeId): AnyActorRef {
    const machine = this.#machines.get(scopeId);
    if (!machine) throw new TypeError(`No machine stands for ${scopeId}`);
    return machine;
  }

  /**
   * How the machine has the states of a scope. A plain machine knows but which one is active: the others
   * are null.
   */
  standings(state: SessionState, scope: Scope): Record<StateId, Standing | null> {
    const [value, node] = this.#bodyAt(state, scope);
    const ids = bodyOf(this.#graph, scope);
    return Object.fromEntries(
      ids.map((id) => [
        id,
        node.type === 'parallel'
          ? standingOf(part(value, stateKey(id)))
          : nameOf(value) === stateKey(id)
            ? 'active'
            : null,
      ]),
    );
  }

  #bodyAt(state: SessionState, scope: Scope): [Value, XStateNode] {
    if (scope.kind !== 'iteration' || !scope.parent) {
      const { value } = this.#machineAt(scope.id).getSnapshot() as { value: Value };
      return [part(value, 'running'), below(this.#configOf(scope), 'running')];
    }
    const key = stateKey(scope.parent.stateId);
    const [value, node] = this.#bodyAt(state, scopeOf(state, scope.parent.scopeId));
    const path = node.type === 'parallel' ? [key, 'active', 'iteration'] : [key, 'iteration'];
    return [path.reduce(part, value), path.reduce(below, node)];
  }

  #configOf({ kind, child, parent }: Scope): XStateNode {
    const { config, machines } = this.#exported;
    if (kind === 'root') return config;
    const name = kind === 'branch' && parent ? branchMachine(parent.stateId) : `child_${child}`;
    const machine = machines[name];
    if (!machine) throw new TypeError(`There is no machine ${name}`);
    return machine;
  }
}

function part(value: Value, key: string): Value {
  const inside = typeof value === 'string' ? undefined : value[key];
  if (inside === undefined) throw new TypeError(`Not in ${key}: ${JSON.stringify(value)}`);
  return inside;
}

function below(node: XStateNode, key: string): XStateNode {
  const inside = node.states?.[key];
  if (!inside) throw new TypeError(`No state ${key}`);
  return inside;
}

function nameOf(value: Value): string | undefined {
  return typeof value === 'string' ? value : Object.keys(value)[0];
}

const STANDINGS: Readonly<Record<string, Standing>> = {
  waiting: 'open',
  active: 'active',
  done: 'over',
  failed: 'over',
  skipped: 'skipped',
};

function standingOf(value: Value): Standing | null {
  return STANDINGS[nameOf(value) ?? ''] ?? null;
}
