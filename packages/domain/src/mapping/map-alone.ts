import type { IssueCode } from '../issue-catalogue.js';
import type { Journey, JourneyState, ToolState, Transition } from '../journey/types.js';
import type { Workflow } from '../workflow/types.js';
import { IssueLog, quote, quoteAll } from '../workflow/issue-log.js';
import { normaliseName } from '../expressions/references.js';
import { FreshIds } from '../workflow/names.js';
import { checkAgentTools } from './check-agent-tools.js';
import { checkConditions } from './check-conditions.js';
import { checkReferences } from './check-references.js';
import { checkSecrets } from './check-secrets.js';
import { missingEntries } from './containers.js';
import { reportGaps } from './gaps.js';
import { findInputs, makeInputs, throughInputs } from './inputs.js';
import { groupBySource, levelsOf, reachFrom, type Reached } from './order.js';
import { traceOrigins } from './provenance.js';
import { referencesOf } from './references.js';
import { START_NAME, type StartRole } from './starts.js';
import { stateIdOf } from './state-ids.js';
import { makeState, syntheticStart, type StateContext } from './states.js';
import { surveyBlocks, type Survey } from './survey.js';
import { operationOf, toolFor } from './tools.js';
import type { MapOptions, MappedWorkflow } from './types.js';
import { MAPPER_VERSION, versionOf } from './version.js';
import { readWays, type Way } from './ways.js';

/** A workflow's own journey; the workflows that it calls are not linked yet. */
export function mapAlone(workflow: Workflow, options: MapOptions, role: StartRole): MappedWorkflow {
  const log = new IssueLog();
  const survey = surveyBlocks(workflow, role, log);
  const { leftOut } = survey;
  const read = readWays(workflow.edges, { ...survey, log });
  const initial = initialOf(survey, log);
  const ways = initial === null ? [] : allWays(workflow, initial, survey, read.ways, log);
  const reached: Reached =
    initial === null ? { blocks: new Set(), ways: [], closing: [] } : reachFrom(initial, ways);
  reportCycles(reached, survey, log);
  leaveUnreached(workflow, reached, leftOut, log);
  const references = new Map(
    workflow.blocks
      .filter(({ id }) => reached.blocks.has(id))
      .map((block) => [block.id, referencesOf(block)] as const),
  );
  const startId = survey.start?.id ?? null;
  const inputs = findInputs(
    workflow.blocks.filter(({ id }) => reached.blocks.has(id)),
    startId,
    survey.byId.keys(),
  );
  const led = throughInputs(reached.ways, inputs);
  const levels = initial === null ? new Map<string, number>() : levelsOf(initial, led);
  const states = makeStates(workflow, initial, levels, {
    byId: survey.byId,
    branches: survey.branches,
    containers: new Map(workflow.containers.map((container) => [container.blockId, container])),
    waysOut: groupBySource(reached.ways),
    inputs,
    references,
    startId,
    hasBlockNamedStart: workflow.blocks.some(({ name }) => normaliseName(name) === START_NAME),
    options,
    log,
  });
  const transitions = makeTransitions(led, states, workflow);
  reportStates(states, survey, options, log);
  checkReferences({ workflow, start: survey.start, states, leftOut, references, log });
  const journey = makeJourney(workflow, options, initial, states, transitions, leftOut);
  const edges = reasonsOfEdges(workflow, read.leftOut, reached, leftOut);
  const provenance = traceOrigins(workflow, states, transitions, { blocks: leftOut, edges });
  return { journey, issues: log.finish(), provenance };
}

/** What edges stand for, and the ways that no edge stands for: into a beginning without a start. */
function allWays(
  workflow: Workflow,
  initial: string,
  survey: Survey,
  read: readonly Way[],
  log: IssueLog,
): Way[] {
  const partaking = workflow.blocks.filter(({ id }) => !survey.leftOut.has(id));
  return [...entryWays(initial, survey), ...missingEntries(partaking, read, log), ...read];
}

/** The block where the journey begins, or the id of a start that stands for none. */
function initialOf(survey: Survey, log: IssueLog): string | null {
  if (survey.start) return survey.start.id;
  if (survey.entries.length === 0) return null;
  const message = () =>
    `There is no start block; the journey begins at ${quoteAll(survey.entries.map(({ name }) => name))}.`;
  log.report('no_start_block', { message });
  return new FreshIds(survey.byId.keys()).take('~start');
}

function entryWays(initial: string, survey: Survey): Way[] {
  return survey.entries.map(({ id }) => ({
    from: initial,
    to: id,
    kind: 'next' as const,
    branchId: null,
    edgeIds: [],
  }));
}

function reportCycles(reached: Reached, { byId }: Survey, log: IssueLog): void {
  for (const { way, cycle, length } of reached.closing) {
    const message = () => {
      const names = cycle.map((id) => quote(byId.get(id)?.name ?? id));
      const middle = length > names.length ? ' → …' : '';
      return `The blocks ${names.join(' → ')}${middle} → ${names[0] ?? ''} form a cycle.`;
    };
    const [edgeId] = way.edgeIds;
    log.report('cycle_outside_container', {
      blockId: way.from,
      ...(edgeId !== undefined && { edgeId }),
      message,
    });
  }
}

function leaveUnreached(
  workflow: Workflow,
  reached: Reached,
  leftOut: Map<string, IssueCode>,
  log: IssueLog,
): void {
  for (const { id, name, parentId } of workflow.blocks) {
    if (reached.blocks.has(id) || leftOut.has(id)) continue;
    leftOut.set(id, 'block_unreachable');
    // What stands in a container that no path leads to is told of with it.
    if (parentId !== null && !reached.blocks.has(parentId)) continue;
    const message = () => `No path leads from the start to ${quote(name)}.`;
    log.report('block_unreachable', { blockId: id, message });
  }
}

/** In topological order: by level, within one in document order. */
function makeStates(
  workflow: Workflow,
  initial: string | null,
  levels: ReadonlyMap<string, number>,
  context: StateContext,
): JourneyState[] {
  const level = ({ id }: JourneyState) => levels.get(id.slice(3)) ?? 0;
  const states = workflow.blocks
    .filter(({ id }) => levels.has(id))
    .flatMap((block) => {
      const inputs = context.inputs.get(block.id);
      const state = makeState(block, context);
      return inputs ? [makeInputs(block, inputs), state] : [state];
    })
    .sort((a, b) => level(a) - level(b));
  if (initial === null || context.startId !== null) return states;
  return [syntheticStart(initial), ...states];
}

/** In the order of the states that they leave; named after their first edges. */
function makeTransitions(
  ways: readonly Way[],
  states: readonly JourneyState[],
  workflow: Workflow,
): Transition[] {
  const position = new Map<string, number>(states.map(({ id }, index) => [id, index]));
  const at = (way: Way) => position.get(stateIdOf(way.from)) ?? states.length;
  const fresh = new FreshIds(workflow.edges.map(({ id }) => id));
  return [...ways]
    .sort((a, b) => at(a) - at(b))
    .map(({ from, to, kind, branchId, edgeIds }) => ({
      id: `tr_${edgeIds[0] ?? fresh.take('~way')}` as const,
      from: stateIdOf(from),
      to: stateIdOf(to),
      kind,
      branchId,
      edgeIds,
    }));
}

function reportStates(
  states: readonly JourneyState[],
  survey: Survey,
  options: MapOptions,
  log: IssueLog,
): void {
  for (const state of states) {
    const block = survey.byId.get(state.blockId);
    if (block && (state.kind === 'tool' || state.kind === 'router')) reportGaps(block, log);
    if (state.kind === 'tool') reportExecutor(state, options, log);
    if (state.kind === 'tool') checkAgentTools(state, options, log);
    if (state.kind === 'fork') checkConditions(state, log);
    checkSecrets(state, log);
  }
}

function reportExecutor(
  state: ToolState,
  { knownTypes, tools = [] }: MapOptions,
  log: IssueLog,
): void {
  const { blockType, blockId, label, params } = state;
  if (!knownTypes || knownTypes.has(blockType)) return;
  const operation = operationOf(params);
  if (toolFor(tools, blockType, operation)) return;
  const message = () => {
    const what = operation === null ? '' : ` with the operation ${quote(operation)}`;
    return `Nothing runs blocks of type ${quote(blockType)}${what} such as ${quote(label)}.`;
  };
  log.report('executor_missing', { blockId, message });
}

/** Why each edge became nothing that did. */
function reasonsOfEdges(
  workflow: Workflow,
  refused: ReadonlyMap<string, IssueCode>,
  reached: Reached,
  leftOut: ReadonlyMap<string, IssueCode>,
): Map<string, IssueCode> {
  const reasons = new Map(refused);
  for (const { way } of reached.closing) {
    for (const id of way.edgeIds) reasons.set(id, 'cycle_outside_container');
  }
  for (const { id, source, target } of workflow.edges) {
    // A block's reason may have been settled after its edges were read.
    const reason = leftOut.get(source) ?? leftOut.get(target);
    if (reason !== undefined && !reasons.has(id)) reasons.set(id, reason);
  }
  return reasons;
}

function makeJourney(
  workflow: Workflow,
  options: MapOptions,
  initial: string | null,
  states: readonly JourneyState[],
  transitions: readonly Transition[],
  leftOut: ReadonlyMap<string, IssueCode>,
): Journey {
  const version = versionOf(workflow, options);
  const absentNames = absentNamesOf(workflow, states, leftOut);
  return {
    id: `jrn_${version.slice(0, 24)}`,
    version,
    mapperVersion: MAPPER_VERSION,
    name: workflow.name,
    description: workflow.description,
    initial: initial === null ? null : stateIdOf(initial),
    states,
    transitions,
    variables: workflow.variables,
    ...(absentNames.length > 0 && { absentNames }),
  };
}

/** A reference to a block that is left out is empty, one to no block at all stays as it is written. */
function absentNamesOf(
  workflow: Workflow,
  states: readonly JourneyState[],
  leftOut: ReadonlyMap<string, IssueCode>,
): string[] {
  const present = new Set(states.map(({ refName }) => refName));
  const absent = workflow.blocks
    .filter(({ id, type }) => leftOut.has(id) && type !== 'note')
    .map(({ name }) => normaliseName(name))
    .filter((name) => !present.has(name));
  return [...new Set(absent)];
}
