import type { StateId } from '../journey/types.js';
import { reachFrom, type Closing } from '../mapping/order.js';
import type { Way } from '../mapping/ways.js';
import { asks } from '../session/graph.js';
import { quote } from '../workflow/issue-log.js';
import { report, type Body, type JourneySurvey } from './survey.js';

/** Stands before all that a search begins at; no state and no child has this name. */
const BEFORE_ALL = '\0';

/** Reports cycles of transitions that do not pass through the person. */
export function reportCycles(survey: JourneySurvey): void {
  const { graph, bodies } = survey;
  for (const body of bodies) {
    const unasked = [...body.reached].filter((id) => {
      const state = graph.states.get(id);
      return state !== undefined && state.kind !== 'form' && !asks(state);
    });
    for (const closing of closingWays(survey, unasked)) {
      const state = graph.states.get(closing.way.from as StateId) ?? null;
      const message = () =>
        `${roundText(survey, closing)} is a cycle that nothing bounds and that asks nobody.`;
      report(survey, 'cycle_unbounded', state, message);
    }
  }
}

/** Reports states that wait for what is never decided: a state that none reaches, or one after itself. */
export function reportStarving(survey: JourneySurvey): void {
  for (const body of survey.bodies) {
    if (body.decided.length === body.reached.size) continue;
    reportOrphanWays(survey, body);
    const decided = new Set(body.decided);
    for (const closing of closingWays(survey, [...body.reached])) {
      const state = survey.graph.states.get(closing.way.to as StateId);
      if (!state || decided.has(state.id)) continue;
      const message = () =>
        `${quote(state.label)} waits for what comes after it: ${roundText(survey, closing)}.`;
      report(survey, 'join_starves', state, message);
    }
  }
}

function reportOrphanWays(survey: JourneySurvey, { key, container, reached }: Body): void {
  const { graph } = survey;
  const first = container === null ? (graph.children.get(key) ?? graph.journey).initial : null;
  for (const id of reached) {
    const state = graph.states.get(id);
    if (!state || id === first) continue;
    for (const { from, kind } of graph.incoming.get(id) ?? []) {
      if (kind === 'enter' ? from === container : reached.has(from)) continue;
      const source = quote(graph.states.get(from)?.label ?? from);
      const message = () =>
        `${quote(state.label)} waits for ${source}, which no path of the same body leads to.`;
      report(survey, 'join_starves', state, message);
    }
  }
}

/** Reports child workflows that lead back to themselves. */
export function reportRecursion(survey: JourneySurvey): void {
  const { graph, bodies } = survey;
  const ways = new Map<string, Way>();
  for (const id of bodies.flatMap(({ reached }) => [...reached])) {
    const state = graph.states.get(id);
    if (state?.kind !== 'subjourney' || state.calls === null) continue;
    const way = arc(state.child ?? BEFORE_ALL, state.calls);
    if (graph.children.has(way.to)) ways.set(JSON.stringify([way.from, way.to]), way);
  }
  for (const { way, cycle, length } of reachFrom(BEFORE_ALL, [...ways.values()]).closing) {
    const names = [...cycle, ...(length > cycle.length ? [null] : []), way.to].map((key) =>
      key === null ? '…' : quote(graph.children.get(key)?.name ?? key),
    );
    const message = () => `Workflows call one another in a circle: ${names.join(' → ')}.`;
    report(survey, 'call_recursive', null, message);
  }
}

/** Ways that close a cycle, among some states of a body. */
function closingWays({ ways }: JourneySurvey, states: readonly StateId[]): readonly Closing[] {
  const among = new Set(states);
  const inside = [...among].flatMap((from) =>
    (ways.get(from) ?? []).filter(({ to }) => among.has(to)).map(({ to }) => arc(from, to)),
  );
  const first = [...among].map((id) => arc(BEFORE_ALL, id));
  return reachFrom(BEFORE_ALL, [...first, ...inside]).closing;
}

function arc(from: string, to: string): Way {
  return { from, to, kind: 'next', branchId: null, edgeIds: [] };
}

function roundText({ graph }: JourneySurvey, { cycle, length }: Closing): string {
  const names = cycle.map((id) => quote(graph.states.get(id as StateId)?.label ?? id));
  return [...names, ...(length > names.length ? ['…'] : []), names[0] ?? ''].join(' → ');
}
