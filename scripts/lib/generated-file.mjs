import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { Failure } from './failure.mjs';
import { ROOT } from './paths.mjs';

/** What a built package exports. */
export async function imported(path) {
  return import(pathToFileURL(join(ROOT, path)).href).catch((error) => {
    throw new Failure(`${path} cannot be read (${error.message}). Run npm run build first.`);
  });
}

/**
 * Writes one file that the repository keeps; with `--check` it only compares, and fails where they differ.
 *
 * @param file - its path from the root.
 * @param parser - prettier's.
 * @param source - how the file is called by what makes it, such as `the contracts`.
 * @param text - makes its content, unformatted.
 */
export async function keepFile(script, { file, parser, source, text }) {
  if (script !== pathToFileURL(process.argv[1] ?? '').href) return;
  try {
    await writeOrCheck(process.argv.slice(2), { file, parser, source, text, script });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}

async function writeOrCheck(args, { file, parser, source, text, script }) {
  const unknown = args.find((arg) => arg !== '--check');
  if (unknown !== undefined)
    throw new Failure(`There is no option ${unknown}; there is --check.`, 2);
  const path = join(ROOT, file);
  const options = { ...(await resolveConfig(path)), parser };
  const made = await format(await text(), options);
  const known = await readFile(path, 'utf8').catch(() => null);
  if (!args.includes('--check')) {
    await writeFile(path, made);
    console.log(`${file} ${known === made ? 'is as it was' : 'written anew'}.`);
  } else if (known !== made) {
    const fault = known === null ? 'is missing' : `differs from ${source}`;
    const name = script.slice(script.lastIndexOf('/') + 1);
    throw new Failure(`${file} ${fault}.\nRun node scripts/${name} and commit what it writes.`);
  }
}
