import { ISSUE_CATALOGUE, type IssueCode } from '../issue-catalogue.js';
import type { Issue } from '../issues.js';

/** What one issue says beyond what its code says. */
export interface Finding {
  readonly blockId?: string;
  readonly edgeId?: string;
  readonly path?: string;
  /** One sentence; made only if the issue is listed. */
  readonly message: () => string;
  /** Instead of the catalogue's. */
  readonly hint?: string;
}

/** Hostile documents hold a fault per edge; a list of them is read by a person. */
const LISTED_PER_CODE = 200;

/** Gathers issues in the order in which they are found, a bounded number of each code. */
export class IssueLog {
  readonly #issues: Issue[] = [];
  readonly #counts = new Map<IssueCode, number>();

  report(code: IssueCode, finding: Finding): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count <= LISTED_PER_CODE) this.#issues.push(makeIssue(code, finding));
  }

  /** Takes over an issue that was found elsewhere. */
  add(issue: Issue): void {
    this.#issues.push(issue);
  }

  get isEmpty(): boolean {
    return this.#issues.length === 0;
  }

  /** The issues; where some were not listed, the last ones say how many. */
  finish(): Issue[] {
    const issues = [...this.#issues];
    for (const [code, count] of this.#counts) {
      if (count <= LISTED_PER_CODE) continue;
      const message = () => `${count - LISTED_PER_CODE} further issues of ${code} are not listed.`;
      issues.push(makeIssue('issues_omitted', { message }));
    }
    return issues;
  }
}

function makeIssue(code: IssueCode, finding: Finding): Issue {
  const { severity, fix } = ISSUE_CATALOGUE[code];
  const { message, hint, ...place } = finding;
  return { code, severity, ...place, message: message(), hint: hint ?? fix };
}

const QUOTED_LENGTH = 60;

/** A name from the document as a message shows it: on one line, in quotes, not endless. */
export function quote(name: string): string {
  const line = name.slice(0, QUOTED_LENGTH + 1).replace(/\s+/g, ' ');
  const cut = line.length > QUOTED_LENGTH ? `${line.slice(0, QUOTED_LENGTH - 1)}…` : line;
  // The cut may have gone through a surrogate pair.
  return `"${cut.replace(/\p{Cs}/gu, '')}"`;
}

/** A key of the document as part of a path: not endless, and nothing that cannot be stored. */
export function pathSegment(key: string): string {
  return key
    .slice(0, 80)
    .replaceAll('\0', '')
    .replace(/\p{Cs}/gu, '');
}

/** Names in a row, the first few of them. */
export function quoteAll(names: readonly string[], limit = 5): string {
  const shown = names.slice(0, limit).map(quote).join(', ');
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}
