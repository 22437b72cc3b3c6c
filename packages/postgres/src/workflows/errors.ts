/** The workflow has another version than the one that the change was made from. */
export class VersionConflictError extends Error {
  readonly code = 'version_conflict';
  readonly workflowId: string;
  readonly expectedVersion: number;
  readonly actualVersion: number;

  constructor(workflowId: string, expectedVersion: number, actualVersion: number) {
    super(
      `Workflow ${workflowId} is at version ${actualVersion}, not ${expectedVersion}: ` +
        'it was changed in the meantime. Read it again and repeat the change.',
    );
    this.name = 'VersionConflictError';
    this.workflowId = workflowId;
    this.expectedVersion = expectedVersion;
    this.actualVersion = actualVersion;
  }
}

/** A journey is to be kept for a workflow, or a version of it, that is not stored. */
export class UnknownWorkflowError extends Error {
  readonly code = 'unknown_workflow';
  readonly workflowId: string;
  readonly version: number;

  constructor(workflowId: string, version: number) {
    super(`There is no version ${version} of workflow ${workflowId}; it may have been deleted.`);
    this.name = 'UnknownWorkflowError';
    this.workflowId = workflowId;
    this.version = version;
  }
}
