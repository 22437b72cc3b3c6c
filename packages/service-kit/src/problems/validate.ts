import type * as z from 'zod';
import { ProblemError, type FieldError } from './problem-error.js';

/** The part of a request that a value comes from; it makes the code `invalid_<where>`. */
export type RequestPart = 'body' | 'query' | 'params' | 'headers' | 'event';

/** No answer lists more errors than this. */
const MAX_ERRORS = 50;

/**
 * Checks a value of a request against a schema.
 *
 * @example const body = validate(createSession)(req.body, 'body');
 * @throws {ProblemError} 400 `invalid_body` (`invalid_query`, …) with `errors[{path, message}]`;
 * an unknown field is named by its own path.
 */
export const validate =
  <S extends z.ZodType>(schema: S) =>
  (value: unknown, where: RequestPart): z.output<S> => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw invalidInput(result.error, where);
  };

/** The 400 problem for what zod found. */
export function invalidInput(error: z.core.$ZodError, where: RequestPart = 'body'): ProblemError {
  const errors = fieldErrors(error);
  const [first] = errors;
  const place = first?.path ? `${first.path}: ` : '';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new ProblemError(
    400,
    `invalid_${where}`,
    `The request's ${PART_NAMES[where]} not as expected. ${place}${first?.message ?? ''}${more}`,
    { errors: errors.slice(0, MAX_ERRORS) },
  );
}

const PART_NAMES: Readonly<Record<RequestPart, string>> = {
  body: 'body is',
  query: 'query is',
  params: 'path is',
  headers: 'headers are',
  event: 'event is',
};

/** What zod found, flat: one entry per field, unknown fields each on their own path. */
export function fieldErrors(error: z.core.$ZodError): FieldError[] {
  return error.issues.flatMap((issue) => issueErrors(issue, []));
}

function issueErrors(issue: z.core.$ZodIssue, parents: readonly PropertyKey[]): FieldError[] {
  const path = [...parents, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: formatPath([...path, key]),
      message: 'Unknown field: it is not part of this request',
    }));
  }
  if (issue.code === 'invalid_union') {
    const nearest = nearestBranch(issue.errors);
    if (nearest !== undefined) return nearest.flatMap((inner) => issueErrors(inner, path));
  }
  return [{ path: formatPath(path), message: issue.message }];
}

/** The branch of a union that a value comes nearest to: the one with the deepest, fewest issues. */
function nearestBranch(
  branches: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] | undefined {
  const depth = (issues: readonly z.core.$ZodIssue[]): number =>
    Math.max(0, ...issues.map((issue) => issue.path.length));
  const ranked = [...branches].sort((a, b) => depth(b) - depth(a) || a.length - b.length);
  const [best] = ranked;
  return best !== undefined && depth(best) > 0 ? best : undefined;
}

/** A path in the manner of JavaScript: `slots[0].name`, `headers["x-a"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
