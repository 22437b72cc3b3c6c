import { envNames } from '../expressions/env-names.js';
import type { JourneyState } from '../journey/types.js';
import { quote, quoteAll, type IssueLog } from '../workflow/issue-log.js';

/** Reports secrets in a state that keeps what it is given: they are masked there, and nobody gets them. */
export function checkSecrets(state: JourneyState, log: IssueLog): void {
  if (!handsOn(state)) return;
  const names = envNames(state).sort();
  if (names.length === 0) return;
  const markers = names.map((name) => `{{${name}}}`);
  const message = () =>
    `${quote(state.label)} hands ${quoteAll(markers)} on, which arrives as *** wherever it is read.`;
  log.report('secret_passed_on', { blockId: state.blockId, message });
}

/** What comes out of these is what went in; other blocks do something with it. */
function handsOn(state: JourneyState): boolean {
  switch (state.kind) {
    case 'loop':
      // A condition is tested and forgotten.
      return state.condition === null;
    case 'parallel':
    case 'subjourney':
    case 'response':
      return true;
    default:
      return state.blockType === 'variables';
  }
}
