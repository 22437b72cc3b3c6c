import { FETCH } from './fetch.mjs';

/**
 * Runs inside the sandbox before the author's code: there is no host function to hold on to, so
 * console output and results are gathered here and fetched as text. Nothing of it is trusted by the
 * host: the author's code may tamper with it, and then harms its own result alone.
 */
export const PRELUDE = `(function (maxStdout, maxResult, maxRequests) {
  'use strict';
  const { parse, stringify } = JSON;
  const lines = [];
  let written = 0;

  const show = (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return value.name + ': ' + value.message;
    if (typeof value === 'object' && value !== null) {
      try { return stringify(value); } catch { return '[object]'; }
    }
    return String(value);
  };
  const log = (...values) => {
    if (written >= maxStdout) return;
    const line = values.map(show).join(' ');
    const room = maxStdout - written;
    lines.push(line.length > room ? line.slice(0, room) + '… (cut off)' : line);
    written += line.length + 1;
  };
  globalThis.console = { log, info: log, warn: log, error: log, debug: log };

  const missing = {
    fetch: 'the operator may switch it on with FUNCTION_FETCH_ENABLED; or use an API block',
    XMLHttpRequest: 'use an API block',
    setTimeout: 'use a Wait block',
    setInterval: 'use a Wait block',
    require: 'only the language itself is at hand',
  };
  for (const name of Object.keys(missing)) {
    globalThis[name] = function () {
      const how = name === 'fetch' ? ' is switched off here; ' : ' is not available in function blocks; ';
      throw new Error(name + how + missing[name]);
    };
  }

  const { calls, answer } = (${FETCH})(maxRequests);

  class ResultError extends Error {}
  const encode = (result) => {
    if (typeof result === 'function' || typeof result === 'symbol') {
      throw new ResultError('The result is a ' + typeof result + '; return a JSON value.');
    }
    let text;
    try {
      text = stringify(result === undefined ? null : result, (key, value) => {
        const type = typeof value;
        if (type !== 'bigint' && type !== 'function' && type !== 'symbol') return value;
        throw new ResultError(
          'The result holds a ' + type + (key === '' ? '' : ' under "' + key + '"') +
          (type === 'bigint' ? '; convert it with Number() or String().' : '; return a JSON value.'));
      });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new ResultError('The result is no JSON value: ' + error.message + '.');
    }
    if (text === undefined) text = 'null';
    if (text.length > maxResult) {
      throw new ResultError('The result is larger than ' + maxResult + ' characters of JSON.');
    }
    return text;
  };

  // Answers have no prototype, lest an Object.prototype.toJSON of the author's rewrites them.
  const failure = (error) => {
    const isError = error instanceof Error;
    let name = 'Error';
    let message = 'unknown';
    let stack = '';
    try {
      name = isError ? String(error.name) : 'Error';
      message = isError ? String(error.message) : show(error);
      stack = isError ? String(error.stack) : '';
    } catch { /* a thrown value that cannot be read */ }
    return stringify({
      __proto__: null,
      ok: false,
      reason: error instanceof ResultError ? 'result' : 'threw',
      name: name.slice(0, 200),
      message: message.slice(0, 2000),
      stack: stack.slice(0, 4000),
      stdout: lines.join('\\n'),
    });
  };
  return {
    calls,
    answer,
    run: async (make, args) => {
      try {
        const json = encode(await make(...parse(args))());
        return stringify({ __proto__: null, ok: true, json, stdout: lines.join('\\n') });
      } catch (error) {
        return failure(error);
      }
    },
  };
})`;

/**
 * The same for conditions, which only ever give true, false or a failure. QuickJS compiles it anew for each
 * condition: with the prelude above one takes 1.5 ms, with this one 0.8 ms.
 */
export const CONDITION_PRELUDE = `(function () {
  'use strict';
  const { parse, stringify } = JSON;
  const log = () => undefined;
  globalThis.console = { log, info: log, warn: log, error: log, debug: log };
  for (const name of ['fetch', 'XMLHttpRequest', 'setTimeout', 'setInterval', 'require']) {
    globalThis[name] = () => { throw new Error(name + ' is not available in conditions'); };
  }
  return {
    test: (make, args) => {
      try {
        return stringify({ __proto__: null, ok: true, truth: make(...parse(args)) === true });
      } catch (error) {
        let name = 'Error', message = 'unknown', stack = '';
        try {
          if (error instanceof Error) {
            [name, message, stack] = [String(error.name), String(error.message), String(error.stack)];
          } else message = typeof error === 'object' ? stringify(error) : String(error);
        } catch { /* a thrown value that cannot be read */ }
        name = name.slice(0, 200);
        message = message.slice(0, 2000);
        stack = stack.slice(0, 4000);
        return stringify({ __proto__: null, ok: false, reason: 'threw', name, message, stack });
      }
    },
  };
})`;
