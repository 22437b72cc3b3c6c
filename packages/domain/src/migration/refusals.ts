import type { JourneyState } from '../journey/types.js';
import type { JourneyGraph } from '../session/graph.js';

/** Why a session stays on its version; the meaning of a code never changes. */
export const MOVE_REFUSALS = [
  'answer_missing',
  'answer_unfit',
  'body_changed',
  'nothing_to_ask',
  'output_missing',
  'session_busy',
  'session_ended',
  'step_added',
  'step_changed',
  'step_removed',
  'way_changed',
] as const;

/** A code of {@link MOVE_REFUSALS}. */
export type MoveRefusalCode = (typeof MOVE_REFUSALS)[number];

/** What can be done about each. */
const HINTS: Readonly<Record<MoveRefusalCode, string>> = {
  session_ended: 'It keeps the version that it ended with. Open a new session for the new version.',
  session_busy: 'Try again in a moment, when its block is done.',
  step_removed:
    'Answer or finish that step, and move the session then; or restore the block in the workflow.',
  step_changed: 'Restore the block in the workflow, or let the session end on its version.',
  step_added:
    'The new version would run that block before the place where the session stands. Add it further on, or let the session end on its version.',
  way_changed: 'Restore the way in the workflow, or let the session go past it, and move it then.',
  body_changed: 'Move the session when it has left the loop, parallel or child workflow.',
  answer_missing:
    'Make the field optional, or let the session end on its version: what is answered is not asked again.',
  answer_unfit: 'Let the field accept the earlier answers, or let the session end on its version.',
  output_missing: 'Restore the block, or take out what reads it.',
  nothing_to_ask: 'Answer the question, and move the session then.',
};

/** Why a session cannot be moved, and which block is in the way. */
export interface MoveRefusal {
  readonly code: MoveRefusalCode;
  readonly reason: string;
  readonly hint: string;
  readonly blockId?: string;
  readonly blockName?: string;
}

/** Refuses a move for what is wrong with a block; `reason` is given its name in quotes. */
export function refusal(
  code: MoveRefusalCode,
  block: JourneyState | null,
  reason: (name: string) => string,
): MoveRefusal {
  return {
    code,
    reason: reason(`"${block?.label ?? ''}"`),
    hint: HINTS[code],
    ...(block && { blockId: block.blockId, blockName: block.label }),
  };
}

/** The look-ups of the two versions between which a session moves. */
export interface Versions {
  readonly from: JourneyGraph;
  readonly to: JourneyGraph;
}
