import type { IssueCode } from '../../issue-catalogue.js';
import type { Journey } from '../../journey/types.js';
import { analyse } from '../analyse.js';

/** What is found in a journey: messages of one code, or codes and messages of all. */
export function found(journey: Journey, code?: IssueCode): string[] {
  const issues = analyse(journey).filter((issue) => code === undefined || issue.code === code);
  return issues.map((issue) =>
    code === undefined ? `${issue.code}: ${issue.message}` : issue.message,
  );
}
