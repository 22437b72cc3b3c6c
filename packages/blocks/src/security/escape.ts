/** What the attempts are at. */
export const ESCAPE_GROUPS = {
  host: 'Things of the host',
  chain: 'Ways around: constructors, hooks, broken syntax',
  time: 'Time',
  memory: 'Memory',
  stack: 'The stack',
  result: 'Results and errors that are traps',
  kept: 'Harmless: it stays in the sandbox',
} as const;

/** Code that tries to get out of the sandbox, or to do harm in it. */
export type Escape = {
  readonly group: keyof typeof ESCAPE_GROUPS;
  readonly what: string;
  readonly code: string;
} & (
  | {
      /** The codes that the block may fail with, and what its message says where it is the first. */
      readonly codes: readonly string[];
      readonly reason: string;
    }
  /** JSON of the result: it runs, and touches nothing but its own world. */
  | { readonly gives: string }
);

/** An attempt that fails, with `function_failed` where no other code is given. */
export const fails = (
  group: Escape['group'],
  what: string,
  code: string,
  reason: string,
  ...codes: readonly string[]
): Escape => ({ group, what, code, reason, codes: codes.length > 0 ? codes : ['function_failed'] });

/** An attempt that runs without harm. */
export const keeps = (what: string, code: string, gives: string): Escape => ({
  group: 'kept',
  what,
  code,
  gives,
});
