const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof SIGNALS)[number];

/** One Ctrl-C arrives several times: from the terminal, from npm and from the runner. */
const ECHO_MS = 1000;

/** Where signals come from; tests give another. */
export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
}

/**
 * Calls `onFirst` at the first signal that asks to stop, and `onAgain` at one that comes later than an
 * echo of it. The result ends the listening.
 */
export function onStopSignal(
  onFirst: (signal: StopSignal) => void,
  onAgain: () => void,
  source: SignalSource = process,
  now: () => number = Date.now,
): () => void {
  let first: number | null = null;
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      if (first === null) {
        first = now();
        onFirst(signal);
      } else if (now() - first > ECHO_MS) {
        onAgain();
      }
    };
    source.on(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) source.off(signal, listener);
  };
}
