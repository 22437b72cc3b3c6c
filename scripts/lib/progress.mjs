import { performance } from 'node:perf_hooks';

/** Progress goes to stderr: stdout belongs to the task (`npm run map` is piped into files). */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Does `work`, saying before it what is done and after it how long it took. */
export async function timed(what, work) {
  say(`• ${what} …`);
  const started = performance.now();
  const result = await work();
  say(`✓ ${what} (${seconds(performance.now() - started)})`);
  return result;
}

/** 1234.5 → "1.2 s" */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
