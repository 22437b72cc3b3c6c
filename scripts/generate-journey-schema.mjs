// Writes docs/journey.schema.json, the JSON schema of an exported journey, from the contracts.
//
//   node scripts/generate-journey-schema.mjs           writes it
//   node scripts/generate-journey-schema.mjs --check   writes nothing; ends with 1 where it differs
//
// It reads the built packages: run it by npm, or after `npm run build`.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { Failure } from './lib/failure.mjs';
import { ROOT } from './lib/paths.mjs';

const FILE = join(ROOT, 'docs/journey.schema.json');
const SOURCE = 'packages/contracts/dist/index.js';

async function schema() {
  const { journeyJsonSchema } = await import(pathToFileURL(join(ROOT, SOURCE)).href).catch(
    (error) => {
      throw new Failure(`${SOURCE} cannot be read (${error.message}). Run npm run build first.`);
    },
  );
  const options = { ...(await resolveConfig(FILE)), parser: 'json' };
  return format(JSON.stringify(journeyJsonSchema()), options);
}

async function main(args) {
  const unknown = args.find((arg) => arg !== '--check');
  if (unknown !== undefined)
    throw new Failure(`There is no option ${unknown}; there is --check.`, 2);
  const text = await schema();
  const known = await readFile(FILE, 'utf8').catch(() => null);
  if (!args.includes('--check')) {
    await writeFile(FILE, text);
    console.log(`docs/journey.schema.json ${known === text ? 'is as it was' : 'written anew'}.`);
  } else if (known !== text) {
    const fault = known === null ? 'is missing' : 'differs from the contracts';
    const advice = 'Run node scripts/generate-journey-schema.mjs and commit what it writes.';
    throw new Failure(`docs/journey.schema.json ${fault}.\n${advice}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
