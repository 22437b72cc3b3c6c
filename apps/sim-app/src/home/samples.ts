import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SampleLink } from './page.js';

/** A sample workflow that is served as a file. */
export interface Sample extends SampleLink {
  readonly content: Buffer;
}

/** The samples that come with the sources; an image may leave them out. */
const OWN_SAMPLES = fileURLToPath(new URL('../../../../samples/', import.meta.url));

/** Sample workflows of a folder, by name; none where there is no such folder. */
export function readSamples(dir: string = OWN_SAMPLES): Sample[] {
  return jsonFiles(dir).map((file) => ({
    file,
    title: titleOf(file),
    content: readFileSync(join(dir, file)),
  }));
}

function jsonFiles(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => /^[\w-]+\.json$/.test(name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** `order-refund.json` → `Order refund`. */
function titleOf(file: string): string {
  const words = file.replace(/\.json$/, '').replace(/[-_]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
