import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { hunt, huntingGround, tableOf } from './hunt.js';
import { MUTATIONS } from './mutations.js';

/** The cases in which faults are looked for. */
export const GROUND = { seed: 20_260_314, cases: 300 } as const;

const BEGIN = '<!-- Written by npm run proof -- --mutations -->';
const END = '<!-- Until here -->';

/** Plants every fault and writes the table into the page of the proof; called in the root of the repository. */
export async function writeMutations(out: (line: string) => void): Promise<number> {
  const ground = huntingGround(GROUND.seed, GROUND.cases);
  const catches = MUTATIONS.map((mutation) => hunt(mutation, ground));
  const table = tableOf(catches);
  out(table);
  const path = join(process.cwd(), 'docs/proof.md');
  const page = await readFile(path, 'utf8');
  const [before, after] = [page.split(BEGIN)[0] ?? '', page.split(END)[1] ?? ''];
  const text = `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
  const options = await resolveConfig(path);
  await writeFile(path, await format(text, { ...options, parser: 'markdown' }));
  return catches.every(({ cases }) => cases !== null) ? 0 : 1;
}
