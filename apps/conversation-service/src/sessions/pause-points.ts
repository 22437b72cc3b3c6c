import type { Journey } from '@sim/domain';
import { badRequest } from '@sim/service-kit';

/**
 * Refuses pause points that no block answers to: the session would never pause there.
 * @throws ProblemError `invalid_body`, with the path of each
 */
export function checkPausePoints(journey: Journey, points: readonly string[] = []): void {
  const known = new Set(journey.states.flatMap(({ blockId, label }) => [blockId, label]));
  const errors = points.flatMap((point, index) =>
    known.has(point)
      ? []
      : [
          {
            path: `executionConfig.pausePoints[${index}]`,
            message: `No block of the workflow has the id or name "${point}"`,
          },
        ],
  );
  const [first] = errors;
  if (!first) return;
  throw badRequest('invalid_body', `${first.message}. Name blocks as the workflow does.`, {
    errors,
  });
}
