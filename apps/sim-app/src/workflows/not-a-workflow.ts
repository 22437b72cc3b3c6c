import type { Issue } from '@sim/domain';
import { unprocessable, type ProblemError } from '@sim/service-kit';

/** A document is JSON, but no workflow; its author needs all the issues at once. */
export function notAWorkflow(issues: readonly Issue[]): ProblemError {
  const { message = 'The document is no workflow.', hint = '' } = issues[0] ?? {};
  return unprocessable('not_a_workflow', `${message} ${hint}`.trim(), { members: { issues } });
}
