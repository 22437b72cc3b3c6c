import type {
  Branch,
  DisplayItem,
  Journey,
  JourneyState,
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

export const response = (name: string): JourneyState => ({
  ...base(name),
  kind: 'response',
  blockType: 'response',
  params: {},
});

/**
 * A journey of these states. Ways are written `from -> to`, `from -error-> to` or `from -branch:x-> to`.
 */
export function journey(
  states: JourneyState[],
  ways: string[],
  variables: Record<string, JsonValue> = {},
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
    variables: Object.entries(variables).map(([name, value]) => ({
      id: name,
      name,
      type: 'plain',
      value,
    })),
  };
}

function way(text: string, index: number): Transition {
  const parts = /^(\S+) -(?:(error|branch:(\S+))-)?> (\S+)$/.exec(text);
  if (!parts) throw new TypeError(`Not a way: ${text}`);
  const [, from = '', how, branchId = null, to = ''] = parts;
  const kind = how === undefined ? 'next' : how === 'error' ? 'error' : 'branch';
  return {
    id: `tr_${index}`,
    from: `st_${from}`,
    to: `st_${to}`,
    kind,
    branchId,
    edgeIds: [`e${index}`],
  };
}
