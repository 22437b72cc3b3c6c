/** What {@link runUntilSignal} needs of a process; tests give another. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  exit(code: number): void;
}

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
type StopSignal = keyof typeof SIGNAL_NUMBERS;
const SIGNALS = Object.keys(SIGNAL_NUMBERS) as StopSignal[];

/** Shells report a process ended by a signal as 128 + its number. */
const SIGNAL_EXIT_BASE = 128;

/**
 * Waits for SIGTERM or SIGINT, then stops. Resolves with the signal once `stop` is done, so that
 * the process can end by itself; rejects with `stop`'s error. A second signal exits at once.
 */
export function runUntilSignal(
  stop: (signal: StopSignal) => Promise<void>,
  source: SignalSource = process,
): Promise<StopSignal> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const onSignal = (received: NodeJS.Signals): void => {
      const signal = received as StopSignal;
      if (stopping) {
        source.exit(SIGNAL_EXIT_BASE + SIGNAL_NUMBERS[signal]);
        return;
      }
      stopping = true;
      stop(signal)
        .then(() => resolve(signal), reject)
        .finally(() => {
          for (const name of SIGNALS) source.off(name, onSignal);
        });
    };
    for (const name of SIGNALS) source.on(name, onSignal);
  });
}
