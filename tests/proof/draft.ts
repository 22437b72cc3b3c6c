import type { Dice, DocumentPlan, Plan, Plans } from './workflow-plan.js';
import { refNameOf } from './raw-workflow.js';

/** Reads dice one by one. */
export class Throws {
  #left: number[];
  constructor(dice: Dice) {
    this.#left = [...dice];
  }
  /** From 0 to below `sides`; 0 when there are no more. */
  pick(sides: number): number {
    return (this.#left.shift() ?? 0) % sides;
  }
  /** One of them; the first when there are no more dice. */
  of<T>(first: T, ...others: readonly T[]): T {
    return [first, ...others][this.pick(others.length + 1)] ?? first;
  }
  /** True `percent` times of a hundred; false when there are no more dice. */
  chance(percent: number): boolean {
    return this.pick(100) >= 100 - percent;
  }
}

export interface DraftBlock {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly parent: DraftBlock | null;
  readonly throws: Throws;
  /** Branches of a fork: the ids that its handles carry. */
  readonly ways: readonly string[];
  /** The last branch has no expression. */
  readonly hasElse: boolean;
  enabled: boolean;
  /** Another block has its name: nobody reads it. */
  isShared: boolean;
}

export interface DraftEdge {
  readonly from: DraftBlock;
  readonly to: DraftBlock;
  readonly handle: string | null;
}

/** Where a path stands: a block and the handle by which it goes on. */
interface Loose {
  readonly from: DraftBlock;
  readonly handle: string | null;
}

const MOST_BLOCKS = 60;

const NAMES: readonly ((n: number) => string)[] = [
  (n) => `Block ${n}`,
  (n) => `fetch-it_${n}`,
  (n) => `AWS. Alert ${n}`,
  (n) => `v${n}.2 Überblick`,
  (n) => `名前 ${n}`,
];

const ODD_IDS: readonly ((n: number) => string)[] = [
  (n) => `b-${n}`,
  (n) => `ünï ${n}`,
  (n) => `a/b[${n}]%`,
  (n) => `x.y:${n}`,
  () => '__proto__',
  () => 'constructor',
  () => 'toString',
];

/** Names that nothing may be called by, as they mean something else in a reference. */
const ODD_NAMES: readonly string[] = ['__proto__', 'constructor', 'hasOwnProperty'];

/** Blocks and edges of a plan; what is in them comes later, when it is known what stands before what. */
export class Draft {
  readonly blocks: DraftBlock[] = [];
  readonly edges: DraftEdge[] = [];
  readonly start: DraftBlock;
  readonly #prefix: string;
  readonly #canCall: boolean;
  readonly #ids = new Set<string>();
  readonly #names = new Map<string, DraftBlock>();

  /**
   * @param prefix makes ids that no other document of the case has; '' allows odd ones
   * @param canCall whether there are workflows to call; else these blocks are plain functions
   */
  constructor(plan: DocumentPlan, prefix: string, canCall: boolean) {
    this.#prefix = prefix;
    this.#canCall = canCall;
    const throws = new Throws(plan.dice);
    const type = throws.chance(10) ? 'starter' : 'start_trigger';
    this.start = this.#add(type, [], null)!;
    this.#series(plan.plans, [{ from: this.start, handle: null }], null);
    for (const [a, b] of plan.extra) this.#extraEdge(a, b);
    if (throws.chance(8)) this.#otherTrigger(throws);
    if (throws.chance(10)) this.#add('note', [], null);
    this.#keepBodiesAlive();
  }

  #add(
    type: string,
    dice: Dice,
    parent: DraftBlock | null,
    more: { ways?: number; hasElse?: boolean } = {},
  ): DraftBlock | null {
    if (this.blocks.length >= MOST_BLOCKS) return null;
    const throws = new Throws(dice);
    const n = this.blocks.length;
    const isStart = n === 0;
    const enabled = isStart || !throws.chance(4);
    const oddness = throws.pick(100);
    const id = this.#idOf(n, oddness, isStart);
    const name = isStart ? 'Start' : this.#nameOf(n, oddness);
    const ways = Array.from({ length: more.ways ?? 0 }, (_, way) => wayId(type, id, way));
    const block: DraftBlock = {
      id,
      name,
      type,
      parent,
      throws,
      ways,
      hasElse: more.hasElse ?? false,
      enabled,
      isShared: false,
    };
    const rival = this.#names.get(refNameOf(name));
    if (rival) {
      rival.isShared = true;
      block.isShared = true;
    }
    this.#names.set(refNameOf(name), block);
    this.blocks.push(block);
    return block;
  }

  #idOf(n: number, oddness: number, isStart: boolean): string {
    const odd = ODD_IDS[oddness - (100 - ODD_IDS.length)];
    const wanted = odd && this.#prefix === '' && !isStart ? odd(n) : `${this.#prefix}b${n}`;
    const id = this.#ids.has(wanted) ? `${this.#prefix}b${n}` : wanted;
    this.#ids.add(id);
    return id;
  }

  #nameOf(n: number, oddness: number): string {
    const odd = ODD_NAMES[oddness - 85];
    if (odd !== undefined && !this.#names.has(refNameOf(odd))) return odd;
    const earlier = this.blocks[oddness];
    // Two names that are one as references spell them.
    if (oddness >= 1 && oddness <= 2 && earlier) return earlier.name.toUpperCase();
    return NAMES[oddness % NAMES.length]!(n);
  }

  #connect(ins: readonly Loose[], to: DraftBlock): void {
    for (const { from, handle } of ins) {
      const isKnown = this.edges.some(
        (edge) => edge.from === from && edge.to === to && edge.handle === handle,
      );
      if (!isKnown) this.edges.push({ from, to, handle });
    }
  }

  #series(plans: Plans, ins: readonly Loose[], parent: DraftBlock | null): readonly Loose[] {
    let loose = ins;
    for (const plan of plans) {
      // Nothing leads on: what would come is left out.
      if (loose.length === 0) break;
      loose = this.#render(plan, loose, parent);
    }
    return loose;
  }

  #render(plan: Plan, ins: readonly Loose[], parent: DraftBlock | null): readonly Loose[] {
    switch (plan.kind) {
      case 'block':
        return this.#block(plan.type, plan.dice, ins, parent, null);
      case 'guard':
        return this.#block(plan.type, plan.dice, ins, parent, plan.handler);
      case 'response':
        return this.#block('response', plan.dice, ins, parent, null).slice(1);
      case 'fan':
        return plan.ways.flatMap((way) => this.#series(way, ins, parent));
      case 'fork':
        return this.#fork(plan, ins, parent);
      default:
        return this.#container(plan, ins, parent);
    }
  }

  #block(
    type: string,
    dice: Dice,
    ins: readonly Loose[],
    parent: DraftBlock | null,
    handler: Plans | null,
  ): readonly Loose[] {
    const possible = !this.#canCall && type.startsWith('workflow') ? 'function' : type;
    const block = this.#add(possible, dice, parent);
    if (!block) return ins;
    this.#connect(ins, block);
    const on = { from: block, handle: block.throws.chance(10) ? 'source' : null };
    return handler === null ? [on] : [on, ...this.#handler(handler, block)];
  }

  /** The error path goes into what comes next, or ends. */
  #handler(handler: Plans, block: DraftBlock): readonly Loose[] {
    const outs = this.#series(handler, [{ from: block, handle: 'error' }], block.parent);
    const isLoose = handler.length === 0 || !block.throws.chance(40);
    return isLoose ? outs : [];
  }

  #fork(
    { type, dice, ways }: Extract<Plan, { kind: 'fork' }>,
    ins: readonly Loose[],
    parent: DraftBlock | null,
  ): readonly Loose[] {
    const hasElse = type === 'condition' && ways.length > 1 && (dice.at(-1) ?? 0) % 4 !== 3;
    const hasErrorEdge = (dice.at(-2) ?? 0) % 5 === 4;
    const block = this.#add(type, dice, parent, { ways: ways.length, hasElse });
    if (!block) return ins;
    this.#connect(ins, block);
    const outs = ways.flatMap((way, index) => {
      const handle = type === 'router' ? null : `${handleKind(type)}-${block.ways[index] ?? ''}`;
      const ends = this.#series(way, [{ from: block, handle }], parent);
      // Some branches end for themselves.
      return block.throws.chance(15) ? [] : ends;
    });
    return hasErrorEdge ? [...outs, { from: block, handle: 'error' }] : outs;
  }

  #container(
    { kind, dice, body, handler }: Extract<Plan, { kind: 'loop' | 'parallel' }>,
    ins: readonly Loose[],
    parent: DraftBlock | null,
  ): readonly Loose[] {
    // A container and at least one block in it.
    if (this.blocks.length + 2 > MOST_BLOCKS) return ins;
    const block = this.#add(kind, dice, parent);
    if (!block) return ins;
    this.#connect(ins, block);
    const entry = [{ from: block, handle: `${kind}-start-source` }];
    this.#series(body, entry, block);
    // What was to come had no room: a body of nothing is no construct of the design.
    const isEmpty = !this.edges.some(({ from, handle }) => from === block && isInner(handle));
    if (isEmpty) this.#block('function', [], entry, block, null);
    const exit = block.throws.chance(15) ? 'source' : `${kind}-end-source`;
    const on = { from: block, handle: exit };
    return handler === null ? [on] : [on, ...this.#handler(handler, block)];
  }

  /** From an earlier block to a later one of the same body: no cycles. */
  #extraEdge(a: number, b: number): void {
    const count = this.blocks.length;
    const [i, j] = [Math.min(a % count, b % count), Math.max(a % count, b % count)];
    const [from, to] = [this.blocks[i]!, this.blocks[j]!];
    const goesOn = !['router', 'response'].includes(from.type);
    if (i === j || from.parent !== to.parent || !goesOn) return;
    const isContainer = from.type === 'loop' || from.type === 'parallel';
    this.#connect([{ from, handle: isContainer ? `${from.type}-end-source` : null }], to);
  }

  /** A trigger that a chat does not take. */
  #otherTrigger(throws: Throws): void {
    const target = this.blocks[1 + throws.pick(Math.max(1, this.blocks.length - 1))];
    const trigger = this.#add('schedule', [], null);
    if (trigger && target?.parent === null)
      this.#connect([{ from: trigger, handle: null }], target);
  }

  /** A container with nothing to run is an error in Sim, and no construct of the design. */
  #keepBodiesAlive(): void {
    for (const block of this.blocks) {
      if (block.type !== 'loop' && block.type !== 'parallel') continue;
      const firsts = this.edges.filter(({ from, handle }) => from === block && isInner(handle));
      if (!firsts.some(({ to }) => to.enabled) && firsts[0]) firsts[0].to.enabled = true;
    }
  }
}

function isInner(handle: string | null): boolean {
  return handle?.endsWith('-start-source') === true;
}

function handleKind(type: string): string {
  return type === 'condition' ? 'condition' : 'router';
}

function wayId(type: string, id: string, way: number): string {
  return type === 'condition' ? `${id}-way-${way}` : `route-${way}`;
}
