import { DrizzleQueryError } from 'drizzle-orm/errors';

/**
 * Drizzle puts a statement's values into the message of its error: tokens, hashes and e-mails among
 * them, which the log must not have. The driver's own error, its cause, is without them.
 */
export function withoutValues(error: unknown): unknown {
  let link = error;
  for (const each of chainOf(error)) link = each;
  return link;
}

/** Whether an error, or one of its causes, has a statement's values in its message. */
export const hasValues = (error: unknown): boolean =>
  chainOf(error).some((link) => link instanceof DrizzleQueryError);

const LONGEST_CHAIN = 8;

function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  let link = error;
  while (link instanceof Error && chain.length < LONGEST_CHAIN) {
    chain.push(link);
    link = link.cause;
  }
  return chain;
}
