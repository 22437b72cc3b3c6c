import type { Json } from './json.js';
import type { Interpreter } from './reference-interpreter.js';
import {
  constraintsOf,
  didRun,
  isBefore,
  pathOf,
  type Ambiguity,
  type End,
  type Instance,
  type Scope,
} from './run-record.js';

/**
 * What a run leaves. Where a response or a failure ends it, the blocks beside it may have run or not:
 * `outputs` and `ran` are those of a run in which all of them did, and `maybe` says which these are.
 */
export interface Run {
  readonly status: 'completed' | 'failed';
  /** By path, see `pathOf`; of blocks that failed with an error edge `{error}`. */
  readonly outputs: ReadonlyMap<string, Json>;
  /** Paths of the blocks that came to an end, by an output or a failure. */
  readonly ran: ReadonlySet<string>;
  readonly maybe: ReadonlySet<string>;
  /** Paths of the blocks of opened scopes that every way leads past. */
  readonly skipped: ReadonlySet<string>;
  /** Of the Response, else of the last terminal block, else of the last block. Null where it failed. */
  readonly result: Json;
  /** Every result that some order of the blocks gives. */
  readonly possibleResults: readonly Json[];
  /** What may have ended the run, each first in some order; none where it ran out. */
  readonly ends: readonly End[];
  readonly attempts: ReadonlyMap<string, number>;
  /** Pairs of paths, the first done before the second; transitive. */
  readonly constraints: readonly (readonly [string, string])[];
  /** Where the outcome depends on an order that the design leaves open. */
  readonly ambiguities: readonly Ambiguity[];
}

/** The outputs that count as the result of a scope's workflow. */
export function resultsOf(scope: Scope): { result: Json; possible: readonly Json[] } {
  const { body, states, outputs } = scope;
  const ran = body.blocks.filter(({ id }) => outputs.has(id));
  const terminal = ran.filter(({ id }) => (body.outgoing.get(id) ?? []).length === 0);
  const sinks = ran.filter(
    ({ id }) => !(body.outgoing.get(id) ?? []).some(({ target }) => didRun(states.get(target))),
  );
  const possible = (terminal.length > 0 ? terminal : sinks).map(({ id }) => outputs.get(id)!);
  return { result: possible.at(-1) ?? null, possible };
}

export function summarise(interpreter: Interpreter, root: Scope): Run {
  const { instances, attempts } = interpreter;
  const ends = interpreter.ends.filter(({ handledAt }) => handledAt === '');
  const [end] = ends;
  const results = resultsOf(root);
  const scopes = scopesOf(root);
  return {
    status: end?.kind === 'failure' ? 'failed' : 'completed',
    outputs: new Map(
      scopes.flatMap(({ path, outputs }) =>
        [...outputs].map(([id, output]) => [pathOf(path, id), output] as const),
      ),
    ),
    ran: new Set(instances.keys()),
    maybe: new Set([...instances.values()].filter((at) => isUnsure(at, interpreter)).map(pathIn)),
    skipped: new Set(
      scopes.flatMap(({ path, states }) =>
        [...states].filter(([, state]) => state === 'skipped').map(([id]) => pathOf(path, id)),
      ),
    ),
    result: end ? end.output : results.result,
    possibleResults: end ? ends.map(({ output }) => output) : results.possible,
    ends,
    attempts,
    constraints: constraintsOf(root),
    ambiguities: [
      ...interpreter.ambiguities,
      ...unorderedReads(interpreter),
      ...unorderedVariables(interpreter),
    ],
  };
}

function pathIn({ path }: Instance): string {
  return path;
}

function scopesOf(root: Scope): Scope[] {
  const scopes = [root];
  // The list grows while it is walked.
  for (const { inner } of scopes) for (const list of inner.values()) scopes.push(...list);
  return scopes;
}

/** True for what stands beside something that ends the scopes around both. */
function isUnsure(instance: Instance, { ends, instances }: Interpreter): boolean {
  return ends.some(({ path, handledAt }) => {
    if (instance.path === path || !isInside(instance.path, handledAt ?? '')) return false;
    const end = instances.get(path);
    return end !== undefined && !isBefore(instance, end);
  });
}

function isInside(path: string, around: string): boolean {
  return around === '' || (path.startsWith(around) && '/['.includes(path[around.length] ?? '-'));
}

/** Containers, by id, that failed while blocks in them may have run or not. */
function unsureContainers(interpreter: Interpreter): ReadonlySet<string> {
  const { ends, instances } = interpreter;
  const failed = new Set(ends.flatMap(({ handledAt }) => (handledAt ? [handledAt] : [])));
  const unsure = [...failed].filter((around) =>
    [...instances.values()].some(
      (instance) => isInside(instance.path, around) && isUnsure(instance, interpreter),
    ),
  );
  return new Set(unsure.map((path) => path.slice(path.lastIndexOf('/') + 1)));
}

function unorderedReads(interpreter: Interpreter): Ambiguity[] {
  const { readings, ends } = interpreter;
  const unsure = unsureContainers(interpreter);
  return readings.flatMap(
    ({ kind, reader, scope, readerId, target, isInside: inside }): Ambiguity[] => {
      if (kind === 'variable') return [];
      const { body, states } = scope;
      const container = pathOf(scope.path, target);
      if (inside && unsure.has(pathOf('', target))) {
        return [{ kind: 'read-of-failed-container', path: reader }];
      }
      if (inside && target !== readerId && ends.some(({ handledAt }) => handledAt === container)) {
        return [{ kind: 'read-of-failed-container', path: reader }];
      }
      const state = states.get(target);
      const isOrdered =
        target === readerId ||
        body.descendants(target).has(readerId) ||
        body.descendants(readerId).has(target);
      const couldRun = didRun(state) || (state === 'stuck' && inside);
      return isOrdered || !couldRun ? [] : [{ kind: 'unordered-read', path: reader }];
    },
  );
}

function unorderedVariables(interpreter: Interpreter): Ambiguity[] {
  const { readings, writes, instances } = interpreter;
  const reads = readings
    .filter(({ kind }) => kind === 'variable')
    .map(({ reader, scope, target }) => ({ frame: scope.frame, name: target, path: reader }));
  const all = [...reads, ...writes];
  return writes.flatMap((write): Ambiguity[] => {
    const isRead = reads.some(({ frame, name }) => frame === write.frame && name === write.name);
    if (!isRead) return [];
    const a = instances.get(write.path);
    if (a && isUnsure(a, interpreter))
      return [{ kind: 'variable-beside-an-end', path: write.path }];
    const rival = all.find(({ frame, name, path }) => {
      const b = instances.get(path);
      if (frame !== write.frame || name !== write.name || !a || !b || a === b) return false;
      return !isBefore(a, b) && !isBefore(b, a);
    });
    return rival ? [{ kind: 'unordered-variable', path: rival.path }] : [];
  });
}
