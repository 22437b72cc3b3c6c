import fc from 'fast-check';

/** Numbers that decide details; where they run out, the plainest is taken. Shrinks towards it. */
export type Dice = readonly number[];

/** A workflow as it is drawn, before it has ids, edges and parameters. */
export type Plan =
  | { readonly kind: 'block'; readonly type: LeafType; readonly dice: Dice }
  | {
      readonly kind: 'guard';
      readonly type: LeafType;
      readonly dice: Dice;
      readonly handler: Plans;
    }
  | {
      readonly kind: 'fork';
      readonly type: ForkType;
      readonly dice: Dice;
      readonly ways: readonly Plans[];
    }
  | { readonly kind: 'fan'; readonly dice: Dice; readonly ways: readonly Plans[] }
  | {
      readonly kind: 'loop' | 'parallel';
      readonly dice: Dice;
      readonly body: Plans;
      /** What its error edge leads to; null without one. */
      readonly handler: Plans | null;
    }
  | { readonly kind: 'response'; readonly dice: Dice };

export type Plans = readonly Plan[];
export type ForkType = 'condition' | 'router_v2' | 'router';
/** `mailer` and `ledger` are integrations that nobody knows. */
export type LeafType =
  | 'function'
  | 'agent'
  | 'api'
  | 'mailer'
  | 'ledger'
  | 'variables'
  | 'wait'
  | 'human_in_the_loop'
  | 'workflow_input'
  | 'workflow';

/** One document: its plan and what lies across it. */
export interface DocumentPlan {
  readonly plans: Plans;
  /** Further edges, each by two numbers that pick its ends. */
  readonly extra: readonly (readonly [number, number])[];
  readonly dice: Dice;
}

const NUMBERS = fc.nat({ max: 9_999 });
const dice: fc.Arbitrary<Dice> = fc.array(NUMBERS, { minLength: 4, maxLength: 16, size: 'max' });

const leafType = fc.oneof(
  ...(
    [
      [10, 'function'],
      [3, 'agent'],
      [3, 'api'],
      [2, 'mailer'],
      [1, 'ledger'],
      [3, 'variables'],
      [1, 'wait'],
      [2, 'human_in_the_loop'],
      [2, 'workflow_input'],
      [1, 'workflow'],
    ] as const
  ).map(([weight, type]) => ({ weight, arbitrary: fc.constant<LeafType>(type) })),
);

const failingType = fc.constantFrom<LeafType>(
  'function',
  'api',
  'agent',
  'mailer',
  'workflow_input',
);

const forkType = fc.oneof(
  { weight: 6, arbitrary: fc.constant<ForkType>('condition') },
  { weight: 2, arbitrary: fc.constant<ForkType>('router_v2') },
  { weight: 1, arbitrary: fc.constant<ForkType>('router') },
);

/** Constructs within constructs; deeper ones are left to blocks. */
const DEPTH = 3;

function plansOf(depth: number, minLength: number, maxLength: number): fc.Arbitrary<Plans> {
  return fc.array(planOf(depth), { minLength, maxLength, size: 'max' });
}

function planOf(depth: number): fc.Arbitrary<Plan> {
  const block = fc.record({ kind: fc.constant('block' as const), type: leafType, dice });
  const response = fc.record({ kind: fc.constant('response' as const), dice });
  if (depth === 0) {
    return fc.oneof({ weight: 30, arbitrary: block }, { weight: 1, arbitrary: response });
  }
  const inner = (min: number, max: number) => plansOf(depth - 1, min, max);
  const guard = fc.record({
    kind: fc.constant('guard' as const),
    type: failingType,
    dice,
    handler: inner(0, 2),
  });
  const fork = fc.record({
    kind: fc.constant('fork' as const),
    type: forkType,
    dice,
    ways: fc.array(inner(0, 3), { minLength: 1, maxLength: 4 }),
  });
  const fan = fc.record({
    kind: fc.constant('fan' as const),
    dice,
    ways: fc.array(inner(1, 3), { minLength: 2, maxLength: 3 }),
  });
  const container = fc.record({
    kind: fc.constantFrom('loop' as const, 'loop' as const, 'parallel' as const),
    dice,
    body: inner(1, 4),
    handler: fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: inner(0, 1) },
    ),
  });
  return fc.oneof(
    // Shrinks to plain blocks.
    { withCrossShrink: true },
    { weight: 18, arbitrary: block },
    { weight: 7, arbitrary: guard },
    { weight: 8, arbitrary: fork },
    { weight: 6, arbitrary: fan },
    { weight: 7, arbitrary: container },
    { weight: 1, arbitrary: response },
  );
}

/** @param depth of constructs, up to {@link DEPTH} */
function documentPlan(depth: number, maxLength: number): fc.Arbitrary<DocumentPlan> {
  return fc.record({
    plans: plansOf(depth, 1, maxLength),
    extra: fc.array(fc.tuple(NUMBERS, NUMBERS), { maxLength: 5 }),
    dice,
  });
}

export const mainPlan = documentPlan(DEPTH, 9);

/** Called workflows are small. */
export const childPlan = documentPlan(1, 3);
