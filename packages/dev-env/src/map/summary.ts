import type { Issue, Journey, Provenance } from '@sim/domain';
import { countLine, issueLines } from '../workflow-file/issue-lines.js';

/** A workflow file as it was mapped. */
interface Mapped {
  readonly journey: Journey | null;
  readonly provenance: Provenance | null;
  readonly issues: readonly Issue[];
}

/** A journey at a glance, line by line: how much was mapped, to what, and every finding. */
export function summaryLines(file: string, { journey, provenance, issues }: Mapped): string[] {
  const rows: [string, string][] = [['file', file]];
  if (journey && provenance) rows.push(...figures(journey, provenance));
  rows.push(['issues', countLine(issues)]);
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return [
    journey?.name ?? 'No journey',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}${value}`),
    ...(issues.length > 0 ? ['', ...issueLines(issues)] : []),
  ];
}

function figures(journey: Journey, provenance: Provenance): [string, string][] {
  const { nodeStateMappings, edgeTransitionMappings, leftOut, coverage } = provenance;
  const blocks = Object.keys(nodeStateMappings).length;
  const edges = Object.keys(edgeTransitionMappings).length;
  const parts = [`${number(blocks, 'block')} and ${number(edges, 'edge')} mapped`];
  if (leftOut.length > 0) parts.push(`${leftOut.length} left out (${reasons(provenance)})`);
  return [
    ['coverage', `${percent(coverage)} %: ${parts.join(', ')}`],
    ['states', counted(journey.states.map(({ kind }) => kind))],
    ['transitions', counted(journey.transitions.map(({ kind }) => kind))],
    ...(journey.children ?? []).map(({ name }): [string, string] => ['calls', name]),
  ];
}

function number(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Rounded down: 100 is said of nothing less. */
function percent(share: number): number {
  return Math.floor(share * 1_000) / 10;
}

function reasons({ leftOut }: Provenance): string {
  return tally(leftOut.map(({ reason }) => reason))
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
}

/** "5: 1 start, 3 tool, 1 response" */
function counted(kinds: readonly string[]): string {
  const parts = tally(kinds).map(([kind, count]) => `${count} ${kind}`);
  return parts.length === 0 ? '0' : `${kinds.length}: ${parts.join(', ')}`;
}

/** How often each occurs, in the order of their first. */
function tally(texts: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts];
}
