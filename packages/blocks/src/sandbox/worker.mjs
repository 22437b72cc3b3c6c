import { parentPort, workerData } from 'node:worker_threads';
import { loadEvaluator } from './evaluate.mjs';

/** A thread that evaluates one request after another; it is ended from outside when one overruns. */
if (!parentPort) throw new Error('worker.mjs runs as a worker thread only.');
const port = parentPort;
const evaluate = await loadEvaluator(workerData.memoryBytes);
port.on('message', (request) => port.postMessage(evaluate(request)));
port.postMessage('ready');
