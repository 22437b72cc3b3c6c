import type { builtInTool } from '@sim/contracts';
import type * as z from 'zod';

type BuiltInTool = z.output<typeof builtInTool>;

/** Block types that run without further set-up, in the order in which one meets them. */
const BUILT_IN_TOOLS: readonly BuiltInTool[] = [
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
    id: 'loop',
    name: 'Loop',
    description:
      'Repeats its blocks: a number of times, for each item, or while a condition is true.',
    category: 'flow',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'parallel',
    name: 'Parallel',
    description: 'Runs its blocks for several items at a time.',
    category: 'flow',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'workflow_input',
    name: 'Workflow',
    description: 'Runs another workflow of the workspace and goes on with its result.',
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
    id: 'guardrails',
    name: 'Guardrails',
    description: 'Checks a text: JSON, a pattern, personal data, or (with a model) hallucinations.',
    category: 'work',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'memory',
    name: 'Memory',
    description:
      'Adds messages to conversations that the workspace remembers, gives or forgets them.',
    category: 'work',
    sideEffect: 'read',
  },
  {
    source: 'built-in',
    id: 'knowledge',
    name: 'Knowledge',
    description:
      'Searches the knowledge bases of the workspace and keeps their documents; changes are confirmed first.',
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

/** Block types that a model runs; without one, their steps ask the person instead. */
const MODEL_TOOLS: readonly BuiltInTool[] = [
  {
    source: 'built-in',
    id: 'agent',
    name: 'Agent',
    description:
      'Has a model answer messages, in free text or in the form of a schema, with tools and a memory.',
    category: 'work',
    sideEffect: 'read',
  },
  {
    source: 'built-in',
    id: 'router_v2',
    name: 'Router',
    description: 'Has a model choose one of several described routes.',
    category: 'flow',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'router',
    name: 'Router (older form)',
    description: 'Has a model choose one of the blocks that follow.',
    category: 'flow',
    sideEffect: 'none',
  },
  {
    source: 'built-in',
    id: 'evaluator',
    name: 'Evaluator',
    description: 'Has a model score a text by metrics, one number each.',
    category: 'work',
    sideEffect: 'none',
  },
];

/** What runs in this installation. */
export function builtInTools({
  withModel,
}: {
  readonly withModel: boolean;
}): readonly BuiltInTool[] {
  return withModel ? [...BUILT_IN_TOOLS, ...MODEL_TOOLS] : BUILT_IN_TOOLS;
}
