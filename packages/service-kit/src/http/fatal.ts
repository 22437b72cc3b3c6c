import { ConfigError } from '../config/config-error.js';
import { PortInUseError } from './listen.js';

/**
 * Ends a process that could not start: what its operator can mend is said in plain words, anything else
 * with its stack.
 */
export function reportFatal(error: unknown): void {
  const plain = error instanceof ConfigError || error instanceof PortInUseError;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${plain ? error.message : stack}\n`);
  process.exitCode = 1;
}
