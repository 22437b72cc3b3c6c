import type { Draft, DraftBlock, Throws } from './draft.js';
import { outwards, type DraftOrder } from './draft-order.js';
import { refNameOf } from './raw-workflow.js';

/** Fields that a start declares, and the type that it declares for each. */
export const START_FIELDS = {
  n: 'number',
  s: 'string',
  flag: 'boolean',
  list: 'array',
  rec: 'object',
} as const;

/** What a called workflow is given. */
export const CHILD_FIELDS = { topic: 'string', amount: 'number' } as const;

export const FORM_FIELDS = ['choice', 'note'] as const;
export const VARIABLES = ['color', 'Last Total'] as const;
export const ENV = { API_KEY: 's3cret-value', 'base.url': 'https://example.test' } as const;

const PATHS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  function: ['result', 'result.0', 'stdout', 'result[1]'],
  agent: ['content', 'model'],
  api: ['data.echo', 'data.list', 'data.list[1]', 'data.list.0', 'status'],
  mailer: ['echo', 'nothing.there', 'type'],
  ledger: ['echo', 'type'],
  condition: ['selectedOption', 'conditionResult'],
  human_in_the_loop: ['choice', 'response.note', 'submission.choice', 'note'],
  loop: ['results', 'results.0', 'results[0][0]', 'results[1]'],
  parallel: ['results', 'results[0]', 'results.1.0'],
  workflow: ['result', 'success', 'childWorkflowName'],
  workflow_input: ['result', 'success', 'childWorkflowName'],
};

/** Finds what a block may read without a race, and writes references to it. */
export class References {
  readonly #draft: Draft;
  readonly #order: DraftOrder;
  readonly #startFields: readonly string[];
  readonly #failing: ReadonlySet<DraftBlock>;
  readonly #accesses = new Map<string, { block: DraftBlock; writes: boolean }[]>();

  constructor(draft: Draft, order: DraftOrder, startFields: readonly string[]) {
    this.#draft = draft;
    this.#order = order;
    this.#startFields = startFields;
    this.#failing = new Set(
      draft.edges.filter(({ handle }) => handle === 'error').map(({ from }) => from),
    );
  }

  hasErrorEdge(block: DraftBlock): boolean {
    return this.#failing.has(block);
  }

  /** A reference as a block may write it; `sure` leaves out those that nothing is called. */
  write(reader: DraftBlock, throws: Throws, sure = false): string {
    const kind = throws.pick(100);
    if (kind >= 97 && !sure) return throws.of('<nobody.result>', '{{MISSING}}', '<variable.none>');
    if (kind >= 93) return this.#variable(reader, throws);
    if (kind >= 90) return throws.of('{{API_KEY}}', '{{ base.url }}');
    if (kind >= 82) return this.#local(reader, throws) ?? this.#start(throws);
    if (kind >= 75) return this.#start(throws);
    if (kind >= 70) return this.#unrun(reader, throws) ?? this.#start(throws);
    if (kind >= 68) return this.#undeclared(reader, throws) ?? this.#start(throws);
    return this.#upstream(reader, throws) ?? this.#start(throws);
  }

  /** A collection: a list or a record, whatever ran. */
  collection(reader: DraftBlock, throws: Throws): string {
    const lists = this.#readable(reader).filter(({ type }) => type === 'api' || type === 'loop');
    const block = lists[throws.pick(Math.max(1, lists.length))];
    if (!block || throws.chance(40)) return throws.of('<start.list>', '<start.rec>');
    return `<${this.#nameIn(block, throws)}.${block.type === 'api' ? 'data.list' : 'results'}>`;
  }

  /** Something that changes with the iterations of a loop. */
  inside(loop: DraftBlock, throws: Throws): string | null {
    const blocks = this.#draft.blocks.filter(
      (block) => block.parent === loop && this.#isReadable(block),
    );
    const block = blocks[throws.pick(Math.max(1, blocks.length))];
    return block ? this.#to(block, throws) : null;
  }

  #start(throws: Throws): string {
    return `<start.${this.#startFields[throws.pick(this.#startFields.length)] ?? ''}>`;
  }

  #upstream(reader: DraftBlock, throws: Throws): string | null {
    const blocks = this.#readable(reader);
    // The nearest first.
    const block = blocks.at(-1 - throws.pick(Math.max(1, blocks.length)));
    return block ? this.#to(block, throws) : null;
  }

  /** What comes later, or is disabled: known, and without a value. */
  #unrun(reader: DraftBlock, throws: Throws): string | null {
    const blocks = this.#draft.blocks.filter(
      (block) =>
        this.#isReadable(block) &&
        (!block.enabled || (this.#order.isBefore(reader, block) && !isAround(block, reader))),
    );
    const block = blocks[throws.pick(Math.max(1, blocks.length))];
    return block ? this.#to(block, throws) : null;
  }

  #undeclared(reader: DraftBlock, throws: Throws): string | null {
    const types = ['function', 'agent', 'api'];
    const block = this.#readable(reader).findLast(({ type }) => types.includes(type));
    return block && throws.chance(40) ? `<${refNameOf(block.name)}.nosuch>` : null;
  }

  #readable(reader: DraftBlock): DraftBlock[] {
    return this.#draft.blocks.filter(
      (block) =>
        this.#isReadable(block) &&
        this.#order.isBefore(block, reader) &&
        // Where a container fails it is open which of its blocks have run.
        !outwards(block).some(
          (at) => at !== block && this.#failing.has(at) && !isAround(at, reader),
        ),
    );
  }

  #isReadable(block: DraftBlock): boolean {
    return !block.isShared && (block.type in PATHS || block.type === 'variables');
  }

  #to(block: DraftBlock, throws: Throws): string {
    const name = this.#nameIn(block, throws);
    if (this.#failing.has(block) && throws.chance(30)) return `<${name}.error>`;
    if (block.type === 'variables') return `<${name}.${throws.of('color', 'Last')}>`;
    return `<${name}.${throws.of(...PATHS[block.type]!)}>`;
  }

  #nameIn(block: DraftBlock, throws: Throws): string {
    const name = refNameOf(block.name);
    return throws.chance(15)
      ? throws.of(name, name.toUpperCase(), block.name.replaceAll('.', ''))
      : name;
  }

  #local(reader: DraftBlock, throws: Throws): string | null {
    const containers = outwards(reader).slice(1);
    const container = containers[throws.pick(Math.max(1, containers.length))];
    if (!container) return throws.chance(10) ? '<loop.index>' : null;
    const word = container.type;
    return throws.of(
      `<${word}.index>`,
      `<${word}.currentItem>`,
      `<${word}.items>`,
      `<${word}.currentItem.0>`,
    );
  }

  /** Reads a variable where no block that sets it runs beside; else the start. */
  #variable(reader: DraftBlock, throws: Throws): string {
    const name = throws.of(...VARIABLES);
    if (!this.#mayAccess(name, reader, false)) return this.#start(throws);
    return `<variable.${throws.chance(30) ? name.replaceAll(' ', '').toUpperCase() : refNameOf(name)}>`;
  }

  /** Whether a block may set a variable: nothing that reads or sets it runs beside. Takes note if so. */
  maySet(name: string, block: DraftBlock): boolean {
    const isAlone = outwards(block).every(({ parent }) => parent?.type !== 'parallel');
    return isAlone && this.#mayAccess(name, block, true);
  }

  #mayAccess(name: string, block: DraftBlock, writes: boolean): boolean {
    const accesses = this.#accesses.get(name) ?? [];
    const rival = accesses.some(
      (other) => (writes || other.writes) && !this.#order.isOrdered(other.block, block),
    );
    if (rival) return false;
    this.#accesses.set(name, [...accesses, { block, writes }]);
    return true;
  }
}

function isAround(container: DraftBlock, block: DraftBlock): boolean {
  return outwards(block).includes(container) && container !== block;
}
