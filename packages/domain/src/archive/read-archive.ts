import type { JsonValue } from '../json.js';
import type { Issue } from '../issues.js';
import { readJsonBytes } from '../workflow/document-text.js';
import { IssueLog, pathSegment, quote } from '../workflow/issue-log.js';
import { crc32, inflate } from './unpack.js';
import { packedBytes, readZipDirectory, type ZipEntry } from './zip-directory.js';

/** A workflow document of an archive, unread as yet. */
export interface ArchivedWorkflow {
  /** In the archive, with `/` between folders. */
  readonly path: string;
  /** The file's name without its ending: what Sim calls the workflow. */
  readonly name: string;
  readonly document: JsonValue;
  /** The file as it is in the archive, unpacked. */
  readonly bytes: Uint8Array;
}

/** What an archive holds. */
export interface Archive {
  /** In the order of the archive. */
  readonly workflows: readonly ArchivedWorkflow[];
  /** Of the archive and its files; `path` names the file. */
  readonly issues: readonly Issue[];
}

/** What is unpacked at most. */
export const ARCHIVE_LIMITS = {
  entries: 500,
  /** Bytes of one entry. */
  entryBytes: 10 * 1024 * 1024,
  /** Bytes of all entries. */
  totalBytes: 50 * 1024 * 1024,
  /** Times that an entry above 1 MB may grow. */
  ratio: 200,
} as const;

const RATIO_COUNTS_FROM = 1024 * 1024;

const STORED = 0;
const DEFLATED = 8;

/**
 * Reads the workflow documents of a ZIP archive, as Sim exports one for a folder or a workspace:
 * `<Name>.json` in any folder, with `_workspace.json` and `_folder.json` beside them. Total: what cannot
 * be read becomes an issue that names the file, and the rest is read. Bounded by {@link ARCHIVE_LIMITS},
 * before unpacking by what the headers say and while unpacking by what comes out.
 */
export function readArchive(bytes: Uint8Array): Archive {
  const log = new IssueLog();
  const directory = readZipDirectory(bytes, ARCHIVE_LIMITS.entries);
  if (directory === null) {
    const message = () => 'The ZIP archive is truncated or broken: its directory cannot be read.';
    log.report('archive_invalid', { message });
    return { workflows: [], issues: log.finish() };
  }
  if (directory.claimed > ARCHIVE_LIMITS.entries) {
    const message = () =>
      `The ZIP archive holds ${directory.claimed} files; only the first ${ARCHIVE_LIMITS.entries} are read.`;
    log.report('unpacks_too_large', { message });
  }
  const workflows = new Unpacking(bytes, log).read(directory.entries);
  if (workflows.length === 0 && log.isEmpty) {
    log.report('archive_empty', { message: () => 'The ZIP archive holds no workflow.' });
  }
  return { workflows, issues: log.finish() };
}

/** Reads entry by entry and counts what was unpacked. */
class Unpacking {
  readonly #bytes: Uint8Array;
  readonly #log: IssueLog;
  readonly #seen = new Set<string>();
  #left: number = ARCHIVE_LIMITS.totalBytes;

  constructor(bytes: Uint8Array, log: IssueLog) {
    this.#bytes = bytes;
    this.#log = log;
  }

  read(entries: readonly ZipEntry[]): ArchivedWorkflow[] {
    const workflows: ArchivedWorkflow[] = [];
    for (const entry of entries) {
      const fault = this.#faultOf(entry);
      if (fault !== null) this.#refuse(entry, fault);
      else if (isWorkflowFile(entry.path)) {
        const workflow = this.#open(entry);
        if (workflow) workflows.push(workflow);
      } else if (!isKnownFile(entry.path)) this.#ignore(entry);
    }
    return workflows;
  }

  #faultOf({ path, isEncrypted, method }: ZipEntry): string | null {
    if (isTricky(path)) return 'has a path that leads out of the archive';
    if (isKnownFile(path)) return null;
    if (this.#seen.has(path)) return 'stands there a second time';
    this.#seen.add(path);
    if (!isWorkflowFile(path)) return null;
    if (isEncrypted) return 'is encrypted';
    return method === STORED || method === DEFLATED ? null : 'is packed by an unknown method';
  }

  #open(entry: ZipEntry): ArchivedWorkflow | null {
    const large = this.#isTooLarge(entry);
    if (large !== null) {
      this.#reportLarge(entry, large);
      return null;
    }
    const packed = packedBytes(this.#bytes, entry);
    const unpacked = packed && unpack(packed, entry);
    if (!unpacked || ('fault' in unpacked && unpacked.fault === 'broken')) {
      this.#refuse(entry, 'is truncated or broken');
      return null;
    }
    if ('fault' in unpacked) {
      this.#reportLarge(entry, 'unpacks to more than it claims');
      return null;
    }
    this.#left -= unpacked.bytes.length;
    if (crc32(unpacked.bytes) !== entry.crc32) {
      this.#refuse(entry, 'does not have the checksum that it should');
      return null;
    }
    const read = readJsonBytes(unpacked.bytes);
    if ('fault' in read) {
      this.#refuse(entry, read.fault);
      return null;
    }
    const { path } = entry;
    return { path, name: nameOf(path), document: read.value, bytes: unpacked.bytes };
  }

  #isTooLarge({ size, packedSize }: ZipEntry): string | null {
    if (size > ARCHIVE_LIMITS.entryBytes) return `unpacks to ${size} bytes, more than 10 MB`;
    if (size > this.#left) return 'does not fit into the 50 MB that are unpacked of an archive';
    const grows = size > RATIO_COUNTS_FROM && size > packedSize * ARCHIVE_LIMITS.ratio;
    return grows ? `unpacks to more than ${ARCHIVE_LIMITS.ratio} times its size` : null;
  }

  #refuse({ path }: ZipEntry, why: string): void {
    const message = () => `The file ${quote(path)} ${why}; it is left out.`;
    this.#log.report('archive_file_refused', { path: pathSegment(path), message });
  }

  #reportLarge({ path }: ZipEntry, why: string): void {
    const message = () => `The file ${quote(path)} ${why}; it is left out.`;
    this.#log.report('unpacks_too_large', { path: pathSegment(path), message });
  }

  #ignore({ path }: ZipEntry): void {
    const message = () => `The file ${quote(path)} is no JSON file and is left out.`;
    this.#log.report('archive_file_ignored', { path: pathSegment(path), message });
  }
}

function unpack(packed: Uint8Array, { method, size }: ZipEntry) {
  if (method === DEFLATED) return inflate(packed, size);
  return packed.length === size ? { bytes: packed } : { fault: 'broken' as const };
}

/** Paths are only names here, but they return in answers and may become file names elsewhere. */
function isTricky(path: string): boolean {
  if (path === '' || path.includes('\0') || path.includes('\\')) return true;
  return /^(?:\/|[a-z]:)/i.test(path) || path.split('/').includes('..');
}

const fileOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const nameOf = (path: string): string => fileOf(path).replace(/\.json$/i, '');

/** Folders, what describes them, and what operating systems add. */
function isKnownFile(path: string): boolean {
  const file = fileOf(path);
  if (file === '' || file === '_workspace.json' || file === '_folder.json') return true;
  return path.startsWith('__MACOSX/') || file.startsWith('.') || /^thumbs\.db$/i.test(file);
}

function isWorkflowFile(path: string): boolean {
  return !isKnownFile(path) && /\.json$/i.test(path);
}
