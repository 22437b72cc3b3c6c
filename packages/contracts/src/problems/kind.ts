/** One kind of problem, as its page explains it. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** When it comes. */
  readonly cause: string;
  /** What to do. */
  readonly fix: string;
}

/** A kind of problem in one line. */
export const kind = (status: number, title: string, cause: string, fix: string): ProblemKind => ({
  status,
  title,
  cause,
  fix,
});
