/* global WebAssembly */
import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core';
import releaseSync from '@jitl/quickjs-wasmfile-release-sync';
import { CONDITION_PRELUDE, PRELUDE } from './prelude.mjs';

/**
 * @import { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSSyncVariant } from 'quickjs-emscripten-core'
 * @import { SandboxAnswer, SandboxCall, SandboxReply, SandboxRequest } from './protocol.js'
 */

/** Under the name of this file the author's lines stand in stack traces. */
const FILE = 'function.js';
const PRELUDE_FILE = 'prelude.js';
const PAGE_BYTES = 64 * 1024;
/** QuickJS itself and the copies made on the way in and out. */
const OVERHEAD_BYTES = 16 * 1024 * 1024;
const STACK_BYTES = 256 * 1024;

/**
 * What a run waits for: requests to make, and how long it may wait for an answer to one of those that are
 * under way.
 * @typedef {{ calls: SandboxCall[], withinMs: number }} Waiting
 */
/**
 * Steps of a run: it stops where it waits, goes on with an answer (null once the time is over), and ends with
 * its reply.
 * @typedef {Generator<Waiting, SandboxReply, { id: number, answer: SandboxAnswer } | null>} Steps
 */

/**
 * Loads QuickJS. `evaluate` and `converse` run one request at a time, each in a runtime of its own with no
 * host object in it. The memory it may ever take is limited twice: by QuickJS and by the WebAssembly
 * memory's own maximum. A run whose code may make requests is conversed with: what the code asks for is
 * fetched from the sandbox as text, and answered the same way.
 * @param {number} memoryBytes
 */
export async function loadEvaluator(memoryBytes) {
  const wasmMemory = new WebAssembly.Memory({
    initial: OVERHEAD_BYTES / PAGE_BYTES,
    maximum: Math.ceil((memoryBytes + OVERHEAD_BYTES) / PAGE_BYTES),
  });
  // The package's types are those of its CommonJS build, where the variant is one level deeper.
  const variant = /** @type {QuickJSSyncVariant} */ (/** @type {unknown} */ (releaseSync));
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }));
  /**
   * @param {SandboxRequest} request
   * @returns {Steps}
   */
  function* steps(request) {
    const runtime = quickjs.newRuntime();
    try {
      const reply = yield* runIn(runtime, memoryBytes, request);
      runtime.dispose();
      // Memory never shrinks: a module that has grown large is better replaced.
      const worn = wasmMemory.buffer.byteLength > (memoryBytes + OVERHEAD_BYTES) / 2;
      if (!worn) return reply;
      // With no room left for an error, QuickJS throws null.
      const starved = !reply.ok && reply.reason === 'threw' && reply.message === 'null';
      return { ...reply, ...(starved && memoryReason('out of memory')), broken: true };
    } catch (error) {
      // The host's own stack or the module gave way; nothing in it can be relied upon any more.
      return { ...gaveWay(error), broken: true };
    }
  }
  /**
   * @param {SandboxRequest} request without requests of its own
   * @returns {SandboxReply}
   */
  const evaluate = (request) => {
    const step = steps({ ...request, maxRequests: 0 }).next();
    return step.done ? step.value : failed('unsettled', 'Error', 'It waits for an answer.');
  };
  /**
   * @param {SandboxRequest} request
   * @param {(waiting: Waiting) => Promise<{ id: number, answer: SandboxAnswer } | null>} exchange
   * @returns {Promise<SandboxReply>}
   */
  const converse = async (request, exchange) => {
    const run = steps(request);
    let step = run.next();
    while (!step.done) step = run.next(await exchange(step.value));
    return step.value;
  };
  return { evaluate, converse };
}

/**
 * @param {QuickJSRuntime} runtime
 * @param {number} memoryBytes
 * @param {SandboxRequest} request
 * @returns {Steps}
 */
function* runIn(runtime, memoryBytes, request) {
  runtime.setMemoryLimit(memoryBytes);
  runtime.setMaxStackSize(STACK_BYTES);
  const deadline = Date.now() + request.timeoutMs;
  runtime.setInterruptHandler(() => Date.now() > deadline);
  const context = runtime.newContext();
  try {
    const reply = yield* inHarness(context, request, deadline);
    // Whatever the code made of its interruption: it ran out of time.
    return !reply.ok && Date.now() > deadline ? tookTooLong(request) : reply;
  } finally {
    context.dispose();
  }
}

/** @param {unknown} error */
function gaveWay(error) {
  if (error instanceof RangeError) return failed('threw', 'InternalError', 'stack overflow');
  // QuickJS does not survive every allocation that fails.
  const isMemory = error instanceof WebAssembly.RuntimeError;
  return failed(isMemory ? 'memory' : 'threw', 'Error', String(error));
}

/**
 * @param {QuickJSContext} context
 * @param {SandboxRequest} request
 * @param {number} deadline
 * @returns {Steps}
 */
function* inHarness(context, request, deadline) {
  const harness = compile(context, preludeFor(request), PRELUDE_FILE);
  if ('ok' in harness) return harness;
  try {
    return request.kind === 'function'
      ? yield* callFunction(context, harness, request, deadline)
      : testInOrder(context, harness, request);
  } finally {
    harness.dispose();
  }
}

/** @param {SandboxRequest} request */
function preludeFor({ kind, maxStdout, maxResult, maxRequests = 0 }) {
  if (kind === 'conditions') return `${CONDITION_PRELUDE}()`;
  return `${PRELUDE}(${maxStdout}, ${maxResult}, ${maxRequests})`;
}

/**
 * @param {QuickJSContext} context
 * @param {QuickJSHandle} harness
 * @param {Extract<SandboxRequest, { kind: 'function' }>} request
 * @param {number} deadline
 * @returns {Steps}
 */
function* callFunction(context, harness, request, deadline) {
  // The body is a function inside the one that takes the bindings, so that it may declare their names anew.
  const make = `(function(${request.names.join(',')}){return async function(){${request.code}\n}})`;
  const source = compile(context, make);
  if ('ok' in source) return source;
  const promise = source.consume((handle) => call(context, harness, 'run', handle, request.values));
  if ('ok' in promise) return promise;
  try {
    return yield* settle(context, harness, promise, { request, deadline });
  } finally {
    promise.dispose();
  }
}

/**
 * @param {QuickJSContext} context
 * @param {QuickJSHandle} harness
 * @param {Extract<SandboxRequest, { kind: 'conditions' }>} request
 * @returns {SandboxReply}
 */
function testInOrder(context, harness, request) {
  for (const [index, expression] of request.expressions.entries()) {
    if (expression.trim() === '') continue;
    const make = `(function(${request.names.join(',')}){return Boolean((${expression}\n))})`;
    const source = compile(context, make);
    const reply =
      'ok' in source
        ? source
        : source.consume((handle) => {
            const text = call(context, harness, 'test', handle, request.values);
            return 'ok' in text
              ? text
              : text.consume((answer) => readReply(context, answer, request.maxResult));
          });
    if (!reply.ok) return { ...reply, index };
    if (reply.truth === true) return { ok: true, index };
  }
  return { ok: true, index: null };
}

/**
 * @param {QuickJSContext} context
 * @param {string} code
 * @param {string} [file]
 * @returns {QuickJSHandle | Extract<SandboxReply, { ok: false }>}
 */
function compile(context, code, file = FILE) {
  const result = context.evalCode(code, file, { type: 'global' });
  return result.error ? readError(context, result.error) : result.value;
}

/**
 * @param {QuickJSContext} context
 * @param {QuickJSHandle} harness
 * @param {'run' | 'test' | 'calls' | 'answer'} method
 * @param {QuickJSHandle | null} make
 * @param {string} values
 */
function call(context, harness, method, make, values) {
  const result = context
    .newString(values)
    .consume((text) => context.callMethod(harness, method, make ? [make, text] : [text]));
  return result.error ? readError(context, result.error) : result.value;
}

/**
 * Runs what is due until the promise is settled, and waits for answers while there are any to come.
 * @param {QuickJSContext} context
 * @param {QuickJSHandle} harness
 * @param {QuickJSHandle} promise
 * @param {{ request: SandboxRequest, deadline: number }} run
 * @returns {Steps}
 */
function* settle(context, harness, promise, { request, deadline }) {
  const underWay = new Set();
  for (;;) {
    const jobs = context.runtime.executePendingJobs();
    if (jobs.error) return readError(context, jobs.error);
    const state = context.getPromiseState(promise);
    if (state.type === 'rejected') return readError(context, state.error);
    if (state.type === 'fulfilled') {
      return state.value.consume((answer) => readReply(context, answer, request.maxResult));
    }
    const calls = readCalls(context, harness, request);
    if ('ok' in calls) return calls;
    for (const { id } of calls) underWay.add(id);
    if (underWay.size === 0) {
      return failed('unsettled', 'Error', 'It awaits a promise that nothing ever settles.');
    }
    const arrived = yield { calls, withinMs: deadline - Date.now() };
    if (arrived === null) return tookTooLong(request);
    underWay.delete(arrived.id);
    const given = call(context, harness, 'answer', null, JSON.stringify(arrived));
    if ('ok' in given) return given;
    given.dispose();
  }
}

/**
 * @param {QuickJSContext} context
 * @param {QuickJSHandle} harness
 * @param {SandboxRequest} request
 * @returns {SandboxCall[] | Extract<SandboxReply, { ok: false }>}
 */
function readCalls(context, harness, { maxRequests = 0, maxResult }) {
  if (maxRequests === 0) return [];
  const outbox = call(context, harness, 'calls', null, '');
  if ('ok' in outbox) return outbox;
  const text = outbox.consume((handle) =>
    context.typeof(handle) === 'string' ? context.getString(handle) : '[]',
  );
  if (text.length > maxRequests * maxResult) {
    return failed('result', 'Error', 'The requests of the code are too large.');
  }
  try {
    const calls = JSON.parse(text);
    return Array.isArray(calls) ? calls.slice(0, maxRequests).map(readCall) : [];
  } catch {
    return failed('threw', 'Error', 'The code tampered with its own requests.');
  }
}

/**
 * The host checks what is asked for; here alone its form is seen to.
 * @param {any} call
 * @returns {SandboxCall}
 */
function readCall(call) {
  return {
    id: Number(call?.id),
    url: String(call?.url),
    method: String(call?.method ?? 'GET'),
    headers: call?.headers ?? {},
    body: typeof call?.body === 'string' ? call.body : null,
  };
}

/**
 * @param {QuickJSContext} context
 * @param {QuickJSHandle} answer
 * @param {number} maxResult
 * @returns {SandboxReply}
 */
function readReply(context, answer, maxResult) {
  const text = context.typeof(answer) === 'string' ? context.getString(answer) : '';
  try {
    const reply = JSON.parse(text);
    const stdout = String(reply.stdout ?? '');
    if (reply.ok === true && String(reply.json).length <= maxResult) {
      return { ok: true, json: String(reply.json), stdout, truth: reply.truth === true };
    }
    return {
      ...failed(reply.reason === 'result' ? 'result' : 'threw', reply.name, reply.message),
      ...located(String(reply.stack)),
      ...memoryReason(reply.message),
      stdout,
    };
  } catch {
    // The code got at the harness and put something else in the place of its answer.
    return failed('threw', 'Error', 'The code tampered with its own result.');
  }
}

/**
 * @param {QuickJSContext} context
 * @param {QuickJSHandle} error
 * @returns {Extract<SandboxReply, { ok: false }>}
 */
function readError(context, error) {
  const dumped = error.consume((handle) => context.dump(handle));
  const { name, message, stack } =
    typeof dumped === 'object' && dumped !== null
      ? dumped
      : { name: 'Error', message: String(dumped), stack: '' };
  return {
    ...failed('threw', String(name), String(message)),
    ...located(String(stack)),
    ...memoryReason(message),
  };
}

/** @param {unknown} message */
function memoryReason(message) {
  return message === 'out of memory' ? { reason: /** @type {const} */ ('memory') } : {};
}

/** @param {SandboxRequest} request */
function tookTooLong({ timeoutMs }) {
  return failed('timeout', 'TimeoutError', `It took longer than ${timeoutMs} ms.`);
}

/** @param {string} stack */
function located(stack) {
  const line = /function\.js:(\d+)/.exec(stack)?.[1];
  return { line: line === undefined ? null : Number(line) };
}

/**
 * @param {Extract<SandboxReply, { ok: false }>['reason']} reason
 * @param {string} name
 * @param {string} message
 * @returns {Extract<SandboxReply, { ok: false }>}
 */
function failed(reason, name, message) {
  return {
    ok: false,
    reason,
    name: String(name).slice(0, 200),
    message: String(message).slice(0, 2000),
    line: null,
    stdout: '',
  };
}
