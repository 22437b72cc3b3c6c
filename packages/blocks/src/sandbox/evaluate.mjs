/* global WebAssembly */
import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core';
import releaseSync from '@jitl/quickjs-wasmfile-release-sync';
import { PRELUDE } from './prelude.mjs';

/**
 * @import { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSSyncVariant } from 'quickjs-emscripten-core'
 * @import { SandboxReply, SandboxRequest } from './protocol.js'
 */

/** Under the name of this file the author's lines stand in stack traces. */
const FILE = 'function.js';
const PRELUDE_FILE = 'prelude.js';
const PAGE_BYTES = 64 * 1024;
/** QuickJS itself and the copies made on the way in and out. */
const OVERHEAD_BYTES = 16 * 1024 * 1024;
const STACK_BYTES = 256 * 1024;

/**
 * Loads QuickJS. The result runs one request at a time, each in a runtime of its own with no host
 * object in it. The memory it may ever take is limited twice: by QuickJS and by the WebAssembly
 * memory's own maximum.
 * @param {number} memoryBytes
 * @returns {Promise<(request: SandboxRequest) => SandboxReply>}
 */
export async function loadEvaluator(memoryBytes) {
  const wasmMemory = new WebAssembly.Memory({
    initial: OVERHEAD_BYTES / PAGE_BYTES,
    maximum: Math.ceil((memoryBytes + OVERHEAD_BYTES) / PAGE_BYTES),
  });
  // The package's types are those of its CommonJS build, where the variant is one level deeper.
  const variant = /** @type {QuickJSSyncVariant} */ (/** @type {unknown} */ (releaseSync));
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }));
  return (request) => {
    const runtime = quickjs.newRuntime();
    try {
      const reply = runIn(runtime, memoryBytes, request);
      runtime.dispose();
      // Memory never shrinks: a module that has grown large is better replaced.
      const worn = wasmMemory.buffer.byteLength > (memoryBytes + OVERHEAD_BYTES) / 2;
      return worn ? { ...reply, broken: true } : reply;
    } catch (error) {
      // The host's own stack or the module gave way; nothing in it can be relied upon any more.
      const message = error instanceof RangeError ? 'stack overflow' : String(error);
      return {
        ...failed('threw', error instanceof RangeError ? 'InternalError' : 'Error', message),
        broken: true,
      };
    }
  };
}

/**
 * @param {QuickJSRuntime} runtime
 * @param {number} memoryBytes
 * @param {SandboxRequest} request
 * @returns {SandboxReply}
 */
function runIn(runtime, memoryBytes, request) {
  runtime.setMemoryLimit(memoryBytes);
  runtime.setMaxStackSize(STACK_BYTES);
  const deadline = Date.now() + request.timeoutMs;
  runtime.setInterruptHandler(() => Date.now() > deadline);
  const context = runtime.newContext();
  try {
    const reply =
      request.kind === 'function' ? callFunction(context, request) : testInOrder(context, request);
    // Whatever the code made of its interruption: it ran out of time.
    return !reply.ok && Date.now() > deadline
      ? failed('timeout', 'TimeoutError', `It took longer than ${request.timeoutMs} ms.`)
      : reply;
  } finally {
    context.dispose();
  }
}

/**
 * @param {QuickJSContext} context
 * @param {Extract<SandboxRequest, { kind: 'function' }>} request
 * @returns {SandboxReply}
 */
function callFunction(context, request) {
  // The body is a function inside the one that takes the bindings, so that it may declare their names anew.
  const make = `(function(${request.names.join(',')}){return async function(){${request.code}\n}})`;
  return inHarness(context, request, (harness) => {
    const source = compile(context, make);
    if ('ok' in source) return source;
    return source.consume((handle) => {
      const promise = call(context, harness, 'run', handle, request.values);
      if ('ok' in promise) return promise;
      return promise.consume((pending) => settle(context, pending, request.maxResult));
    });
  });
}

/**
 * @param {QuickJSContext} context
 * @param {Extract<SandboxRequest, { kind: 'conditions' }>} request
 * @returns {SandboxReply}
 */
function testInOrder(context, request) {
  return inHarness(context, request, (harness) => {
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
  });
}

/**
 * @param {QuickJSContext} context
 * @param {SandboxRequest} request
 * @param {(harness: QuickJSHandle) => SandboxReply} use
 * @returns {SandboxReply}
 */
function inHarness(context, request, use) {
  const prelude = compile(
    context,
    `${PRELUDE}(${request.maxStdout}, ${request.maxResult})`,
    PRELUDE_FILE,
  );
  return 'ok' in prelude ? prelude : prelude.consume(use);
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
 * @param {'run' | 'test'} method
 * @param {QuickJSHandle} make
 * @param {string} values
 */
function call(context, harness, method, make, values) {
  const result = context
    .newString(values)
    .consume((text) => context.callMethod(harness, method, [make, text]));
  return result.error ? readError(context, result.error) : result.value;
}

/**
 * @param {QuickJSContext} context
 * @param {QuickJSHandle} promise
 * @param {number} maxResult
 * @returns {SandboxReply}
 */
function settle(context, promise, maxResult) {
  const jobs = context.runtime.executePendingJobs();
  if (jobs.error) return readError(context, jobs.error);
  const state = context.getPromiseState(promise);
  if (state.type === 'pending') {
    return failed('unsettled', 'Error', 'It awaits a promise that nothing ever settles.');
  }
  if (state.type === 'rejected') return readError(context, state.error);
  return state.value.consume((answer) => readReply(context, answer, maxResult));
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
