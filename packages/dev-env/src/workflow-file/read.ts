import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isZip, looksLikeYaml } from '@sim/domain';

/** A file cannot be used as a workflow; the message says why. */
export class WorkflowFileError extends Error {
  readonly path: string;

  constructor(path: string, why: string, options?: ErrorOptions) {
    super(`${path}: ${why}`, options);
    this.name = 'WorkflowFileError';
    this.path = path;
  }
}

/** The largest document that an import takes. */
const MOST_BYTES = 10 * 1024 * 1024;

/**
 * Reads a file: the value of a JSON document, the bytes of a ZIP archive, the text of YAML.
 *
 * @param folder - a relative path is below it.
 * @throws WorkflowFileError
 */
export async function readWorkflowFile(path: string, folder: string): Promise<unknown> {
  const bytes = await readFile(resolve(folder, path)).catch((error: unknown) => {
    throw new WorkflowFileError(path, reasonOf(error), { cause: error });
  });
  if (bytes.length > MOST_BYTES) throw new WorkflowFileError(path, 'is larger than 10 MB');
  if (isZip(bytes) || /\.zip$/i.test(path)) return new Uint8Array(bytes);
  // Editors on Windows begin a file with a byte order mark.
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const isJson = /\.json$/i.test(path);
  if (/\.ya?ml$/i.test(path) || (!isJson && looksLikeYaml(text))) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WorkflowFileError(path, `is not JSON: ${why}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'is a folder; name a file in it';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  return error instanceof Error ? error.message : String(error);
}
