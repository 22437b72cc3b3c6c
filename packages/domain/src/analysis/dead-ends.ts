import { quote } from '../workflow/issue-log.js';
import { report, type JourneySurvey } from './survey.js';

/** Reports branches and routes that lead nowhere. */
export function reportDeadEnds(survey: JourneySurvey): void {
  for (const state of survey.bodies.flatMap(({ states }) => states)) {
    if (state.kind !== 'fork' && state.kind !== 'router') continue;
    const taken = new Set((survey.ways.get(state.id) ?? []).map(({ branchId }) => branchId));
    for (const { id, title } of state.kind === 'fork' ? state.branches : state.routes) {
      if (taken.has(id)) continue;
      const [code, what] =
        state.kind === 'fork'
          ? (['dead_end', 'Branch'] as const)
          : (['route_leads_nowhere', 'Route'] as const);
      const message = () => `${what} ${quote(title)} of ${quote(state.label)} leads nowhere.`;
      report(survey, code, state, message);
    }
  }
}
