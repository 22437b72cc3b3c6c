import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { clearInterval, setInterval } from 'node:timers';
import { ROOT } from './paths.mjs';

const PARENT_CHECK_MS = 250;

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program and resolves to its exit code, 128 + n where a signal ended it.
 *
 * Signals that reach us go on to it, and we stay until it has ended: it says itself how it stops.
 */
export async function runChild(file, args, options = {}) {
  const child = spawn(file, args, { cwd: ROOT, stdio: 'inherit', ...options });
  const passOn = (signal) => child.kill(signal);
  for (const signal of PASSED_ON) process.on(signal, passOn);
  const watch = watchNpm(() => passOn('SIGTERM'));
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
      );
    });
  } finally {
    clearInterval(watch);
    for (const signal of PASSED_ON) process.off(signal, passOn);
  }
}

/**
 * Calls back once npm, which started us, is gone. A signal to npm alone ends it and the shell between us,
 * and never arrives here; without this the task would go on with nobody to stop it.
 */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    onGone();
  }, PARENT_CHECK_MS);
  return watch.unref();
}

/** Runs JavaScript with this same Node. */
export function runNode(script, args, options = {}) {
  return runChild(process.execPath, [script, ...args], options);
}
