import { canonical, isList, isRecord, recordOf, type Json } from './json.js';
import type { Played } from './journey-player.js';
import type { Run } from './run-summary.js';

/** Fields that the journey adds to an output and the design does not name. */
const BESIDE: ReadonlySet<string> = new Set(['errorCode', 'resumedAt']);

/** Where a journey did other than the reference, in words; empty where they are one. */
export function differencesOf(run: Run, played: Played): string[] {
  return [
    ...outputDifferences(run, played),
    ...endDifferences(run, played),
    ...orderDifferences(run, played),
  ];
}

function outputDifferences(run: Run, { outputs }: Played): string[] {
  const found: string[] = [];
  for (const [path, output] of outputs) {
    const expected = run.outputs.get(path);
    if (expected === undefined) found.push(`${path} has an output in the journey alone`);
    else if (plain(expected) !== plain(output)) {
      found.push(`${path} has ${plain(output)} instead of ${plain(expected)}`);
    }
  }
  for (const path of run.outputs.keys()) {
    if (!outputs.has(path) && !run.maybe.has(path)) found.push(`${path} has none in the journey`);
  }
  return found;
}

function endDifferences(run: Run, { outcome, result }: Played): string[] {
  const possible = new Set<Played['outcome']>(
    run.ends.map(({ kind }) => (kind === 'response' ? 'completed' : 'failed')),
  );
  if (run.ends.length === 0) possible.add('completed');
  if (!possible.has(outcome)) return [`it is ${outcome} instead of ${[...possible].join(' or ')}`];
  if (outcome !== 'completed' || run.possibleResults.length === 0) return [];
  return run.possibleResults.some((expected) => plain(expected) === plain(result))
    ? []
    : [`it ends with ${plain(result)}, none of ${run.possibleResults.map(plain).join(' or ')}`];
}

function orderDifferences(run: Run, { order }: Played): string[] {
  const place = new Map(order.map((path, index) => [path, index]));
  return run.constraints.flatMap(([a, b]) => {
    const [first, second] = [place.get(a), place.get(b)];
    if (first === undefined || second === undefined || first < second) return [];
    return [`${b} is done before ${a}`];
  });
}

function plain(value: Json): string {
  return canonical(without(value));
}

function without(value: Json): Json {
  if (isList(value)) return value.map(without);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !BESIDE.has(key));
  return recordOf(kept.map(([key, item]) => [key, without(item)]));
}
