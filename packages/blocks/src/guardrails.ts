import type { JsonObject } from '@sim/domain';
import type { BlockContext, BlockExecutor } from '@sim/engine';
import { invalidParams } from './failures.js';
import { checkHallucination } from './guardrails/hallucination.js';
import { checkJson } from './guardrails/json.js';
import { checkPii } from './guardrails/pii.js';
import { checkRegex } from './guardrails/regex.js';
import { readText } from './model/model-params.js';
import type { Model } from './model/model.js';
import type { Sandbox } from './sandbox/sandbox.js';

/** What guardrails work with. */
export interface GuardrailsOptions {
  readonly sandbox: Sandbox;
  /** Null where none is configured: hallucinations cannot be checked then. */
  readonly model: Model | null;
}

/** A check of a text: `passed`, and what else it found. */
type Check = (input: string, params: JsonObject, context: BlockContext) => Promise<JsonObject>;

/**
 * `guardrails`: checks `input` as `validationType` says and gives `{passed, validationType, input, …}`.
 * A text that does not pass is a result; a check that cannot be made is a failure: `invalid_params`,
 * `input_too_large`, `timeout`, `model_not_configured`, or as the model or the sandbox does.
 */
export function guardrailsBlock({ sandbox, model }: GuardrailsOptions): BlockExecutor {
  const checks = new Map<string, Check>([
    ['json', (input) => Promise.resolve(checkJson(input))],
    ['regex', (input, params, context) => checkRegex(input, params, context, sandbox)],
    ['pii', checkPii],
    [
      'hallucination',
      (input, params, context) => checkHallucination(input, params, context, model),
    ],
  ]);
  return {
    type: 'guardrails',
    sideEffect: 'none',
    idempotent: true,
    async run(params, context) {
      const { validationType } = params;
      const type = typeof validationType === 'string' ? validationType.trim() : '';
      const check = checks.get(type);
      if (check === undefined) {
        const known = [...checks.keys()].join(', ');
        throw invalidParams(context, `The validation type must be one of ${known}.`);
      }
      const input = readText(context, 'input', params.input);
      const found = await check(input, params, context);
      return { output: { validationType: type, input, ...found } };
    },
  };
}
