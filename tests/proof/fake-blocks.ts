import { canonical, digest, isList, isRecord, own, recordOf, type Json } from './json.js';
import type { JsonRecord } from './json.js';
import { evaluate, isTrue } from './tiny-code.js';

/** Why a block failed. */
export interface Failure {
  /** Stable: `scripted`, `code_failed`, `condition_failed`, `unknown_field`, `no_route`, … */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** One attempt at a block, its references resolved. */
export interface FakeCall {
  readonly type: string;
  readonly params: JsonRecord;
  /** Values of the names in the code of `function` and `condition`. */
  readonly bindings: JsonRecord;
  /** From 1. */
  readonly attempt: number;
}

export type FakeOutcome =
  | {
      readonly ok: true;
      readonly output: Json;
      /** Of a condition: the branch that is taken, null for none. */
      readonly branchId?: string | null;
      /** Workflow variables that it sets. */
      readonly variables?: JsonRecord;
    }
  | { readonly ok: false; readonly failure: Failure };

/** Parameters by which a block is told to fail; they do not show in its output. */
const SCRIPT = new Set(['failTimes', 'retryable']);

/**
 * What a block of the proof does, on both sides: it gives back what it was given, so that every value
 * that went astray shows. `failTimes: n` makes its first n attempts fail, `retryable` says how.
 */
export function fakeBlock(call: FakeCall): FakeOutcome {
  const { type, params, attempt } = call;
  const failTimes = own(params, 'failTimes');
  if (typeof failTimes === 'number' && attempt <= failTimes) {
    const retryable = own(params, 'retryable') === true;
    return failed('scripted', `${type} fails ${failTimes} times`, retryable);
  }
  switch (type) {
    case 'condition':
      return fakeCondition(call);
    case 'function':
      return fakeFunction(call);
    case 'variables':
      return fakeVariables(params);
    case 'agent':
      return done({
        content: digest(seen(params)),
        model: 'fake',
        tokens: 1,
        toolCalls: [],
        cost: 0,
      });
    case 'api':
      return done({
        data: { echo: digest(seen(params)), list: [1, 'x'] },
        status: 200,
        headers: {},
      });
    case 'response':
      return done({ data: seen(params), status: 200, headers: {} });
    default:
      return done({ echo: digest(seen(params)), type });
  }
}

function done(output: Json): FakeOutcome {
  return { ok: true, output };
}

function failed(code: string, message: string, retryable = false): FakeOutcome {
  return { ok: false, failure: { code, message, retryable } };
}

function seen(params: JsonRecord, ...without: string[]): JsonRecord {
  const shown = Object.entries(params).filter(
    ([key, value]) => value !== null && !SCRIPT.has(key) && !without.includes(key),
  );
  return recordOf(shown);
}

const LARGEST = 300;

/** Values that are made of values double from block to block, if nothing stops them. */
function bounded(value: Json): Json {
  return canonical(value).length <= LARGEST ? value : digest(value);
}

function fakeFunction({ params, bindings }: FakeCall): FakeOutcome {
  const code = own(params, 'code');
  const value = evaluate(typeof code === 'string' ? code : '', bindings);
  if (!value.ok) return failed('code_failed', value.message);
  const others = seen(params, 'code');
  return done({
    result: bounded(value.value),
    stdout: canonical(others) === '{}' ? '' : digest(others),
  });
}

function fakeCondition({ params, bindings }: FakeCall): FakeOutcome {
  const branches = own(params, 'branches');
  for (const branch of isList(branches) ? branches : []) {
    const id = own(branch, 'id');
    const branchId = typeof id === 'string' ? id : '';
    const expression = own(branch, 'expression');
    // A branch that could not be resolved matters only when it is come to; each side words it its own way.
    if (typeof own(branch, 'unresolved') === 'string') {
      return failed('condition_failed', 'A reference names no field');
    }
    if (typeof expression !== 'string') return chose(branchId, true);
    const value = evaluate(expression, bindings);
    if (!value.ok) return failed('condition_failed', value.message);
    if (isTrue(value.value)) return chose(branchId, true);
  }
  return chose(null, false);
}

function chose(branchId: string | null, conditionResult: boolean): FakeOutcome {
  const output = { conditionResult, selectedPath: branchId === null ? null : {} };
  return { ok: true, branchId, output: { ...output, selectedOption: branchId } };
}

function fakeVariables(params: JsonRecord): FakeOutcome {
  const list = own(params, 'variables');
  const assigned: [string, Json][] = [];
  for (const item of isList(list) ? list : []) {
    const name = own(item, 'variableName');
    if (typeof name === 'string') assigned.push([name, bounded(own(item, 'value') ?? null)]);
  }
  const variables = recordOf(assigned);
  return { ok: true, output: variables, variables };
}

/** Outputs of the blocks that no executor runs. */
export const FAKE_OUTPUTS = {
  /** A form's answers stand at the top and under both of its names. */
  form: (answers: JsonRecord): Json => ({
    response: { ...answers },
    submission: { ...answers },
    ...answers,
  }),
  /** Beside the time at which it went on. */
  wait: (): Json => ({ status: 'completed' }),
  route: (routeId: string, title: string): Json => ({
    selectedRoute: routeId,
    selectedPath: { blockId: routeId, blockTitle: title },
  }),
  child: (childName: string, result: Json): Json => ({
    success: true,
    childWorkflowName: childName,
    result,
  }),
  error: (failure: Failure): Json => ({ error: failure.message }),
};

export type FakeOutputs = typeof FAKE_OUTPUTS;

/** The entries of a collection: a list's items, or a record's pairs; null where it is neither. */
export function entriesOf(value: Json): readonly Json[] | null {
  if (value === null || value === '') return [];
  if (isList(value)) return value;
  if (isRecord(value)) return Object.entries(value).map(([key, item]) => [key, item]);
  return null;
}
