import { mentionsFetch, type JsonValue } from '@sim/domain';
import type { BlockExecutor } from '@sim/engine';
import { codeFailure, failure, invalidParams, sandboxRefusal } from './failures.js';
import { functionFetch, type FunctionFetchOptions } from './function-fetch.js';
import type { Sandbox } from './sandbox/sandbox.js';

/**
 * `function`: runs JavaScript in the sandbox and gives `{result, stdout}`.
 * Fails with `language_unsupported`, `function_failed`, `timeout`, `memory_exceeded` or `invalid_output`.
 * @param fetching what its `fetch` may do; without it, there is none, and the block reaches nothing outside
 */
export function functionBlock(
  sandbox: Sandbox,
  fetching: FunctionFetchOptions | null = null,
): BlockExecutor {
  return {
    type: 'function',
    sideEffect: fetching ? 'write' : 'none',
    idempotent: true,
    async run(params, context) {
      const { code, language } = params;
      if (typeof language === 'string' && language !== '' && language !== 'javascript') {
        throw failure(context, {
          code: 'language_unsupported',
          message: `Function blocks run JavaScript; this one is written in ${language}.`,
          retryable: false,
        });
      }
      if (typeof code !== 'string') throw invalidParams(context, 'The block has no code.');
      const mayFetch = fetching && mentionsFetch(code) ? functionFetch(fetching, context) : null;
      const reply = await sandbox
        .runFunction(code, context.bindings, context.signal, mayFetch)
        .catch((error: unknown) => {
          throw sandboxRefusal(context, error);
        });
      if (!reply.ok) throw codeFailure(context, 'function_failed', context.blockName, reply);
      const result = JSON.parse(reply.json ?? 'null') as JsonValue;
      return { output: { result, stdout: reply.stdout ?? '' } };
    },
  };
}
