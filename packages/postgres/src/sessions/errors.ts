/** A session is to be written whose workspace, workflow, journey or person is not stored. */
export class MissingReferenceError extends Error {
  readonly code = 'missing_reference';
  /** The foreign key that found nothing, such as `cws_journey_fkey`. */
  readonly constraint: string | null;

  constructor(constraint: string | null, options?: ErrorOptions) {
    super(
      `What the session refers to is not stored (${constraint ?? 'a foreign key'}). ` +
        'Convert the workflow first, and open the session in its workspace.',
      options,
    );
    this.name = 'MissingReferenceError';
    this.constraint = constraint;
  }
}
