import type { XStateMemory, XStateProgress } from './types.js';

/** What an action gets from XState and does with it: the part of `enqueueActions` that is used here. */
export interface XStateScope {
  readonly context: XStateMemory;
  readonly event: { readonly type: string; readonly total?: unknown };
  readonly enqueue: {
    assign(change: Partial<XStateMemory>): void;
    spawnChild(machine: string, options: { readonly id: string }): void;
    stopChild(id: string): void;
    sendParent(event: { readonly type: string }): void;
  };
}

/** `enqueueActions` of XState, which makes an action of a function. */
export type EnqueueActions<Action> = <Params>(
  collect: (scope: XStateScope, params: Params) => void,
) => Action;

interface WayParams {
  readonly ways: readonly string[];
}
interface BodyParams {
  readonly body: string;
}
interface BranchParams extends BodyParams {
  readonly machine: string;
  readonly batchSize: number;
}

interface Memory {
  readonly context: XStateMemory;
}

/**
 * The guards and actions that {@link toXState} names: `setup(xstateImplementations(enqueueActions))`.
 *
 * @param enqueueActions that of the `xstate` package, which so is no dependency of this one
 */
export function xstateImplementations<Action>(enqueueActions: EnqueueActions<Action>) {
  return {
    guards: {
      /** All ways in are decided, and one is taken. */
      isReached: ({ context }: Memory, { ways }: WayParams) =>
        ways.every((id) => context.ways[id] !== undefined) &&
        ways.some((id) => context.ways[id] === 'live'),
      /** No way in was taken, nor will be. */
      isPassedBy: ({ context }: Memory, { ways }: WayParams) =>
        ways.every((id) => context.ways[id] === 'dead'),
      /** A loop has another iteration to come. */
      hasMore: ({ context }: Memory, { body }: BodyParams) => {
        const { total, opened } = progressOf(context, body);
        return opened < total;
      },
      /** Every branch of a parallel is over. */
      isOver: ({ context }: Memory, { body }: BodyParams) => {
        const { total, closed } = progressOf(context, body);
        return closed >= total;
      },
    },
    actions: {
      /** Takes ways. */
      take: enqueueActions(({ context, enqueue }, { ways }: WayParams) => {
        enqueue.assign({ ways: { ...context.ways, ...all(ways, 'live') } });
      }),
      /** Of these ways, those that were not taken never will be. */
      close: enqueueActions(({ context, enqueue }, { ways }: WayParams) => {
        enqueue.assign({ ways: { ...all(ways, 'dead'), ...context.ways } });
      }),
      /** Begins a body: nothing in it is decided but the ways into it. */
      enter: enqueueActions(
        ({ context, enqueue }, { live, open }: { live: string[]; open: string[] }) => {
          const ways = { ...context.ways };
          for (const id of open) Reflect.deleteProperty(ways, id);
          enqueue.assign({ ways: { ...ways, ...all(live, 'live') } });
        },
      ),
      /** Begins a loop or parallel anew: how often it runs is known. */
      plan: enqueueActions(
        ({ context, event, enqueue }, { body, total }: BodyParams & { total: number | null }) => {
          const told = typeof event.total === 'number' ? event.total : 0;
          const progress = { total: total ?? told, opened: 0, closed: 0 };
          enqueue.assign(withProgress(context, body, progress));
        },
      ),
      countIteration: enqueueActions(({ context, enqueue }, { body }: BodyParams) => {
        const progress = progressOf(context, body);
        enqueue.assign(withProgress(context, body, { ...progress, opened: progress.opened + 1 }));
      }),
      /** Starts the first batch of branches, each a machine of its own: `<body>.<index>`. */
      openBranches: enqueueActions(({ context, enqueue }, params: BranchParams) => {
        openBatch({ context, enqueue }, params, progressOf(context, params.body));
      }),
      /** A branch is over: the next batch starts when all of the last are. */
      closeBranch: enqueueActions(({ context, enqueue }, params: BranchParams) => {
        const before = progressOf(context, params.body);
        const progress = { ...before, closed: before.closed + 1 };
        if (progress.closed >= progress.opened) openBatch({ context, enqueue }, params, progress);
        else enqueue.assign(withProgress(context, params.body, progress));
      }),
      /** Stops the branches that still go on. */
      stopBranches: enqueueActions(({ context, enqueue }, { body }: BodyParams) => {
        const { opened } = progressOf(context, body);
        for (let index = 0; index < opened; index += 1) enqueue.stopChild(`${body}.${index}`);
      }),
      /** A branch has come to a response, which ends the workflow around it. */
      tellParent: enqueueActions(({ enqueue }) => {
        enqueue.sendParent({ type: 'responded' });
      }),
    },
  };
}

function openBatch(
  { context, enqueue }: Pick<XStateScope, 'context' | 'enqueue'>,
  { body, machine, batchSize }: BranchParams,
  progress: XStateProgress,
): void {
  const opened = Math.min(progress.total, progress.opened + batchSize);
  enqueue.assign(withProgress(context, body, { ...progress, opened }));
  for (let index = progress.opened; index < opened; index += 1) {
    enqueue.spawnChild(machine, { id: `${body}.${index}` });
  }
}

function progressOf({ bodies }: XStateMemory, body: string): XStateProgress {
  return bodies[body] ?? { total: 0, opened: 0, closed: 0 };
}

function withProgress(
  { bodies }: XStateMemory,
  body: string,
  progress: XStateProgress,
): Partial<XStateMemory> {
  return { bodies: { ...bodies, [body]: progress } };
}

function all<T>(ids: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(ids.map((id) => [id, value]));
}
