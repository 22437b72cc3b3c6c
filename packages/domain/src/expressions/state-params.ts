import type { JsonObject } from '../json.js';
import type { JourneyState } from '../journey/types.js';

/**
 * What running a state goes by, references and `{{ENV}}` markers unresolved: a block's parameters, what a
 * loop or parallel goes over. A fork's branches stand apart.
 */
export function paramsOf(state: JourneyState): JsonObject {
  if (state.kind === 'loop' && state.condition !== null) return { condition: state.condition };
  if (state.kind === 'loop' || state.kind === 'parallel') return { items: state.items };
  return 'params' in state ? state.params : {};
}
