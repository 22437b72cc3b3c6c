import { isJsonObject, setOwn, type JsonObject, type JsonValue } from '@sim/domain';
import type { BlockContext, BlockExecutor, BlockOutput } from '@sim/engine';
import { codeFailure, invalidParams, sandboxRefusal } from './failures.js';
import { parseJson } from './json-text.js';
import type { Sandbox } from './sandbox/sandbox.js';

/**
 * `loop`: what it goes over, `{items}`, or whether its condition is true for the next iteration,
 * `{goesOn}`. Fails with `invalid_params` where the items are neither a list nor a record, and as
 * `condition` does where the condition throws.
 */
export function loopBlock(sandbox: Sandbox): BlockExecutor {
  return {
    type: 'loop',
    sideEffect: 'none',
    idempotent: true,
    run: (params, context) =>
      typeof params.condition === 'string'
        ? checkCondition(sandbox, params.condition, context)
        : Promise.resolve({ output: { items: readItems(params.items ?? null, context) } }),
  };
}

/** `parallel`: the items that its branches run for, `{items}`. Fails with `invalid_params`. */
export function parallelBlock(): BlockExecutor {
  return {
    type: 'parallel',
    sideEffect: 'none',
    idempotent: true,
    run: (params, context) =>
      Promise.resolve({ output: { items: readItems(params.items ?? null, context) } }),
  };
}

async function checkCondition(
  sandbox: Sandbox,
  condition: string,
  context: BlockContext,
): Promise<BlockOutput> {
  const reply = await sandbox
    .firstTrue([condition], context.bindings, context.signal)
    .catch((error: unknown) => {
      throw sandboxRefusal(context, error);
    });
  if (!reply.ok) throw codeFailure(context, 'condition_failed', 'The condition', reply);
  return { output: { goesOn: reply.index === 0 } };
}

/**
 * A list as it is, a record as its entries, `[key, value]`; JSON text of either. What a block that never
 * ran would have given is null: nothing to go over.
 */
function readItems(given: JsonValue, context: BlockContext): readonly JsonValue[] {
  const value = typeof given === 'string' ? (parseJson(given) ?? given) : given;
  if (value === null) return [];
  if (Array.isArray(value)) return value as readonly JsonValue[];
  if (isJsonObject(value)) return Object.entries(value).map(([key, item]) => [key, item]);
  const shown = JSON.stringify(given).slice(0, 100);
  throw invalidParams(
    context,
    `"${context.blockName}" goes over a list or a record, which ${shown} is not.`,
  );
}

/**
 * `workflow` and `workflow_input`: what a child workflow is called with, `{input}`: the fields of
 * `inputMapping`, or of `input`, which the child reads as `<start.input>` too.
 */
export function callBlock(type: 'workflow' | 'workflow_input'): BlockExecutor {
  return {
    type,
    sideEffect: 'none',
    idempotent: true,
    run: (params) => Promise.resolve({ output: { input: readInput(params) } }),
  };
}

function readInput({ inputMapping, input }: JsonObject): JsonObject {
  const mapping = asStructure(inputMapping ?? null);
  if (isJsonObject(mapping)) return mapping;
  const value = asStructure(input ?? null);
  if (value === null || value === '') return {};
  const given: Record<string, JsonValue> = { input: value };
  if (isJsonObject(value))
    for (const [key, item] of Object.entries(value)) setOwn(given, key, item);
  return given;
}

function asStructure(value: JsonValue): JsonValue {
  return typeof value === 'string' ? (parseJson(value) ?? value) : value;
}
