import type { Issue } from '@sim/domain';
import { unprocessable, type ProblemBody, type ProblemError } from '@sim/service-kit';
import type { ErrorRequestHandler } from 'express';

/** A document is JSON, but no workflow. */
export class NotAWorkflowError extends Error {
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    super(issues[0]?.message ?? 'The document is no workflow.');
    this.name = 'NotAWorkflowError';
    this.issues = issues;
  }

  /** The problem that it is, without its issues. */
  toProblem(): ProblemError {
    const hint = this.issues[0]?.hint ?? '';
    return unprocessable('not_a_workflow', `${this.message} ${hint}`.trim());
  }
}

/** Answers with the issues beside the problem: its author needs all of them at once. */
export function notAWorkflowHandler(docsBase: string): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (!(error instanceof NotAWorkflowError) || res.headersSent) {
      next(error);
      return;
    }
    const { status, code, title, detail } = error.toProblem();
    const body: ProblemBody & { readonly issues: readonly Issue[] } = {
      type: `${docsBase}/${code}`,
      title,
      status,
      detail,
      code,
      instance: req.originalUrl.split('?', 1)[0] ?? '',
      requestId: req.id,
      issues: error.issues,
    };
    res
      .status(status)
      .set('Cache-Control', 'no-store')
      .type('application/problem+json')
      .send(JSON.stringify(body));
  };
}
