import type {
  Branch,
  ChildJourney,
  DisplayItem,
  Journey,
  JourneyState,
  LoopState,
  ParallelState,
  SideEffect,
  Slot,
  StartState,
  Transition,
} from '../journey/types.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { RetryPolicy } from '../workflow/types.js';

/** Journeys for tests, written as a person would sketch them. */

const base = (name: string): Omit<StartState, 'kind' | 'slots'> => ({
  id: `st_${name}`,
  blockId: name,
  blockType: 'function',
  label: name,
  refName: name.toLowerCase(),
  description: null,
  outputFields: null,
});

export function slot(name: string, more: Partial<Slot> = {}): Slot {
  return {
    name,
    label: name,
    type: 'string',
    format: null,
    description: null,
    required: true,
    default: null,
    options: null,
    ...more,
  };
}

export const start = (...slots: Slot[]): JourneyState => ({
  ...base('start'),
  kind: 'start',
  blockType: 'start_trigger',
  slots,
});

export const form = (name: string, slots: Slot[], display: DisplayItem[] = []): JourneyState => ({
  ...base(name),
  kind: 'form',
  blockType: 'human_in_the_loop',
  slots,
  display,
});

export const tool = (
  name: string,
  more: {
    sideEffect?: SideEffect;
    retry?: RetryPolicy;
    params?: JsonObject;
    blockType?: string;
    hasErrorPath?: boolean;
  } = {},
): JourneyState => ({
  ...base(name),
  kind: 'tool',
  params: {},
  sideEffect: 'none',
  retry: null,
  hasErrorPath: false,
  ...more,
});

export const fork = (name: string, ...branches: Branch[]): JourneyState => ({
  ...base(name),
  kind: 'fork',
  blockType: 'condition',
  branches,
});

export const timer = (name: string, delayMs: number): JourneyState => ({
  ...base(name),
  kind: 'timer',
  blockType: 'wait',
  delayMs,
});

export const loop = (
  name: string,
  how: Partial<Pick<LoopState, 'loopType' | 'iterations' | 'items' | 'condition'>>,
): JourneyState => ({
  ...base(name),
  kind: 'loop',
  blockType: 'loop',
  loopType: 'for',
  iterations: null,
  items: null,
  condition: null,
  hasErrorPath: false,
  ...how,
});

export const parallel = (
  name: string,
  how: Partial<Pick<ParallelState, 'parallelType' | 'count' | 'items' | 'batchSize'>>,
): JourneyState => ({
  ...base(name),
  kind: 'parallel',
  blockType: 'parallel',
  parallelType: 'count',
  count: null,
  items: null,
  batchSize: 20,
  hasErrorPath: false,
  ...how,
});

/** The same state in the body of a loop or parallel. */
export const within = (container: string, state: JourneyState): JourneyState => ({
  ...state,
  parent: `st_${container}`,
});

export const router = (name: string, ...routes: string[]): JourneyState => ({
  ...base(name),
  kind: 'router',
  blockType: 'router_v2',
  routes: routes.map((id) => ({ id, title: `To ${id}`, description: null })),
  params: {},
  retry: null,
  hasErrorPath: false,
});

/** A call of a child workflow by its key. */
export const call = (name: string, key: string | null): JourneyState => ({
  ...base(name),
  kind: 'subjourney',
  blockType: 'workflow',
  workflowId: key,
  calls: key,
  params: {},
  retry: null,
  hasErrorPath: false,
});

/** The same state in a child workflow. */
export const inChild = (key: string, state: JourneyState): JourneyState => ({
  ...state,
  child: key,
});

export const child = (
  key: string,
  initial: string,
  variables: Record<string, JsonValue> = {},
): ChildJourney => ({
  key,
  workflowId: key,
  name: `Child ${key}`,
  version: 'test',
  initial: `st_${initial}`,
  variables: variablesOf(variables),
});

export const inputs = (name: string, slots: Slot[]): JourneyState => ({
  ...base(name),
  kind: 'inputs',
  refName: '',
  slots,
});

export const response = (name: string): JourneyState => ({
  ...base(name),
  kind: 'response',
  blockType: 'response',
  params: {},
});

/**
 * A journey of these states. Ways are written `from -> to`, `from -error-> to`, `from -branch:x-> to`, or
 * `from -enter-> to` into a body.
 */
export function journey(
  states: JourneyState[],
  ways: string[],
  variables: Record<string, JsonValue> = {},
  children: ChildJourney[] = [],
): Journey {
  return {
    id: 'jrn_test',
    version: 'test',
    mapperVersion: '1',
    name: 'Test journey',
    description: 'It tests.',
    initial: states[0]?.id ?? null,
    states,
    transitions: ways.map(way),
    variables: variablesOf(variables),
    ...(children.length > 0 && { children }),
  };
}

function variablesOf(variables: Record<string, JsonValue>): Journey['variables'] {
  return Object.entries(variables).map(([name, value]) => ({
    id: name,
    name,
    type: 'plain',
    value,
  }));
}

function way(text: string, index: number): Transition {
  const parts = /^(\S+) -(?:(error|enter|branch:(\S+))-)?> (\S+)$/.exec(text);
  if (!parts) throw new TypeError(`Not a way: ${text}`);
  const [, from = '', how, branchId = null, to = ''] = parts;
  const kind = how === undefined ? 'next' : how === 'error' || how === 'enter' ? how : 'branch';
  return {
    id: `tr_${index}`,
    from: `st_${from}`,
    to: `st_${to}`,
    kind,
    branchId,
    edgeIds: [`e${index}`],
  };
}
