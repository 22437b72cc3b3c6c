import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');

/** Where npm was called, for file names that a person gave. */
export const CALLED_FROM = process.env.INIT_CWD ?? process.cwd();

/** The JavaScript of an installed tool, to be run by this same Node. */
export const TOOLS = {
  tsc: join(ROOT, 'node_modules/typescript/bin/tsc'),
  prettier: join(ROOT, 'node_modules/prettier/bin/prettier.cjs'),
  eslint: join(ROOT, 'node_modules/eslint/bin/eslint.js'),
  knip: join(ROOT, 'node_modules/knip/bin/knip.js'),
  vitest: join(ROOT, 'node_modules/vitest/vitest.mjs'),
};
