import type { JourneyState, StateId, Transition } from '../journey/types.js';
import { quote } from '../workflow/issue-log.js';
import { MAX_NESTING } from '../workflow/parents.js';
import { chainOf } from './reading.js';
import {
  bodyKeyOf,
  isContainer,
  pathText,
  report,
  type Body,
  type JourneySurvey,
} from './survey.js';

/** Reports a workflow of the journey that has nothing to begin with. */
export function reportBeginnings(survey: JourneySurvey): void {
  const { journey, graph, bodies } = survey;
  for (const { key, container, entries } of bodies) {
    if (container !== null || entries.length > 0) continue;
    const child = graph.children.get(key);
    const { name, initial } = child ?? journey;
    const why = initial === null ? '' : ': its first state is not at its top';
    const message = () => `${quote(name)} has nothing to start with${why}.`;
    report(survey, 'nothing_to_run', null, message);
  }
}

/** Reports what no run can come to. What stands in such a container or workflow is told of with it. */
export function reportUnreached(survey: JourneySurvey): void {
  const { graph, bodies } = survey;
  const reached = new Map(bodies.map((body) => [body.key, body.reached]));
  for (const { key, name } of graph.children.values()) {
    if (reached.has(key)) continue;
    report(
      survey,
      'state_unreachable',
      null,
      () => `No call leads to the workflow ${quote(name)}.`,
    );
  }
  for (const state of graph.states.values()) {
    if (chainOf(state, graph.states) === null) {
      const message = () => `${quote(state.label)} stands in more than ${MAX_NESTING} containers.`;
      report(survey, 'container_too_deep', state, message);
      continue;
    }
    const here = reached.get(bodyKeyOf(state));
    if (here?.has(state.id)) continue;
    const home = whereabouts(survey, state);
    if (!here && home === null) continue;
    // Without a beginning nothing is reached; that is told once.
    if (here?.size === 0 && state.parent === undefined) continue;
    const message = () =>
      `No path leads to ${quote(state.label)}${home === null ? '' : `: ${home}`}.`;
    report(survey, 'state_unreachable', state, message);
  }
}

/** What is wrong with the place where a state stands; null where it is a body of the journey. */
function whereabouts({ graph }: JourneySurvey, { parent, child }: JourneyState): string | null {
  const around = parent === undefined ? undefined : graph.states.get(parent);
  if (parent !== undefined && !around) return 'what it stands in is not there';
  if (around && !isContainer(around)) return `${quote(around.label)} has no body`;
  if (around || child === undefined || graph.children.has(child)) return null;
  return 'its workflow is not there';
}

/** Reports where a circle is entered that no way leads out of. */
export function reportEndless(survey: JourneySurvey): void {
  for (const body of survey.bodies) {
    const ends = statesWithAnEnd(body, survey);
    if (ends.size === body.reached.size) continue;
    const before = firstWays(body, survey);
    for (const id of body.reached) {
      const from = before.get(id);
      const state = survey.graph.states.get(id);
      if (!state || ends.has(id) || (from !== undefined && !ends.has(from))) continue;
      const path = () => [...pathBack(id, before), ...roundFrom(id, survey)];
      const message = () =>
        `From ${quote(state.label)} no end is reached: ${pathText(survey, path())}.`;
      report(survey, 'end_unreachable', state, message);
    }
  }
}

function statesWithAnEnd({ reached }: Body, { graph, ways }: JourneySurvey): Set<StateId> {
  const back = new Map<StateId, StateId[]>();
  const ends = new Set<StateId>();
  for (const id of reached) {
    const out = ways.get(id) ?? [];
    if (out.length === 0 || graph.states.get(id)?.kind === 'response') ends.add(id);
    for (const { to } of out) {
      const known = back.get(to);
      if (known) known.push(id);
      else back.set(to, [id]);
    }
  }
  // What is added to a set while it is walked is walked too.
  for (const id of ends) for (const from of back.get(id) ?? []) ends.add(from);
  return ends;
}

/** By breadth: from where each state is reached first. */
function firstWays({ reached, entries }: Body, { ways }: JourneySurvey): Map<StateId, StateId> {
  const before = new Map<StateId, StateId>();
  const seen = new Set(entries);
  for (const from of reached) {
    for (const { to } of ways.get(from) ?? []) {
      if (seen.has(to)) continue;
      seen.add(to);
      before.set(to, from);
    }
  }
  return before;
}

function pathBack(to: StateId, before: ReadonlyMap<StateId, StateId>): StateId[] {
  const path: StateId[] = [];
  for (let at: StateId | undefined = to; at !== undefined; at = before.get(at)) path.push(at);
  return path.reverse();
}

/** On from a state whose every way leads in a circle, until one comes again. */
function roundFrom(id: StateId, { ways }: JourneySurvey): StateId[] {
  const round: StateId[] = [];
  const seen = new Set([id]);
  for (let at = ways.get(id)?.[0]?.to; at !== undefined; at = ways.get(at)?.[0]?.to) {
    round.push(at);
    if (seen.has(at)) break;
    seen.add(at);
  }
  return round;
}

/** Reports transitions that lead from or to nothing, or past a container, or by no branch there is. */
export function reportDangling(survey: JourneySurvey): void {
  const { graph, dangling, ways } = survey;
  for (const way of dangling) {
    const from = graph.states.get(way.from) ?? null;
    const why = !from || !graph.states.has(way.to) ? 'which is not there' : 'past a container';
    reportWay(survey, way, () =>
      why === 'past a container' ? `leads ${why}` : `leads ${from ? 'to' : 'from'} a state ${why}`,
    );
  }
  for (const [id, out] of ways) {
    const known = branchIdsOf(graph.states.get(id));
    for (const way of out) {
      if (way.kind !== 'branch' || known.has(way.branchId ?? '')) continue;
      reportWay(survey, way, () => 'leaves by a branch that is not there');
    }
  }
}

function branchIdsOf(state: JourneyState | undefined): ReadonlySet<string> {
  if (state?.kind === 'fork') return new Set(state.branches.map(({ id }) => id));
  return new Set(state?.kind === 'router' ? state.routes.map(({ id }) => id) : []);
}

function reportWay(survey: JourneySurvey, way: Transition, what: () => string): void {
  const { graph } = survey;
  const nameOf = (id: StateId) => quote(graph.states.get(id)?.label ?? id);
  const at = graph.states.get(way.from) ?? graph.states.get(way.to) ?? null;
  const message = () => `The way from ${nameOf(way.from)} to ${nameOf(way.to)} ${what()}.`;
  report(survey, 'transition_dangling', at, message);
}
