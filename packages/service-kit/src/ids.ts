import { customAlphabet } from 'nanoid';

/** An id that tells what it is of: `wf_…`, `ses_…`. */
export type Id<P extends string> = `${P}_${string}`;

/** 20 characters of 36 are 103 bits: a billion ids a second for a century make a collision unlikely. */
const LENGTH = 20;
const randomPart = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', LENGTH);
const RANDOM_PART = new RegExp(`^[0-9a-z]{${LENGTH}}$`);

/** A fresh id, such as `newId('wf')` → `wf_3k9x…`. */
export const newId = <const P extends string>(prefix: P): Id<P> => `${prefix}_${randomPart()}`;

/** Whether a text has the form of an id with this prefix, so that no query is needed to refuse it. */
export const isId = <const P extends string>(prefix: P, text: string): text is Id<P> =>
  text.startsWith(`${prefix}_`) && RANDOM_PART.test(text.slice(prefix.length + 1));
