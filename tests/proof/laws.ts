import { ISSUE_CATALOGUE, type Journey } from '@sim/domain';
import { canonical, isList, isRecord, type Json } from './json.js';
import { mappingOf } from './journey-player.js';
import { readWorkflow, type RawWorkflow } from './raw-workflow.js';
import { renamedDocument, renamedJourney, renamingOf } from './renaming.js';
import type { Examined } from './trial.js';

/** What holds for every generated workflow. */
export interface Law {
  readonly name: string;
  /** Checked on one trial of so many, as it costs much. */
  readonly every: number;
  /** What contradicts it, in words. */
  readonly violations: (examined: Examined) => string[];
}

const LAWS: readonly Law[] = [
  {
    name: 'the journey leaves what the reference leaves, block by block',
    every: 1,
    violations: (examined) => (examined.isAmbiguous ? [] : examined.differences()),
  },
  {
    name: 'the log of a session tells its state',
    every: 1,
    violations: (examined) => examined.replayDifferences(),
  },
  { name: 'every part of a workflow is mapped or told of', every: 1, violations: lostParts },
  { name: 'ways lead from states to later states', every: 1, violations: strayWays },
  { name: 'a journey survives being written as JSON', every: 1, violations: unwritable },
  { name: 'renaming before the mapping is renaming after it', every: 4, violations: idsThatMatter },
];

function lostParts({ trial, mapping }: Examined): string[] {
  const { provenance, issues } = mapping;
  const { nodeStateMappings, leftOut, coverage } = provenance;
  const told = new Set(issues.map(({ code }) => code));
  const workflow = readWorkflow(trial.given.document, 'chat');
  const left = new Map(leftOut.map(({ kind, id, reason }) => [`${kind} ${id}`, reason]));
  const reachable = reachableIn(workflow);
  const lost = [...workflow.blocks.keys()].flatMap((id) => {
    if (Object.hasOwn(nodeStateMappings, id)) return [];
    if (reachable.has(id)) return [`${id} can be reached, and has no state`];
    return left.has(`block ${id}`) ? [] : [`${id} is lost without a word`];
  });
  const unknown = [...left.values()].filter(
    (reason) => !Object.hasOwn(ISSUE_CATALOGUE, reason) || !told.has(reason),
  );
  return [
    ...lost,
    ...unknown.map((reason) => `nothing is said of what is left out for ${reason}`),
    ...(coverage === 1 ? [] : [`the coverage is ${coverage}`]),
  ];
}

function reachableIn(workflow: RawWorkflow): ReadonlySet<string> {
  const reachable = new Set<string>();
  const open: (string | null)[] = [null];
  for (const container of open) {
    for (const { id, type } of workflow.body(container).blocks) {
      reachable.add(id);
      if (type === 'loop' || type === 'parallel') open.push(id);
    }
  }
  return reachable;
}

function strayWays({ mapping: { journey } }: Examined): string[] {
  const place = new Map<string, number>(journey.states.map(({ id }, index) => [id, index]));
  const entered = new Set<string>([
    ...(journey.initial === null ? [] : [journey.initial]),
    ...(journey.children ?? []).flatMap(({ initial }) => (initial === null ? [] : [initial])),
    ...journey.transitions.map(({ to }) => to),
  ]);
  return [
    ...journey.transitions
      .filter(({ from, to }) => !((place.get(from) ?? Infinity) < (place.get(to) ?? -1)))
      .map(({ id, from, to }) => `${id} leads from ${from} to ${to}`),
    ...journey.states
      .filter(({ id }) => !entered.has(id))
      .map(({ id }) => `nothing leads to ${id}`),
    ...(place.size === journey.states.length ? [] : ['two states have one id']),
  ];
}

function unwritable({ mapping: { journey } }: Examined): string[] {
  const written = JSON.stringify(journey);
  const again = JSON.parse(written) as Journey;
  return JSON.stringify(again) === written && !hasHoles(journey as unknown as Json)
    ? []
    : ['the journey is not what JSON makes of it'];
}

/** Undefined, or what is no number: JSON would leave it out or change it. */
function hasHoles(value: Json | undefined): boolean {
  if (isList(value)) return value.some(hasHoles);
  if (isRecord(value)) return Object.values(value).some(hasHoles);
  return value === undefined || (typeof value === 'number' && !Number.isFinite(value));
}

function idsThatMatter({ trial: { given }, mapping }: Examined): string[] {
  const rename = renamingOf(given.document);
  const other = mappingOf({ ...given, document: renamedDocument(given.document, rename) });
  const before = { ...other.journey, id: '', version: '' };
  const after = { ...renamedJourney(mapping.journey, rename), id: '', version: '' };
  const codes = (issues: readonly { code: string }[]) => issues.map(({ code }) => code).join(' ');
  return [
    ...(canonical(before as unknown as Json) === canonical(after as unknown as Json)
      ? []
      : ['the renamed workflow has another journey']),
    ...(codes(other.issues) === codes(mapping.issues)
      ? []
      : ['the renamed workflow has other findings']),
  ];
}

/** What contradicts the laws in a trial, each with the law's name; `turn` picks those that are not for all. */
export function violationsOf(examined: Examined, turn = 0): string[] {
  return LAWS.filter(({ every }) => turn % every === 0).flatMap(({ name, violations }) =>
    violations(examined).map((what) => `${name}: ${what}`),
  );
}
