import type { JsonValue } from '../json.js';
import type { Issue } from '../issues.js';
import { readArchive } from '../archive/read-archive.js';
import { isZip } from '../archive/zip-directory.js';
import { decodeText, looksLikeYaml, parseJson } from './document-text.js';
import { IssueLog, quoteAll } from './issue-log.js';
import { readYaml } from './yaml-text.js';

/** The value that a document stands for, before it is known what it is. */
export interface Source {
  readonly value: unknown;
  readonly name: string | undefined;
  readonly isArchive: boolean;
  /** What was found on the way. */
  readonly issues: readonly Issue[];
}

/** Reads texts and bytes; other values are themselves. Null, reported, where there is no value. */
export function openSource(input: unknown, log: IssueLog): Source | null {
  if (input instanceof Uint8Array) {
    return isZip(input) ? openArchive(input, log) : openBytes(input, log);
  }
  return typeof input === 'string' ? openText(input, log) : plain(input);
}

const plain = (value: unknown): Source => ({
  value,
  name: undefined,
  isArchive: false,
  issues: [],
});

function openArchive(bytes: Uint8Array, log: IssueLog): Source | null {
  const { workflows, issues } = readArchive(bytes);
  const [first, second] = workflows;
  if (first && !second) return { value: first.document, name: first.name, isArchive: true, issues };
  for (const issue of issues) log.add(issue);
  if (second) {
    const message = () =>
      `The ZIP archive holds ${workflows.length} workflows: ${quoteAll(workflows.map(({ path }) => path))}.`;
    log.report('archive_several_workflows', { message });
  }
  return null;
}

function openBytes(bytes: Uint8Array, log: IssueLog): Source | null {
  const text = decodeText(bytes);
  if (text !== null) return openText(text, log);
  const message = () =>
    'This is no workflow: the document is neither UTF-8 text nor a ZIP archive.';
  log.report('not_a_workflow', { message });
  return null;
}

/**
 * The value of a YAML text, or what is wrong with the text. YAML 1.2 of at most 1 MB, without tags of its
 * own; what aliases repeat and how deep it is nested are bounded.
 */
export function readYamlDocument(
  text: string,
): { readonly value: JsonValue } | { readonly issues: readonly Issue[] } {
  const read = readYaml(text);
  if ('value' in read) return read;
  const log = new IssueLog();
  log.report(read.code, { message: () => read.message });
  return { issues: log.finish() };
}

function openText(text: string, log: IssueLog): Source | null {
  const value = parseJson(text);
  if (value !== undefined) return plain(value);
  if (!looksLikeYaml(text)) return plain(text);
  const read = readYamlDocument(text);
  if ('value' in read) return plain(read.value);
  for (const issue of read.issues) log.add(issue);
  return null;
}
