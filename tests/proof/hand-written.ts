import { own, recordOf, type Json, type JsonRecord } from './json.js';
import {
  interpret,
  type Case,
  type InterpretOptions,
  type Oracle,
} from './reference-interpreter.js';
import type { Run } from './run-summary.js';

/** A block of a document written by hand. */
export interface HandBlock {
  readonly type?: string;
  /** The id where nothing is said. */
  readonly name?: string;
  readonly in?: string;
  readonly off?: boolean;
  readonly params?: JsonRecord;
  readonly data?: JsonRecord;
  readonly outputs?: JsonRecord;
  /** Runs at most. */
  readonly tries?: number;
}

/** `a>b` is an edge, `a!b` one for errors, `a:handle>b` one by a handle; chains such as `a>b>c` are several. */
export function documentOf(
  blocks: Readonly<Record<string, HandBlock>>,
  chains: readonly string[],
  variables: JsonRecord = {},
): JsonRecord {
  return {
    version: '1.0',
    state: {
      blocks: recordOf(Object.entries(blocks).map(([id, block]) => [id, blockOf(id, block)])),
      edges: chains.flatMap(edgesOf),
      loops: {},
      parallels: {},
      variables: recordOf(
        Object.entries(variables).map(([name, value]): [string, Json] => [
          `var-${name}`,
          { id: `var-${name}`, name, type: 'plain', value },
        ]),
      ),
      metadata: { name: 'By hand' },
    },
  };
}

function blockOf(id: string, block: HandBlock): Json {
  return {
    id,
    type: block.type ?? 'function',
    name: block.name ?? id,
    position: { x: 0, y: 0 },
    enabled: block.off !== true,
    subBlocks: recordOf(
      Object.entries(block.params ?? {}).map(([key, value]): [string, Json] => [
        key,
        { id: key, type: 'short-input', value },
      ]),
    ),
    outputs: block.outputs ?? {},
    data: { ...block.data, ...(block.in !== undefined && { parentId: block.in }) },
    ...(block.tries !== undefined && {
      retry: { enabled: true, maxTries: block.tries, waitBetweenTriesMs: 0 },
    }),
  };
}

function edgesOf(chain: string): Json[] {
  const steps = [...chain.matchAll(/([^>!:]+)(?::([^>]+))?([>!])?/g)];
  return steps.slice(0, -1).map(([, source = '', handle, sign], index) => ({
    id: `${chain}#${index}`,
    source,
    target: steps[index + 1]![1]!,
    sourceHandle: sign === '!' ? 'error' : (handle ?? 'source'),
    targetHandle: 'target',
  }));
}

/** A start, and functions that give back what their code reads: `{fn: 'return 1'}`. */
export function functions(code: Readonly<Record<string, string>>): Record<string, HandBlock> {
  const entries = Object.entries(code).map(([id, text]) => [id, fn(text)] as const);
  return { start: START, ...Object.fromEntries(entries) };
}

export const START: HandBlock = { type: 'start_trigger', name: 'Start' };

/** A block that gives back what a piece of code reads. */
export const fn = (code: string, more: HandBlock = {}): HandBlock => ({
  params: { code },
  ...more,
});

/** A condition: expressions by branch, `else` without one. */
export function condition(id: string, ...expressions: readonly (string | null)[]): HandBlock {
  const conditions = expressions.map((value, index) => ({
    id: `${id}-${index}`,
    title: value === null ? 'else' : index === 0 ? 'if' : 'else if',
    value: value ?? '',
  }));
  return { type: 'condition', params: { conditions: JSON.stringify(conditions) } };
}

const NOTHING: Oracle = { start: {}, env: {}, routes: {}, picks: {}, forms: {} };

/** Runs a document; a failing block of which nothing else is said is `{failTimes: 9}`. */
export function runOf(
  document: JsonRecord,
  oracle: Partial<Oracle> = {},
  more: { children?: Case['children']; options?: InterpretOptions } = {},
): Run {
  return interpret(
    { document, children: more.children ?? {}, oracle: { ...NOTHING, ...oracle } },
    more.options,
  );
}

/** What a function of a run gave back, by its path. */
export const resultOf = (run: Run, path: string): Json | undefined =>
  own(run.outputs.get(path), 'result');

/** The paths that ran, sorted. */
export const ranIn = (run: Run): string[] => [...run.ran].sort();

export const FAILING: HandBlock = { params: { code: 'return 1', failTimes: 9 } };
