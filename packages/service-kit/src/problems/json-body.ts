import express, { type Request, type RequestHandler } from 'express';
import { ProblemError, unsupportedMediaType } from './problem-error.js';
import { formatPath } from './validate.js';

/** Options of {@link jsonBody}. */
export interface JsonBodyOptions {
  /** The largest body, in bytes or as "1mb". */
  readonly limit?: number | string;
  /** The deepest nesting of objects and arrays. */
  readonly maxDepth?: number;
}

const DEFAULT_LIMIT = '1mb';
const DEFAULT_DEPTH = 64;
/** A path in an error names this many steps at most. */
const SHOWN_STEPS = 8;

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\s*(;|$)/i;

/**
 * Reads a JSON body into `req.body`. Refuses a body of another kind with 415, one that is no JSON
 * with 400 `invalid_json`, one that is too large with 413 and one nested too deeply with 400
 * `too_deep`. A body that another parser has read already is left alone.
 */
export function jsonBody(options: JsonBodyOptions = {}): RequestHandler {
  const parse: RequestHandler = express.json({
    limit: options.limit ?? DEFAULT_LIMIT,
    strict: false,
    type: (req) => JSON_TYPE.test(req.headers['content-type'] ?? ''),
  });
  const maxDepth = options.maxDepth ?? DEFAULT_DEPTH;
  return (req, res, next) => {
    if (req.body !== undefined || !hasBody(req)) {
      next();
      return;
    }
    if (!JSON_TYPE.test(req.headers['content-type'] ?? '')) {
      next(wrongType(req));
      return;
    }
    parse(req, res, (error?: unknown) => {
      if (error !== undefined) next(error);
      else next(tooDeep(req.body, maxDepth));
    });
  };
}

function hasBody(req: Request): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function wrongType(req: Request): ProblemError {
  const given = req.headers['content-type'];
  const what = given === undefined ? 'no Content-Type' : `Content-Type ${given.slice(0, 80)}`;
  return unsupportedMediaType(
    'unsupported_media_type',
    `The body came with ${what}; send it with Content-Type: application/json.`,
  );
}

interface Level {
  readonly values: readonly [PropertyKey, unknown][];
  next: number;
}

/** Walks without recursion, so that no nesting can exhaust the stack. */
function tooDeep(body: unknown, maxDepth: number): ProblemError | undefined {
  const stack: Level[] = [{ values: [['', body]], next: 0 }];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const entry = level.values[level.next++];
    if (entry === undefined) {
      stack.pop();
      continue;
    }
    const values = childrenOf(entry[1]);
    if (values === undefined) continue;
    if (stack.length > maxDepth) return tooDeepProblem(stack, maxDepth);
    if (values.length > 0) stack.push({ values, next: 0 });
  }
  return undefined;
}

function childrenOf(value: unknown): [PropertyKey, unknown][] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  return Object.entries(value);
}

function tooDeepProblem(stack: readonly Level[], maxDepth: number): ProblemError {
  const steps = stack.slice(1).map((level) => level.values[level.next - 1]?.[0] ?? '');
  const path = formatPath(steps.slice(0, SHOWN_STEPS)) + (steps.length > SHOWN_STEPS ? '…' : '');
  const message = `Objects and arrays may be nested ${maxDepth} deep at most`;
  return new ProblemError(400, 'too_deep', `${message}; the body goes deeper at ${path}.`, {
    errors: [{ path, message }],
  });
}
