/** Puts what is to be done with one thing in a line, in the order of coming; other things do not wait. */
export interface Lines {
  /**
   * Does the work when all that came before it for this thing is done, or after `patienceMs` all the same.
   */
  inTurn<T>(thing: string, patienceMs: number, work: () => Promise<T>): Promise<T>;
}

/** Lines without anybody in them; one that is empty takes no room. */
export function createLines(): Lines {
  const ends = new Map<string, Promise<void>>();
  return {
    async inTurn(thing, patienceMs, work) {
      const before = ends.get(thing);
      let leave: () => void = () => undefined;
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      const end = before ? before.then(() => left) : left;
      ends.set(thing, end);
      try {
        if (before) await atMost(before, patienceMs);
        return await work();
      } finally {
        leave();
        if (ends.get(thing) === end) ends.delete(thing);
      }
    },
  };
}

async function atMost(wait: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([wait, patience]);
  } finally {
    clearTimeout(timer);
  }
}
