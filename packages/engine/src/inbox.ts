/** What arrives while somebody waits for it, in the order of arrival. One taker at a time. */
export interface Inbox<T> {
  put(item: T): void;
  /** The next item, at once or when it comes. */
  take(): Promise<T>;
  /** All that nobody took. */
  drain(): T[];
}

/** An inbox with nothing in it. Unlike a race over all that is under way, its cost is per item. */
export function createInbox<T>(): Inbox<T> {
  let items: T[] = [];
  let next = 0;
  let waiting: ((item: T) => void) | null = null;
  return {
    put(item) {
      if (waiting) {
        const resolve = waiting;
        waiting = null;
        resolve(item);
      } else {
        items.push(item);
      }
    },
    take() {
      if (next < items.length) {
        const item = items[next] as T;
        next += 1;
        if (next === items.length) {
          items = [];
          next = 0;
        }
        return Promise.resolve(item);
      }
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    drain() {
      const rest = items.slice(next);
      items = [];
      next = 0;
      return rest;
    },
  };
}
