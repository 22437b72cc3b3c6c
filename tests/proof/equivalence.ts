import { canonical } from './json.js';
import type { Played } from './played-record.js';
import type { Run } from './run-summary.js';

/** Where a journey did other than the reference, in words; empty where they are one. */
export function differencesOf(run: Run, played: Played): string[] {
  return [
    ...outputDifferences(run, played),
    ...endDifferences(run, played),
    ...orderDifferences(run, played),
    ...skipDifferences(run, played),
    ...attemptDifferences(run, played),
  ];
}

function outputDifferences(run: Run, { outputs }: Played): string[] {
  const found: string[] = [];
  for (const [path, output] of outputs) {
    const expected = run.outputs.get(path);
    if (expected === undefined) found.push(`${path} has an output in the journey alone`);
    else if (canonical(expected) !== canonical(output)) {
      found.push(`${path} has ${canonical(output)} instead of ${canonical(expected)}`);
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
  return run.possibleResults.some((expected) => canonical(expected) === canonical(result))
    ? []
    : [
        `it ends with ${canonical(result)}, none of ${run.possibleResults.map(canonical).join(' or ')}`,
      ];
}

function orderDifferences(run: Run, { order }: Played): string[] {
  const place = new Map(order.map((path, index) => [path, index]));
  return run.constraints.flatMap(([a, b]) => {
    const [first, second] = [place.get(a), place.get(b)];
    if (first === undefined || second === undefined || first < second) return [];
    return [`${b} is done before ${a}`];
  });
}

/** What a run that was ended early decided is a part of what the reference decides. */
function skipDifferences(run: Run, { skipped }: Played): string[] {
  const wrongly = [...skipped].filter((path) => !run.skipped.has(path));
  const missed = [...run.skipped].filter((path) => !skipped.has(path));
  return [
    ...wrongly.map((path) => `${path} is passed over in the journey alone`),
    ...(run.maybe.size > 0 || run.ends.length > 0 ? [] : missed).map(
      (path) => `${path} is not passed over in the journey`,
    ),
  ];
}

function attemptDifferences(run: Run, { attempts, outputs }: Played): string[] {
  return [...attempts].flatMap(([path, tried]) => {
    const expected = run.attempts.get(path);
    // What was called off may have had tries left.
    if (expected === tried || (run.maybe.has(path) && !outputs.has(path))) return [];
    return [`${path} is tried ${tried} times instead of ${expected ?? 0}`];
  });
}
