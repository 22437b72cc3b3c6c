import { isJsonObject, own } from '../json.js';
import { normaliseName, type ReferenceToken } from '../expressions/references.js';
import type {
  Branch,
  FormState,
  JourneyState,
  LoopState,
  ParallelState,
  Slot,
  StartState,
  ToolState,
} from '../journey/types.js';
import type { Block, Container } from '../workflow/types.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';
import { readDisplay } from './display.js';
import { outputFieldsOf } from './output-fields.js';
import type { Inputs } from './inputs.js';
import { readRoutes } from './routes.js';
import { sideEffectOf } from './side-effects.js';
import { readOptions, readSlot, readSlots } from './slots.js';
import { stateIdOf } from './state-ids.js';
import type { MapOptions } from './types.js';
import { readDelay } from './waiting.js';
import type { Way } from './ways.js';

/** What states are made with. */
export interface StateContext {
  readonly byId: ReadonlyMap<string, Block>;
  readonly branches: ReadonlyMap<string, readonly Branch[]>;
  readonly containers: ReadonlyMap<string, Container>;
  /** The ways that leave each block. */
  readonly waysOut: ReadonlyMap<string, readonly Way[]>;
  /** What is asked before a block, by its id. */
  readonly inputs: ReadonlyMap<string, Inputs>;
  /** References by the block that reads. */
  readonly references: ReadonlyMap<string, readonly ReferenceToken[]>;
  readonly startId: string | null;
  readonly hasBlockNamedStart: boolean;
  readonly options: MapOptions;
  readonly log: IssueLog;
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
  const waysOut = context.waysOut.get(block.id) ?? [];
  const hasErrorPath = waysOut.some(({ kind }) => kind === 'error');
  const base = {
    id: stateIdOf(block.id),
    ...(block.parentId !== null && { parent: stateIdOf(block.parentId) }),
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
    case 'loop':
    case 'parallel':
      return { ...base, ...bodyOf(context.containers.get(block.id)), hasErrorPath };
    case 'router':
    case 'router_v2': {
      const routes = readRoutes(block, waysOut, context.byId);
      return {
        ...base,
        kind: 'router',
        routes,
        params: block.params,
        retry: block.retry,
        hasErrorPath,
      };
    }
    case 'workflow':
    case 'workflow_input':
      return {
        ...base,
        kind: 'subjourney',
        workflowId: childIdOf(block),
        calls: null,
        params: block.params,
        retry: block.retry,
        hasErrorPath,
      };
    default:
      return {
        ...base,
        kind: 'tool',
        params: block.params,
        sideEffect: sideEffectOf(block, context.options),
        retry: block.retry,
        hasErrorPath,
        ...inputsOf(block, context),
      };
  }
}

function inputsOf({ id }: Block, { inputs }: StateContext): Pick<ToolState, 'inputs'> {
  const before = inputs.get(id);
  return before ? { inputs: stateIdOf(before.id) } : {};
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
    const given = field === 'files' ? 'file[]' : (declaredType(start, field) ?? type);
    return readSlot(field, { type: given }, start, log);
  });
}

/** The type of a trigger's payload field, where the export declares its outputs. */
function declaredType({ outputs }: Block, name: string): string | null {
  const declared = own(outputs, name);
  const type = isJsonObject(declared) ? own(declared, 'type') : declared;
  return typeof type === 'string' && type !== 'any' ? type : null;
}

type Body =
  | Pick<LoopState, 'kind' | 'loopType' | 'iterations' | 'items' | 'condition'>
  | Pick<ParallelState, 'kind' | 'parallelType' | 'count' | 'items' | 'batchSize'>;

/** Branches of a parallel that run at a time, where nothing is said and at the most. */
const LARGEST_BATCH = 20;

function bodyOf(container: Container | undefined): Body {
  if (container?.kind === 'parallel') {
    const { parallelType, count, items, batchSize } = container;
    const size = Math.round(batchSize ?? LARGEST_BATCH);
    return {
      kind: 'parallel',
      parallelType,
      count,
      items,
      batchSize: Math.min(LARGEST_BATCH, Math.max(1, size)),
    };
  }
  const { loopType = 'for', iterations = null, items = null, condition = null } = container ?? {};
  return { kind: 'loop', loopType, iterations, items, condition };
}

/** The workflow that a block calls; null where that is not said, or is only known when it runs. */
export function childIdOf({ params }: Block): string | null {
  const id = own(params, 'workflowId') ?? own(params, 'workflow');
  return typeof id === 'string' && id.trim() !== '' ? id.trim() : null;
}
