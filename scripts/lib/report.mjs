import { seconds } from './progress.mjs';

/** A table of the steps and the list of what was skipped, with the reasons. */
export function summary(results) {
  const width = Math.max(...results.map((result) => result.name.length));
  const rows = results.map((result) => {
    const counts = result.passed + result.failed + result.skipped.length;
    const tests = counts === 0 ? '' : `  ${result.passed} of ${counts} tests passed`;
    const time = seconds(result.milliseconds).padStart(8);
    return `${result.ok ? '✓' : '✗'} ${result.name.padEnd(width)} ${time}${tests}`;
  });
  const skipped = results.flatMap((result) => result.skipped);
  const reasons = [...groupByReason(skipped)];
  const list = reasons.flatMap(([reason, tests]) => [
    `  ${reason}:`,
    ...tests.map((test) => `    - ${test.name}`),
  ]);
  return ['', ...rows, ...(list.length === 0 ? [] : ['', 'Skipped:', ...list]), ''].join('\n');
}

/** `N passed, N failed, N skipped`; a step that failed without a failing test counts as one failure. */
export function lastLine(results) {
  const total = (count) => results.reduce((sum, result) => sum + count(result), 0);
  const passed = total((result) => result.passed);
  const failed = total((result) => (result.ok ? result.failed : Math.max(result.failed, 1)));
  const skipped = total((result) => result.skipped.length);
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function groupByReason(tests) {
  const groups = new Map();
  for (const test of tests) groups.set(test.reason, [...(groups.get(test.reason) ?? []), test]);
  return groups;
}
