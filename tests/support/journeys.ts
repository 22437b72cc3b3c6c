import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mapWorkflow, parseWorkflow, type Journey } from '@sim/domain';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const SAMPLES = folder('../../samples/');
/** Real workflows, which are not in the repository. */
export const CORPUS = folder('../../../shared/workflows/');

if (!existsSync(CORPUS)) {
  console.warn(`Skipped: there is no corpus of real workflows at ${CORPUS}`);
}

const filesOf = (path: string) =>
  existsSync(path) ? readdirSync(path).filter((name) => name.endsWith('.json')) : [];

export const sampleFiles = filesOf(SAMPLES);

/** Those that become a journey; empty where the corpus is not there. */
export const corpusFiles = filesOf(CORPUS).filter((name) => journeyOf(CORPUS, name) !== null);

/** The journey of a file. */
export function mappedFile(path: string, name: string): Journey {
  const journey = journeyOf(path, name);
  if (!journey) throw new TypeError(`${name} is no workflow`);
  return journey;
}

function journeyOf(path: string, name: string): Journey | null {
  const { workflow } = parseWorkflow(JSON.parse(readFileSync(`${path}${name}`, 'utf8')));
  return workflow && mapWorkflow(workflow).journey;
}
