/** Work was not done in its time. */
export class TimeLimitError extends Error {
  readonly limitMs: number;
  constructor(limitMs: number) {
    super(`It took longer than ${limitMs} ms.`);
    this.name = 'TimeLimitError';
    this.limitMs = limitMs;
  }
}

/**
 * Waits for work until it is called off or its time is over, whichever is first; the work is told by its
 * signal. The timer ends with the work: one that ran on for a minute behind each of thousands of blocks a
 * second would hold them all in memory, as `AbortSignal.timeout` does.
 * @throws TimeLimitError, or the reason of the signal
 */
export async function withinLimit<T>(
  signal: AbortSignal,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const callOff = () => limit.abort(signal.reason);
  signal.addEventListener('abort', callOff, { once: true });
  const timer = setTimeout(() => limit.abort(new TimeLimitError(limitMs)), limitMs);
  const aborted = new Promise<never>((_, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error));
  });
  try {
    return await Promise.race([work(limit.signal), aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', callOff);
  }
}
