import { own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import { normaliseName, type ReferenceToken } from '../expressions/references.js';
import type {
  Branch,
  FormState,
  JourneyState,
  Slot,
  StartState,
  StateId,
} from '../journey/types.js';
import type { Block, Container } from '../workflow/types.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';
import { readDisplay } from './display.js';
import { outputFieldsOf } from './output-fields.js';
import { sideEffectOf } from './side-effects.js';
import { readOptions, readSlot, readSlots } from './slots.js';
import type { MapOptions } from './types.js';
import { readDelay } from './waiting.js';

/** What states are made with. */
export interface StateContext {
  readonly branches: ReadonlyMap<string, readonly Branch[]>;
  readonly containers: ReadonlyMap<string, Container>;
  readonly withErrorPath: ReadonlySet<string>;
  /** References by the block that reads. */
  readonly references: ReadonlyMap<string, readonly ReferenceToken[]>;
  readonly startId: string | null;
  readonly hasBlockNamedStart: boolean;
  readonly options: MapOptions;
  readonly log: IssueLog;
}

/** The state that a block becomes. */
export function stateIdOf(blockId: string): StateId {
  return `st_${blockId}`;
}

/** A start that no block stands for, before the blocks that nothing leads to. */
export function syntheticStart(id: string): StartState {
  return {
    kind: 'start',
    id: stateIdOf(id),
    blockId: id,
    blockType: 'start',
    label: 'Start',
    refName: '',
    description: null,
    outputFields: null,
    slots: [],
  };
}

/** Makes the state of a block; what the block leaves open is reported. */
export function makeState(block: Block, context: StateContext): JourneyState {
  const { log } = context;
  const slots = slotsOf(block, context);
  const hasErrorPath = context.withErrorPath.has(block.id);
  const base = {
    id: stateIdOf(block.id),
    blockId: block.id,
    blockType: block.type,
    label: block.name,
    refName: normaliseName(block.name),
    description: null,
    outputFields: outputFieldsOf(block, slots, hasErrorPath),
  };
  if (block.id === context.startId) {
    const description = own(block.params, 'description');
    return {
      ...base,
      kind: 'start',
      description: typeof description === 'string' && description !== '' ? description : null,
      slots,
    };
  }
  switch (block.type) {
    case 'human_in_the_loop':
      return { ...base, kind: 'form', ...formOf(block, slots) };
    case 'condition':
      return { ...base, kind: 'fork', branches: context.branches.get(block.id) ?? [] };
    case 'wait':
      return { ...base, kind: 'timer', delayMs: readDelay(block, log) };
    case 'response':
      return { ...base, kind: 'response', params: block.params };
    default:
      return {
        ...base,
        kind: 'tool',
        params: paramsOf(block, context.containers.get(block.id)),
        sideEffect: sideEffectOf(block, context.options),
        retry: block.retry,
        hasErrorPath,
      };
  }
}

function slotsOf(block: Block, context: StateContext): Slot[] {
  const isStart = block.id === context.startId;
  if (!isStart && block.type !== 'human_in_the_loop') return [];
  const slots = readSlots(block, context.log);
  if (slots.length > 0) return slots;
  return isStart ? inferSlots(block, context) : olderForm(block, context.log);
}

/** The older form: one question with options. */
function olderForm(block: Block, log: IssueLog): Slot[] {
  const options = readOptions(own(block.params, 'options'));
  if (!options) return [];
  return [{ ...readSlot('response', {}, block, log), options }];
}

/** Its question is shown, so it is not the slot's label too. */
function formOf(block: Block, slots: readonly Slot[]): Pick<FormState, 'display' | 'slots'> {
  return { display: readDisplay(block.params), slots };
}

/**
 * A start that declares no fields is asked for the ones that blocks read from it: an export of the older
 * forms, and a trigger whose fields come from outside, would have nothing to run on.
 */
function inferSlots(start: Block, { references, hasBlockNamedStart, log }: StateContext): Slot[] {
  // `<start.…>` finds the start whatever it is called, unless another block is called that.
  const names = [normaliseName(start.name), ...(hasBlockNamedStart ? [] : ['start'])];
  const types = new Map<string, string>();
  if (start.type === 'chat_trigger') types.set('input', 'string');
  for (const tokens of references.values()) {
    for (const { kind, name, path } of tokens) {
      const [field, next] = path;
      if (kind !== 'block' || !names.includes(name) || typeof field !== 'string') continue;
      const type = next === undefined ? 'string' : typeof next === 'number' ? 'array' : 'object';
      if ((types.get(field) ?? 'string') === 'string') types.set(field, type);
    }
  }
  return [...types].map(([field, type]) => {
    const message = () => `${quote(start.name)} declares no fields; ${quote(field)} is asked for.`;
    log.report('start_field_inferred', { blockId: start.id, message });
    return readSlot(field, { type: field === 'files' ? 'file[]' : type }, start, log);
  });
}

function paramsOf(block: Block, container: Container | undefined): JsonObject {
  if (!container) return block.params;
  const params: Record<string, JsonValue> = { ...block.params };
  for (const [key, value] of Object.entries<JsonValue>({ ...container })) {
    if (key !== 'kind' && key !== 'blockId') setOwn(params, key, value);
  }
  return params;
}
