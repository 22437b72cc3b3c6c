import type { InputsState, Slot } from '../journey/types.js';
import type { Block } from '../workflow/types.js';
import { FreshIds } from '../workflow/names.js';
import { isContainer } from './containers.js';
import { gapsOf } from './gaps.js';
import { isRouter } from './routes.js';
import { stateIdOf } from './state-ids.js';
import type { Way } from './ways.js';

/** What is asked before a block. */
export interface Inputs {
  /** Stands in for a block's id; no block has it. */
  readonly id: string;
  readonly slots: readonly Slot[];
}

/** Blocks that are no tools, or ask for themselves. */
const NOT_ASKED: ReadonlySet<string> = new Set([
  'condition',
  'human_in_the_loop',
  'response',
  'wait',
  'workflow',
  'workflow_input',
]);

/** What each of these blocks lacks and a person must give, by block id; the start of all lacks nothing. */
export function findInputs(
  blocks: readonly Block[],
  startId: string | null,
  takenIds: Iterable<string>,
): Map<string, Inputs> {
  const fresh = new FreshIds(takenIds);
  const inputs = new Map<string, Inputs>();
  for (const block of blocks) {
    if (block.id === startId || NOT_ASKED.has(block.type)) continue;
    if (isContainer(block) || isRouter(block)) continue;
    const { slots } = gapsOf(block);
    if (slots.some(({ required }) => required)) {
      inputs.set(block.id, { id: fresh.take(`${block.id}~inputs`), slots });
    }
  }
  return inputs;
}

/** Leads every way into a block that lacks something through what it asks for. */
export function throughInputs(ways: readonly Way[], inputs: ReadonlyMap<string, Inputs>): Way[] {
  const led = ways.map((way) => {
    const before = inputs.get(way.to);
    return before ? { ...way, to: before.id } : way;
  });
  const onwards = [...inputs].map(([to, { id }]): Way => ({
    from: id,
    to,
    kind: 'next',
    branchId: null,
    edgeIds: [],
  }));
  return [...led, ...onwards];
}

/** The state that asks for what a block lacks. */
export function makeInputs(block: Block, { id, slots }: Inputs): InputsState {
  return {
    kind: 'inputs',
    id: stateIdOf(id),
    blockId: block.id,
    ...(block.parentId !== null && { parent: stateIdOf(block.parentId) }),
    blockType: block.type,
    label: block.name,
    refName: '',
    description: null,
    outputFields: slots.map(({ name }) => name),
    slots,
  };
}
