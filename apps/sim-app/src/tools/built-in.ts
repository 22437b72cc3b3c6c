import type { builtInTool } from '@sim/contracts';
import type * as z from 'zod';

type BuiltInTool = z.output<typeof builtInTool>;

/** Block types that run without further set-up, in the order in which one meets them. */
export const BUILT_IN_TOOLS: readonly BuiltInTool[] = [
  {
    source: 'built-in',
    id: 'start_trigger',
    name: 'Start',
    description: 'Begins the workflow and asks for the inputs that it declares.',
    category: 'start',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'condition',
    name: 'Condition',
    description: 'Takes the first branch whose expression is true, else the last.',
    category: 'flow',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'wait',
    name: 'Wait',
    description: 'Goes on by itself after a delay.',
    category: 'flow',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'variables',
    name: 'Variables',
    description: 'Sets variables of the workflow for this run.',
    category: 'work',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'function',
    name: 'Function',
    description: 'Runs JavaScript in a sandbox without network and files.',
    category: 'work',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'api',
    name: 'API',
    description: 'Sends an HTTP request; anything but a read is confirmed first.',
    category: 'work',
    sideEffect: 'write',
  },
  {
    source: 'built-in',
    id: 'human_in_the_loop',
    name: 'Human in the loop',
    description: 'Shows something to the person and asks for what its form has.',
    category: 'person',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'response',
    name: 'Response',
    description: 'Ends the workflow with its result.',
    category: 'end',
    sideEffect: 'none',
  },
];

/** Their types, for the mapping. */
export const BUILT_IN_TYPES: ReadonlySet<string> = new Set(BUILT_IN_TOOLS.map(({ id }) => id));
