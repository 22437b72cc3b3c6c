import { clearTimeout, setTimeout } from 'node:timers';
import { parentPort, workerData } from 'node:worker_threads';
import { loadEvaluator } from './evaluate.mjs';

/** A thread that evaluates one request after another; it is ended from outside when one overruns. */
if (!parentPort) throw new Error('worker.mjs runs as a worker thread only.');
const port = parentPort;
const { evaluate, converse } = await loadEvaluator(workerData.memoryBytes);

let run = 0;
/** @type {{ id: number, answer: import('./protocol.js').SandboxAnswer }[]} */
let answers = [];
let wake = () => {};

/**
 * Has requests made, and waits for the answer to any that is under way; null once the time is over.
 * @param {import('./evaluate.mjs').Waiting} waiting
 */
async function exchange({ calls, withinMs }) {
  if (calls.length > 0) port.postMessage({ calls });
  if (answers.length === 0) {
    await new Promise((/** @type {(value: void) => void} */ resolve) => {
      const timer = setTimeout(resolve, Math.max(0, withinMs));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  return answers.shift() ?? null;
}

port.on('message', (message) => {
  if (message.kind === 'answered') {
    // What comes late is for nobody.
    if (message.run !== run) return;
    answers.push({ id: message.id, answer: message.answer });
    wake();
    return;
  }
  run = message.run;
  answers = [];
  if (message.maxRequests > 0) {
    converse(message, exchange).then((reply) => port.postMessage(reply));
  } else {
    port.postMessage(evaluate(message));
  }
});
port.postMessage('ready');
