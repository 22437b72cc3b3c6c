/** How many events a connection may send. */
export interface EventRate {
  /** At once, after a pause. */
  readonly burst: number;
  readonly perSecond: number;
}

/** More than a person does, or a page that shows many sessions and comes back; less than a flood. */
export const DEFAULT_EVENT_RATE: EventRate = { burst: 100, perSecond: 20 };

/** Counts the events of one connection: `take` is false for one too many. */
export interface EventBudget {
  take(): boolean;
  /** Refused in a row. */
  readonly refused: number;
}

/** A bucket that fills as time goes by. @param now milliseconds, monotonic */
export function createEventBudget(
  { burst, perSecond }: EventRate,
  now: () => number = () => performance.now(),
): EventBudget {
  let left = burst;
  let refused = 0;
  let at = now();
  return {
    take: () => {
      const time = now();
      left = Math.min(burst, left + ((time - at) / 1000) * perSecond);
      at = time;
      if (left < 1) {
        refused += 1;
        return false;
      }
      left -= 1;
      refused = 0;
      return true;
    },
    get refused() {
      return refused;
    },
  };
}
