/** Tells a person what is being done and how long it took. */
export interface Progress {
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
  note(text: string): void;
}

/**
 * Progress as lines of text.
 *
 * @param write - is given a line without its end.
 * @param now - milliseconds of a clock that never goes back.
 */
export function lineProgress(
  write: (line: string) => void,
  now: () => number = () => performance.now(),
): Progress {
  return {
    note: write,
    async step(what, work) {
      const started = now();
      try {
        const result = await work();
        write(`✓ ${what} (${duration(now() - started)})`);
        return result;
      } catch (error) {
        write(`✗ ${what} (${duration(now() - started)})`);
        throw error;
      }
    },
  };
}

/** 830 → "830 ms", 2345 → "2.3 s" */
export function duration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
