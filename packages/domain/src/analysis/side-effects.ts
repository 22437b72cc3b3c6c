import { sideEffectOf } from '../mapping/side-effects.js';
import { writes } from '../session/graph.js';
import { quote } from '../workflow/issue-log.js';
import { report, type JourneySurvey } from './survey.js';

/**
 * Where confirmation is asked for, a session asks before every state that writes. Reports the states that
 * only the options of the mapping keep from being such.
 */
export function reportSideEffects(survey: JourneySurvey): void {
  for (const state of survey.bodies.flatMap(({ states }) => states)) {
    if (state.kind !== 'tool' || writes(state)) continue;
    if (sideEffectOf({ type: state.blockType, params: state.params }, {}) !== 'write') continue;
    const message = () =>
      `${quote(state.label)} may act outside, but blocks of type ${quote(state.blockType)} are set to ${quote(state.sideEffect)}; nobody is asked first.`;
    report(survey, 'side_effect_unconfirmed', state, message);
  }
}
