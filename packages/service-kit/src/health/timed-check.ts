/** A check took longer than it may. */
export class CheckTimeoutError extends Error {
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = 'CheckTimeoutError';
    this.timeoutMs = timeoutMs;
  }
}

/** Limits of one check. */
export interface CheckLimits {
  /** How long a check may take. */
  readonly timeoutMs: number;
  /** How long its result holds, so that polling cannot hammer what is checked. */
  readonly cacheMs: number;
  /** Milliseconds, for tests. */
  readonly now: () => number;
}

/**
 * A check with a time-out and a short memory: however often it is asked, it runs once at a time and
 * once per `cacheMs`. A check that hangs is not started anew until it ends.
 */
export function timedCheck<T>(
  check: () => Promise<T>,
  { timeoutMs, cacheMs, now }: CheckLimits,
): () => Promise<T> {
  let result: { readonly value: Promise<T>; readonly until: number } | undefined;
  let running: Promise<T> | undefined;
  return () => {
    if (result !== undefined && now() < result.until) return result.value;
    running ??= start(check).finally(() => {
      running = undefined;
    });
    const value = withTimeout(running, timeoutMs);
    result = { value, until: Infinity };
    const settled = (): void => {
      result = { value, until: now() + cacheMs };
    };
    value.then(settled, settled);
    return value;
  };
}

/** A check may throw before it returns a promise. */
async function start<T>(check: () => Promise<T>): Promise<T> {
  return check();
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CheckTimeoutError(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
