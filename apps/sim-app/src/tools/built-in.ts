import type { tool } from '@sim/contracts';
import type * as z from 'zod';

type Tool = z.output<typeof tool>;

/** Block types that run without further set-up, in the order in which one meets them. */
export const BUILT_IN_TOOLS: readonly Tool[] = [
  {
    id: 'start_trigger',
    name: 'Start',
    description: 'Begins the workflow and asks for the inputs that it declares.',
    category: 'start',
    sideEffect: 'none',
  },
  {
    id: 'condition',
    name: 'Condition',
    description: 'Takes the first branch whose expression is true, else the last.',
    category: 'flow',
    sideEffect: 'none',
  },
  {
    id: 'wait',
    name: 'Wait',
    description: 'Goes on by itself after a delay.',
    category: 'flow',
    sideEffect: 'none',
  },
  {
    id: 'variables',
    name: 'Variables',
    description: 'Sets variables of the workflow for this run.',
    category: 'work',
    sideEffect: 'none',
  },
  {
    id: 'function',
    name: 'Function',
    description: 'Runs JavaScript in a sandbox without network and files.',
    category: 'work',
    sideEffect: 'none',
  },
  {
    id: 'api',
    name: 'API',
    description: 'Sends an HTTP request; anything but a read is confirmed first.',
    category: 'work',
    sideEffect: 'write',
  },
  {
    id: 'human_in_the_loop',
    name: 'Human in the loop',
    description: 'Shows something to the person and asks for what its form has.',
    category: 'person',
    sideEffect: 'none',
  },
  {
    id: 'response',
    name: 'Response',
    description: 'Ends the workflow with its result.',
    category: 'end',
    sideEffect: 'none',
  },
];
