import type {
  ChildJourney,
  Journey,
  JourneyState,
  StateId,
  SubJourneyState,
  Transition,
} from '../journey/types.js';
import type { Workflow } from '../workflow/types.js';
import { IssueLog, quote } from '../workflow/issue-log.js';
import { mapAlone } from './map-alone.js';
import type { MapOptions, MappedWorkflow } from './types.js';
import { linkedVersion, MAPPER_VERSION } from './version.js';

/** A child on its way into a journey. */
interface Linked {
  readonly child: ChildJourney;
  readonly states: readonly JourneyState[];
  readonly transitions: readonly Transition[];
}

/**
 * Links the workflows that a journey calls, and those that these call, each once: a workflow that calls
 * itself, by whatever way, is bounded when it runs. What is called and not known is reported.
 */
export function linkChildren(
  mapped: MappedWorkflow,
  workflow: Workflow,
  options: MapOptions,
): MappedWorkflow {
  const calls = mapped.journey.states.filter(isCall);
  if (calls.length === 0) return mapped;
  const log = new IssueLog();
  for (const call of calls) reportMissing(call, options, log);
  const prefix = freePrefix(workflow);
  const keys = new Map<string, string>();
  const linked: Linked[] = [];
  const open = idsOf(calls);
  for (const id of open) {
    const content = options.children?.get(id);
    if (!content || keys.has(id)) continue;
    const key = `${prefix}${keys.size + 1}`;
    keys.set(id, key);
    const { journey } = mapAlone(content, options, 'child');
    linked.push(linkOne(journey, id, key));
    // The list grows while it is walked; every workflow is taken once.
    open.push(...idsOf(journey.states.filter(isCall)));
  }
  const journey = assemble(mapped.journey, linked, keys);
  return { ...mapped, journey, issues: [...mapped.issues, ...log.finish()] };
}

function isCall(state: JourneyState): state is SubJourneyState {
  return state.kind === 'subjourney';
}

function idsOf(calls: readonly SubJourneyState[]): string[] {
  return calls.flatMap(({ workflowId }) => (workflowId === null ? [] : [workflowId]));
}

function reportMissing(
  { blockId, label, workflowId }: SubJourneyState,
  { children }: MapOptions,
  log: IssueLog,
): void {
  if (workflowId !== null && (children === undefined || children.has(workflowId))) return;
  const which =
    workflowId === null
      ? 'does not say which workflow it calls'
      : `calls ${quote(workflowId)}, which is not known`;
  log.report('child_workflow_missing', { blockId, message: () => `${quote(label)} ${which}.` });
}

/** Begins no block's id, so that ids made with it are free. */
function freePrefix({ blocks }: Workflow): string {
  let prefix = '@';
  while (blocks.some(({ id }) => id.startsWith(prefix))) prefix += '@';
  return prefix;
}

function linkOne(journey: Journey, workflowId: string, key: string): Linked {
  const idOf = (id: StateId): StateId => `st_${key}/${id.slice(3)}`;
  const { name, version, variables, absentNames } = journey;
  return {
    child: {
      key,
      workflowId,
      name,
      version,
      initial: journey.initial && idOf(journey.initial),
      variables,
      ...(absentNames && { absentNames }),
    },
    states: journey.states.map((state) => ({
      ...state,
      id: idOf(state.id),
      blockId: `${key}/${state.blockId}`,
      child: key,
      ...(state.parent && { parent: idOf(state.parent) }),
      ...(state.kind === 'tool' && state.inputs && { inputs: idOf(state.inputs) }),
    })),
    transitions: journey.transitions.map((way) => ({
      ...way,
      id: `tr_${key}/${way.id.slice(3)}` as const,
      from: idOf(way.from),
      to: idOf(way.to),
      edgeIds: way.edgeIds.map((id) => `${key}/${id}`),
    })),
  };
}

function assemble(
  journey: Journey,
  linked: readonly Linked[],
  keys: ReadonlyMap<string, string>,
): Journey {
  const states = [...journey.states, ...linked.flatMap((one) => one.states)].map(
    (state): JourneyState =>
      isCall(state)
        ? {
            ...state,
            calls: state.workflowId === null ? null : (keys.get(state.workflowId) ?? null),
          }
        : state,
  );
  const children = linked.map(({ child }) => child);
  const version = linkedVersion(journey.version, children);
  return {
    ...journey,
    id: `jrn_${version.slice(0, 24)}`,
    version,
    mapperVersion: MAPPER_VERSION,
    states,
    transitions: [...journey.transitions, ...linked.flatMap((one) => one.transitions)],
    ...(children.length > 0 && { children }),
  };
}
