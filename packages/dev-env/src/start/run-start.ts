import { ConfigError, PortInUseError, type Environment } from '@sim/service-kit';
import { EmbeddedPostgresError } from '../postgres/errors.js';
import { banner } from './banner.js';
import { StartError } from './errors.js';
import { duration, lineProgress } from './progress.js';
import type { Services } from './services.js';
import { START_USAGE, startSettings } from './settings.js';
import { startSystem } from './system.js';
import { onStopSignal, type SignalSource } from './stop-signal.js';

/** What `npm start` needs from outside. */
export interface StartOptions {
  readonly env: Environment;
  /** The root of the repository. */
  readonly folder: string;
  readonly samplesDir: string;
  readonly services: Services;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly signals: SignalSource;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

const IMPATIENT = 130;

/**
 * `npm start`: starts everything, says where it is, and stops everything at a signal.
 *
 * @returns the exit code, once nothing runs any more.
 */
export async function runStart(args: readonly string[], options: StartOptions): Promise<number> {
  if (args.includes('--help')) {
    options.out(`${START_USAGE}\n`);
    return 0;
  }
  const began = performance.now();
  const stop = new AbortController();
  const unlisten = onStopSignal(
    () => stop.abort(),
    () => options.exit(IMPATIENT),
    options.signals,
  );
  try {
    const progress = lineProgress((line) => options.out(`${line}\n`));
    const system = await startSystem({
      settings: startSettings(args, options.env, options.folder),
      env: options.env,
      services: options.services,
      samplesDir: options.samplesDir,
      signal: stop.signal,
      progress,
    });
    options.out(banner({ ...system.facts, readyAfter: duration(performance.now() - began) }));
    await aborted(stop.signal);
    options.out('\n');
    await progress.step('Stopped', () => system.stop());
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    options.err(`\n${explain(error)}\n`);
    return 1;
  } finally {
    unlisten();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What a person can mend is said without a stack. */
function explain(error: unknown): string {
  const plain = [StartError, EmbeddedPostgresError, ConfigError, PortInUseError];
  if (!(error instanceof Error)) return String(error);
  return plain.some((kind) => error instanceof kind)
    ? error.message
    : (error.stack ?? error.message);
}
