import { BOMBS } from './bombs.js';
import type { Escape } from './escape.js';
import { TRAPS } from './traps.js';
import { WAYS_OUT } from './ways-out.js';

/** Each is tried by a test, and listed with its reason in docs/security-lists.md. */
export const ESCAPES: readonly Escape[] = [...WAYS_OUT, ...BOMBS, ...TRAPS];
