import type { Progress } from './progress.js';

/** Things that were started, to be stopped in the opposite order. */
export interface Lifecycle {
  /** Does one thing, reporting it; what it gives to stop is stopped before everything started earlier. */
  step<T>(
    what: string,
    start: (onStop: (stop: () => Promise<void>) => void) => Promise<T>,
  ): Promise<T>;
  /** Stops everything, also after a failure. May be called twice. @throws AggregateError */
  stop(): Promise<void>;
}

/** A lifecycle with nothing started. */
export function createLifecycle(progress: Progress): Lifecycle {
  const stops: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  return {
    step: (what, start) => progress.step(what, () => start((stop) => stops.push(stop))),
    stop: () => (stopping ??= stopAll(stops)),
  };
}

async function stopAll(stops: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops.reverse()) {
    await stop().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be stopped.');
}
