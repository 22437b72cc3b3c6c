import { entriesOf, type Failure } from './fake-blocks.js';
import { BAD_COLLECTION } from './failures.js';
import { own, type Json } from './json.js';
import { bindReferences, readStructure } from './raw-references.js';
import type { Interpreter, Outcome, Work } from './reference-interpreter.js';
import type { Scope } from './run-record.js';
import { evaluate, isTrue } from './tiny-code.js';

/** What the editor gives a loop that says nothing else. */
const DEFAULT_COUNT = 5;

/** More iterations than any generated condition allows: a loop that does not end is a fault of the test. */
const MOST_ITERATIONS = 200;

export class EndlessLoop extends Error {}

type Collection = { readonly items: readonly Json[] } | { readonly failure: Failure };

/** `for`, `forEach`, `while` (checked first) and `doWhile` (at least once). */
export function runLoop(interpreter: Interpreter, work: Work): Outcome {
  const { data } = work.block;
  const loopType = own(data, 'loopType') ?? 'for';
  const each = loopType === 'forEach' ? collectionOf(interpreter, work) : null;
  if (each && 'failure' in each) return { kind: 'failed', failure: each.failure };
  const count = each ? each.items.length : countOf(own(data, 'count'));
  const endsBefore = interpreter.ends.length;
  const results: Json[] = [];
  for (let index = 0; ; index += 1) {
    if (index > MOST_ITERATIONS) throw new EndlessLoop(`${work.path} does not end`);
    if (loopType === 'for' || each) {
      if (index >= count) break;
    } else if (loopType === 'while' || index > 0) {
      const held = holds(interpreter, work, loopType === 'while', index);
      if ('failure' in held) return { kind: 'failed', failure: held.failure };
      if (!held.value) break;
    }
    const locals = { kind: 'loop', index, ...(each && itemsAt(each.items, index)) } as const;
    results.push(outputsOf(interpreter.iterate(work, locals)));
    const settled = interpreter.settleContainer(work, endsBefore);
    if (settled) return settled;
  }
  return { kind: 'done', output: { results } };
}

/** By count or over a collection; every branch runs, whatever becomes of the others. */
export function runParallel(interpreter: Interpreter, work: Work): Outcome {
  const { data } = work.block;
  const each = own(data, 'parallelType') === 'collection' ? collectionOf(interpreter, work) : null;
  if (each && 'failure' in each) return { kind: 'failed', failure: each.failure };
  const count = each ? each.items.length : countOf(own(data, 'count'));
  const endsBefore = interpreter.ends.length;
  const results: Json[] = [];
  for (let index = 0; index < count; index += 1) {
    const locals = { kind: 'parallel', index, ...(each && itemsAt(each.items, index)) } as const;
    results.push(outputsOf(interpreter.iterate(work, locals)));
  }
  return interpreter.settleContainer(work, endsBefore) ?? { kind: 'done', output: { results } };
}

function itemsAt(items: readonly Json[], index: number): { items: Json; item: Json } {
  return { items, item: items[index] ?? null };
}

function countOf(value: Json | undefined): number {
  const count = Number(value ?? DEFAULT_COUNT);
  return Number.isInteger(count) && count >= 0 ? count : DEFAULT_COUNT;
}

function collectionOf(interpreter: Interpreter, { scope, block }: Work): Collection {
  const raw = own(block.data, 'collection') ?? null;
  const value = readStructure(raw, interpreter.finder(scope, block));
  const parsed = typeof value === 'string' ? parseList(value) : value;
  const items = entriesOf(parsed);
  return items ? { items } : { failure: BAD_COLLECTION };
}

function parseList(text: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' ? value : text;
  } catch {
    return text;
  }
}

/** Whether the iteration that would be next is to begin; `<loop.index>` is its index. */
function holds(
  interpreter: Interpreter,
  { scope, block }: Work,
  isWhile: boolean,
  index: number,
): { readonly value: boolean } | { readonly failure: Failure } {
  const condition = own(block.data, isWhile ? 'whileCondition' : 'doWhileCondition');
  if (typeof condition !== 'string') return { value: false };
  const seenFrom: Scope = { ...scope, parent: scope, locals: { kind: 'loop', index } };
  const { code, bindings } = bindReferences(condition, interpreter.finder(seenFrom, block));
  const result = evaluate(code, bindings);
  if (result.ok) return { value: isTrue(result.value) };
  const failure = { code: 'condition_failed', message: result.message, retryable: false };
  return { failure };
}

/** The outputs of what ran in a scope, in topological order. */
function outputsOf(scope: Scope): Json {
  const ran = scope.body.blocks.map(({ id }) => scope.outputs.get(id));
  return ran.filter((output) => output !== undefined);
}
