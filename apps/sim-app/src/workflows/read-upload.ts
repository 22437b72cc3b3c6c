import {
  isZip,
  looksLikeYaml,
  mapWorkflow,
  parseWorkflow,
  readArchive,
  readYamlDocument,
  storableJson,
  type Archive,
  type Issue,
  type JsonValue,
  type ToolOffer,
} from '@sim/domain';
import type { WorkflowContent } from '@sim/postgres';
import { badRequest } from '@sim/service-kit';
import { documentKind } from '../http/media-type.js';
import { notAWorkflow } from './not-a-workflow.js';
import { readDocument } from './read-document.js';

/** A document that was uploaded. */
export interface Upload {
  readonly bytes: Uint8Array;
  /** As the request says; what it leaves open is told from the bytes. */
  readonly contentType: string | undefined;
  /** The workflow's name instead of the document's own. */
  readonly name: string | undefined;
  /** Block types that run here; others become an issue. */
  readonly knownTypes: ReadonlySet<string>;
  /** Tools that the workspace has configured for the others. */
  readonly tools: readonly ToolOffer[];
}

/** A workflow that was read, with what is stored of it. */
export interface ReadWorkflow {
  readonly name: string;
  readonly description: string | null;
  /** Of the document and of its mapping. */
  readonly issues: readonly Issue[];
  readonly content: WorkflowContent;
}

/**
 * Reads the one workflow of a document and maps it, so that its author learns of everything at once.
 * @throws {ProblemError} 400 for what is no JSON, 422 for what is no workflow, or more than one.
 */
export function readUpload(upload: Upload): ReadWorkflow {
  const archive = openArchive(upload);
  if (archive === null) return readText(upload);
  const [entry, second] = archive.workflows;
  // What is wrong with such an archive is found by reading it as one workflow.
  if (!entry || second) throw notAWorkflow(issuesOf(upload, archive));
  const document = storableJson(entry.document);
  const content = { bytes: upload.bytes, contentType: 'application/zip', document };
  const read = readOne(entry.document, content, { ...upload, fileName: entry.name });
  return { ...read, issues: [...archive.issues, ...read.issues] };
}

/**
 * Reads all workflows of a document: of an archive of several, each file is one. What cannot be read of
 * an archive is told among the issues of the first.
 * @throws {ProblemError} 400 for what is no JSON, 422 where there is no workflow.
 */
export function readUploads(upload: Upload): [ReadWorkflow, ...ReadWorkflow[]] {
  const archive = openArchive(upload);
  if (archive === null || archive.workflows.length <= 1) return [readUpload(upload)];
  if (upload.name !== undefined) {
    const message = `The archive holds ${archive.workflows.length} workflows, which keep their names`;
    throw badRequest('invalid_query', `${message}; leave the name out.`, {
      errors: [{ path: 'name', message }],
    });
  }
  const failures: Issue[] = [];
  const read: ReadWorkflow[] = [];
  for (const { path, name, document, bytes } of archive.workflows) {
    const content = { bytes, contentType: 'application/json', document: null };
    const one = tryOne(document, content, { ...upload, fileName: name });
    if ('content' in one) read.push(one);
    else failures.push(...one.issues.map((issue) => inFile(issue, path)));
  }
  const issues = [...archive.issues, ...failures];
  const [first, ...others] = read;
  if (!first) throw notAWorkflow(issues);
  return [{ ...first, issues: [...issues, ...first.issues] }, ...others];
}

const inFile = (issue: Issue, path: string): Issue => ({
  ...issue,
  path,
  message: `${path} was not imported. ${issue.message}`,
});

function openArchive({ bytes, contentType }: Upload): Archive | null {
  return documentKind(contentType) === 'zip' || isZip(bytes) ? readArchive(bytes) : null;
}

function issuesOf({ bytes }: Upload, archive: Archive): readonly Issue[] {
  return archive.workflows.length > 1 ? parseWorkflow(bytes).issues : archive.issues;
}

/** JSON or YAML. A type that says neither leaves it to the text. */
function readText(upload: Upload): ReadWorkflow {
  const { bytes, contentType } = upload;
  const kind = documentKind(contentType);
  const text = kind === 'json' ? null : utf8(bytes);
  if (text !== null && (kind === 'yaml' || looksLikeYaml(text))) {
    const read = readYamlDocument(text);
    if ('issues' in read) throw notAWorkflow(read.issues);
    const document = storableJson(read.value);
    return readOne(read.value, { bytes, contentType: 'application/yaml', document }, upload);
  }
  const content = { bytes, contentType: 'application/json', document: null };
  return readOne(readDocument(bytes), content, upload);
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

interface Reading extends Pick<Upload, 'knownTypes' | 'tools'> {
  /** Instead of the document's own. */
  readonly name?: string | undefined;
  /** Where the document has none. */
  readonly fileName?: string;
}

function readOne(
  document: JsonValue,
  content: Omit<WorkflowContent, 'sourceId'>,
  how: Reading,
): ReadWorkflow {
  const read = tryOne(document, content, how);
  if ('content' in read) return read;
  throw notAWorkflow(read.issues);
}

function tryOne(
  document: JsonValue,
  content: Omit<WorkflowContent, 'sourceId'>,
  { knownTypes, tools, name, fileName }: Reading,
): ReadWorkflow | { readonly issues: readonly Issue[] } {
  const { workflow, issues } = parseWorkflow(document, {
    ...(fileName !== undefined && { name: fileName }),
  });
  if (workflow === null) return { issues };
  const mapped = mapWorkflow(workflow, { knownTypes, tools });
  return {
    name: name ?? workflow.name,
    description: workflow.description,
    issues: [...issues, ...mapped.issues],
    content: { ...content, sourceId: workflow.sourceId },
  };
}
