import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@sim/domain';
import {
  BlockFailure,
  hide,
  hideDeep,
  secretsToHide,
  TimeLimitError,
  withinLimit,
  type BlockContext,
  type Clock,
} from '@sim/engine';
import { isShallowJson, parseJson } from '../json-text.js';
import type { ModelToolCall } from '../model/request.js';
import type { Offer } from './offers.js';

/** A call of a tool as the block's output tells it. */
export interface CallRecord {
  readonly name: string;
  readonly arguments: JsonValue;
  readonly result: JsonValue;
  /** What it failed with. */
  readonly error?: string;
  readonly durationMs: number;
  readonly startTime: string;
  readonly endTime: string;
}

/** The calls of one run of an agent. */
export interface CallLog {
  /** In the order in which they were asked for. */
  readonly records: readonly CallRecord[];
  /** How often the model asked for tools. */
  readonly rounds: number;
  /** Titles of tools that may have changed something outside. */
  readonly written: readonly string[];
  /** Runs calls at once; what the model is told of each, in their order. @throws the signal's reason */
  run(calls: readonly ModelToolCall[]): Promise<string[]>;
}

/** What calls are made with, and within which bounds. */
export interface CallOptions {
  readonly offers: readonly Offer[];
  readonly context: BlockContext;
  readonly clock: Clock;
  /** Of one call. */
  readonly timeoutMs: number;
}

/** At once; a model that asks for more is told so. */
const MAX_AT_ONCE = 16;
/** Levels of arguments. */
const MAX_DEPTH = 50;
/** Characters of one result, and of all of a run. */
const MAX_RESULT = 50_000;
const MAX_RESULTS = 400_000;

/** Calls tools for a model. What goes wrong with one is told to the model, which may do without. */
export function createCallLog({ offers, context, clock, timeoutMs }: CallOptions): CallLog {
  // As many calls as are made at once listen to it, and none of them leaks.
  setMaxListeners(0, context.signal);
  const byName = new Map(offers.map((offer) => [offer.tool.name, offer]));
  const secrets = secretsToHide(context.secrets);
  const records: CallRecord[] = [];
  const written = new Set<string>();
  const seen = new Map<string, number>();
  let left = MAX_RESULTS;
  let rounds = 0;

  /** The same call has the same key in every attempt of the run, whatever else the model asks for then. */
  const keyOf = (name: string, args: JsonObject): string => {
    const digest = createHash('sha256')
      .update(canonicalJson([name, args]))
      .digest('hex')
      .slice(0, 16);
    const count = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, count);
    return `${context.idempotencyKey}:${digest}:${count}`;
  };
  const perform = async (offer: Offer, args: JsonObject): Promise<JsonValue> => {
    const idempotencyKey = keyOf(offer.tool.name, args);
    if (offer.writes) written.add(offer.title);
    const result = await withinLimit(context.signal, timeoutMs, (signal) =>
      offer.call(args, {
        ...context,
        signal,
        idempotencyKey,
        blockName: offer.title,
        stream: undefined,
      }),
    );
    return hideDeep(copyOf(result), secrets);
  };
  const call = async (asked: ModelToolCall, index: number): Promise<CallRecord> => {
    const offer = byName.get(asked.name);
    const args = argumentsOf(asked.arguments);
    const startedAt = clock();
    const outcome = await attempt(context, async () => {
      if (index >= MAX_AT_ONCE) return refused(`Ask for ${MAX_AT_ONCE} tools at once at the most.`);
      if (!offer) return refused(`There is no tool "${asked.name.slice(0, 64)}".`);
      if (args === null) return refused('The arguments are no JSON object. Ask again with one.');
      return { result: await perform(offer, args) };
    });
    const endedAt = clock();
    return {
      name: asked.name.slice(0, 64),
      arguments: hideDeep(args ?? asked.arguments.slice(0, 1_000), secrets),
      result: 'result' in outcome ? outcome.result : null,
      ...('error' in outcome && { error: hide(outcome.error, secrets) }),
      durationMs: Math.max(0, endedAt.getTime() - startedAt.getTime()),
      startTime: startedAt.toISOString(),
      endTime: endedAt.toISOString(),
    };
  };
  /** Bounds what is kept and told. */
  const kept = (record: CallRecord): CallRecord => {
    const length = JSON.stringify(record.result).length;
    const most = Math.min(MAX_RESULT, left);
    left -= Math.min(length, most);
    if (length <= most) return record;
    const start = JSON.stringify(record.result).slice(0, most);
    return { ...record, result: `${start}… (cut off: ${length} characters)` };
  };

  return {
    records,
    get rounds() {
      return rounds;
    },
    get written() {
      return [...written];
    },
    async run(calls) {
      rounds += 1;
      const done = (await Promise.all(calls.map(call))).map(kept);
      records.push(...done);
      return done.map(({ result, error }) =>
        error === undefined ? textOf(result) : JSON.stringify({ error }),
      );
    },
  };
}

type Outcome = { readonly result: JsonValue } | { readonly error: string };

function refused(error: string): Outcome {
  return { error };
}

async function attempt(context: BlockContext, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof BlockFailure) return { error: error.error.message };
    if (error instanceof TimeLimitError) return { error: 'It took too long.' };
    return { error: error instanceof Error ? error.message : 'It failed.' };
  }
}

/** Null where they are no object. A model that wants none may send nothing. */
function argumentsOf(text: string): JsonObject | null {
  if (text.trim() === '') return {};
  const value = isShallowJson(text, MAX_DEPTH) ? parseJson(text) : undefined;
  return isJsonObject(value) ? value : null;
}

/** As JSON has it: a tool's own values may change behind our back. */
function copyOf(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value ?? null)) as JsonValue;
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
