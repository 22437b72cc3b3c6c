import type { Issue } from '../issues.js';
import type { Journey } from '../journey/types.js';
import { IssueLog } from '../workflow/issue-log.js';
import { reportCycles, reportRecursion, reportStarving } from './cycles.js';
import { reportDeadEnds } from './dead-ends.js';
import { flowOf } from './flow.js';
import { reportLoops } from './loops.js';
import {
  reportBeginnings,
  reportDangling,
  reportEndless,
  reportUnreached,
} from './reachability.js';
import { namesOf, readersOf } from './reading.js';
import { judgeReferences, reportReferences } from './references.js';
import { reportSideEffects } from './side-effects.js';
import { surveyJourney } from './survey.js';
import { reportVariables } from './variables.js';

/**
 * Certifies a journey, body by body: an end can be reached from everywhere, no join waits for what is
 * never decided, every cycle and loop is bounded, what is read has been written, and every side effect
 * stands behind a confirmation. What does not hold comes as an issue, with a path on which it does not.
 *
 * Total: a journey made by hand, whatever is wrong with it, gives issues too. Time is linear in states,
 * transitions and texts, but for a pass over the journey for every 31 blocks that are read.
 */
export function analyse(journey: Journey): Issue[] {
  const log = new IssueLog();
  const survey = surveyJourney(journey, log);
  reportBeginnings(survey);
  reportDangling(survey);
  reportUnreached(survey);
  reportEndless(survey);
  reportCycles(survey);
  reportStarving(survey);
  reportRecursion(survey);
  reportDeadEnds(survey);
  const readers = readersOf(survey);
  const names = namesOf(survey);
  const flow = flowOf(survey);
  reportLoops(survey, readers, names);
  reportReferences(survey, judgeReferences(survey, flow, readers, names));
  reportVariables(survey, flow, readers, names);
  reportSideEffects(survey);
  return log.finish();
}
