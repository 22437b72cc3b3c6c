import type { Issue } from '@sim/domain';

const MARKS = { error: '✗', warning: '!', info: '·' } as const;

/** Findings as a person reads them: the worst first, each with where it is and what to do. */
export function issueLines(issues: readonly Issue[]): string[] {
  const order = Object.keys(MARKS);
  return issues
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .flatMap((issue) => {
      const place = placeOf(issue);
      return [
        `${MARKS[issue.severity]} ${issue.severity} ${issue.code}${place === null ? '' : ` (${place})`}`,
        `  ${issue.message}`,
        `  → ${issue.hint}`,
      ];
    });
}

/** "2 errors, 1 warning" */
export function countLine(issues: readonly Issue[]): string {
  const counts = Object.keys(MARKS).flatMap((severity) => {
    const count = issues.filter((issue) => issue.severity === severity).length;
    const plural = count === 1 || severity === 'info' ? severity : `${severity}s`;
    return count === 0 ? [] : [`${count} ${plural}`];
  });
  return counts.length === 0 ? 'no issues' : counts.join(', ');
}

function placeOf({ blockId, edgeId, path }: Issue): string | null {
  if (blockId !== undefined) return `block ${blockId}`;
  if (edgeId !== undefined) return `edge ${edgeId}`;
  return path ?? null;
}
