import { badRequest, preconditionRequired } from '@sim/service-kit';

/** The `ETag` of a version. */
export const etagOf = (version: number): string => `"${version}"`;

const TAG = /^(?:W\/)?"?([1-9]\d{0,9})"?$/;

/**
 * The version that `If-Match` names; null for `*`, which any version fits.
 * @throws {ProblemError} 428 without the header, 400 for one that is no ETag of ours.
 */
export function expectedVersion(ifMatch: string | undefined): number | null {
  if (ifMatch === undefined) {
    throw preconditionRequired(
      'if_match_required',
      'Send If-Match with the ETag of the version that the change is meant for.',
    );
  }
  const given = ifMatch.trim();
  if (given === '*') return null;
  const version = TAG.exec(given)?.[1];
  if (version === undefined) {
    throw badRequest('invalid_headers', `If-Match must be one ETag such as "3", or *.`, {
      errors: [{ path: 'if-match', message: 'Must be one ETag such as "3", or *' }],
    });
  }
  return Number(version);
}

/** Whether `If-None-Match` names a version, so that the answer need not be sent again. */
export function isKnown(ifNoneMatch: string | undefined, version: number): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etagOf(version));
}
