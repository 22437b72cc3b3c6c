import { DrizzleQueryError } from 'drizzle-orm/errors';

const LONGEST_CHAIN = 8;

/**
 * Drizzle puts a statement's values into the message of its error: tokens, hashes and people's words
 * among them, which no log may have. The driver's own error, its cause, is without them.
 */
export function withoutStatementValues(error: unknown): unknown {
  let link = error;
  for (let depth = 0; link instanceof Error && depth < LONGEST_CHAIN; depth += 1) {
    if (link instanceof DrizzleQueryError) return link.cause;
    link = link.cause;
  }
  return error;
}
