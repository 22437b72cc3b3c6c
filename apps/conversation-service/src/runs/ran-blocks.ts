import {
  graphOf,
  isJsonObject,
  stateOf,
  type BlockError,
  type Journey,
  type JsonValue,
  type Scope,
  type SessionEvent,
  type StateId,
} from '@sim/domain';
import type { StoredEvent } from '@sim/engine';

/** One block of a run, as the answer has it. */
export interface RanBlock {
  readonly blockId: string;
  readonly name: string;
  readonly type: string;
  status: 'completed' | 'failed' | 'running' | 'waiting';
  durationMs: number;
  attempts: number;
  readonly iteration?: readonly number[];
  output?: JsonValue;
  error?: { readonly code: string; readonly message: string };
}

interface Place {
  readonly scopeId: string;
  readonly stateId: StateId;
}

/** Makes a list of blocks out of the events of a run, which are given in their order. */
export interface RanBlocks {
  add(stored: StoredEvent): void;
  /** In the order in which they were begun. */
  list(): readonly RanBlock[];
}

/** @param withOutputs keep what each put out */
export function ranBlocks(journey: Journey, withOutputs: boolean): RanBlocks {
  const graph = graphOf(journey);
  const blocks = new Map<string, RanBlock>();
  const scopes = new Map<string, Scope>();
  const blockAt = (place: Place): RanBlock | null => {
    const key = keyOf(place);
    const known = blocks.get(key);
    if (known) return known;
    const { kind, blockId, label: name, blockType: type } = stateOf(graph, place.stateId);
    // What a block asked for before it ran is part of that block.
    if (kind === 'inputs') return null;
    const iteration = iterationOf(scopes, place.scopeId);
    const made: RanBlock = {
      ...{ blockId, name, type, status: 'running', durationMs: 0, attempts: 0 },
      ...(iteration.length > 0 && { iteration }),
    };
    blocks.set(key, made);
    return made;
  };
  return {
    add: ({ event }) => {
      if (event.type === 'scope-opened') scopes.set(event.scope.id, event.scope);
      else if (event.type === 'restarted') blocks.clear();
      else if (event.type === 'rewound') {
        for (const stateId of event.reset)
          blocks.delete(keyOf({ scopeId: event.scopeId, stateId }));
      } else {
        const place = placeIn(event);
        const block = place && blockAt(place);
        if (block) note(block, event, withOutputs);
      }
    },
    list: () => [...blocks.values()],
  };
}

function keyOf({ scopeId, stateId }: Place): string {
  return `${scopeId} ${stateId}`;
}

function placeIn(event: SessionEvent): Place | null {
  switch (event.type) {
    case 'node-started':
    case 'node-completed':
    case 'node-failed':
      return event;
    case 'timer-set':
      return event.timer;
    case 'question-asked':
      return isAboutBlock(event.question) ? event.question : null;
    default:
      return null;
  }
}

/** Not what is asked about the session itself, nor what becomes of a failure. */
function isAboutBlock(question: Extract<SessionEvent, { type: 'question-asked' }>['question']) {
  if (question.kind === 'repair') return false;
  if (question.kind !== 'confirmation') return true;
  return question.purpose.type === 'side-effect' || question.purpose.type === 'acknowledge';
}

function note(block: RanBlock, event: SessionEvent, withOutputs: boolean): void {
  if (event.type === 'node-started') {
    block.status = 'running';
    block.attempts += 1;
    delete block.error;
  } else if (event.type === 'node-completed') {
    block.status = event.failed ? 'failed' : 'completed';
    block.durationMs = event.durationMs;
    if (event.failed) block.error = errorIn(event.output);
    if (withOutputs) block.output = event.output;
  } else if (event.type === 'node-failed') {
    block.status = 'failed';
    block.durationMs = event.durationMs;
    block.error = told(event.error);
  } else {
    block.status = 'waiting';
  }
}

function told({ code, message }: BlockError): { code: string; message: string } {
  return { code, message };
}

/** What an error path goes on with. */
function errorIn(output: JsonValue): { code: string; message: string } {
  const { error, errorCode } = isJsonObject(output) ? output : {};
  const code = typeof errorCode === 'string' ? errorCode : 'block_failed';
  return { code, message: typeof error === 'string' ? error : '' };
}

/** Which iterations and branches a scope stands in, the outermost first. */
function iterationOf(scopes: ReadonlyMap<string, Scope>, scopeId: string): number[] {
  const path: number[] = [];
  for (let scope = scopes.get(scopeId); scope;) {
    if (scope.index !== undefined) path.unshift(scope.index);
    scope = scope.parent ? scopes.get(scope.parent.scopeId) : undefined;
  }
  return path;
}
