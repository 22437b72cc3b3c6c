import {
  createLookup,
  graphOf,
  resolveParams,
  stateOf,
  type BlockRun,
  type Input,
  type Journey,
  type JourneyState,
  type JsonObject,
  type SessionState,
} from '@sim/domain';
import { entriesOf, fakeBlock, FAKE_OUTPUTS, type Failure } from './fake-blocks.js';
import { isRecord, own, type Json } from './json.js';
import { messageOfField } from './raw-references.js';
import { answerAt, type Case } from './reference-interpreter.js';
import { BAD_COLLECTION, NO_ROUTE } from './failures.js';
import { evaluate, isTrue } from './tiny-code.js';

/** A run of a journey that is to come to its end. */
export interface Running {
  readonly journey: Journey;
  readonly session: SessionState;
  readonly run: BlockRun;
  readonly oracle: Case['oracle'];
  /** Id of the block in its document, and where it runs. */
  readonly blockId: string;
  readonly path: string;
}

/** What a block gives back to its journey; the rest of the input is the same for all. */
type Given =
  | { readonly output: Json; readonly branchId?: string | null; readonly variables?: JsonObject }
  | { readonly failure: Failure };

interface Ready {
  readonly params: JsonObject;
  readonly bindings: JsonObject;
}

/** What comes of a run, its references resolved now and as the engine resolves them. */
export function outcomeOf(running: Running): Input {
  const { id: runId } = running.run;
  const given = perform(running);
  if ('failure' in given) {
    return { type: 'block-failed', runId, error: given.failure, durationMs: 1 };
  }
  const { branchId = null, variables = null } = given;
  const output = given.output;
  return { type: 'block-succeeded', runId, output, branchId, variables, durationMs: 1 };
}

function perform(running: Running): Given {
  const { journey, session, run, oracle } = running;
  const state = stateOf(graphOf(journey), run.stateId);
  const inside = state.kind === 'loop' || state.kind === 'parallel' ? state.id : null;
  const names = oracle.env as Readonly<Record<string, string>>;
  const lookup = createLookup(journey, session, run.scopeId, names, inside);
  const resolved = resolveParams(state, lookup);
  if (!resolved.ok) {
    const { code, reference, blockName } = resolved.error;
    const message = messageOfField(reference, blockName);
    return { failure: { code, message, retryable: false } };
  }
  return performResolved(state, resolved.value, running);
}

function performResolved(state: JourneyState, ready: Ready, running: Running): Given {
  switch (state.kind) {
    case 'loop':
      return ready.params.condition === undefined ? itemsOf(ready) : conditionOf(ready);
    case 'parallel':
      return itemsOf(ready);
    case 'subjourney':
      return { output: { input: inputOf(ready.params) } };
    case 'router': {
      const { oracle, blockId, path } = running;
      const id = answerAt(entryOf(oracle.routes, blockId), path) ?? null;
      const route = state.routes.find((each) => each.id === id);
      if (!route) return { failure: NO_ROUTE };
      return { output: FAKE_OUTPUTS.route(route.id, route.title), branchId: route.id };
    }
    default: {
      const type = state.kind === 'fork' ? 'condition' : state.blockType;
      const outcome = fakeBlock({ type, ...ready, attempt: running.run.attempt });
      if (!outcome.ok) return { failure: outcome.failure };
      const { output, branchId = null, variables } = outcome;
      return { output, branchId, ...(variables && { variables: variables }) };
    }
  }
}

/** As the executors of `loop` and `parallel` do: a list, a record's entries, or JSON text of either. */
function itemsOf({ params }: Ready): Given {
  const given = own(params, 'items') ?? null;
  const items = entriesOf(typeof given === 'string' ? parsed(given) : given);
  return items === null ? { failure: BAD_COLLECTION } : { output: { items } };
}

/** As the executor of `loop` does, in the little language of the proof. */
function conditionOf({ params, bindings }: Ready): Given {
  const condition = own(params, 'condition');
  const value = evaluate(typeof condition === 'string' ? condition : '', bindings);
  if (value.ok) return { output: { goesOn: isTrue(value.value) } };
  return { failure: { code: 'condition_failed', message: value.message, retryable: false } };
}

/** As the executors of called workflows do. */
function inputOf(params: JsonObject): Json {
  const given = own(params, 'inputMapping') ?? null;
  const mapping = typeof given === 'string' ? parsed(given) : given;
  return isRecord(mapping) ? mapping : {};
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function entryOf<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
