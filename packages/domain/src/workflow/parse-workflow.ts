import { own } from '../json.js';
import type { Issue } from '../issues.js';
import type { EnvelopeKind, Workflow } from './types.js';
import { MAX_ID_LENGTH, readBlocks, type ReadBlock } from './blocks.js';
import { readContainers } from './containers.js';
import { readEdges } from './edges.js';
import { openEnvelope, type OpenedEnvelope } from './envelopes.js';
import { IssueLog } from './issue-log.js';
import { Reader } from './reader.js';
import { openSource } from './source.js';
import { isAccountParam, isPlainSecret } from './secret-params.js';
import { readVariables } from './variables.js';

/** A document read as a workflow. */
export interface ParsedWorkflow {
  /** Null only where the document is no workflow at all. */
  readonly workflow: Workflow | null;
  readonly issues: readonly Issue[];
}

/** What is known of a document beside its content. */
export interface ParseOptions {
  /** What the workflow is called where the document does not say: the name of its file. */
  readonly name?: string;
}

/**
 * Reads a workflow out of whichever form holds it: a JSON value, a YAML text, or bytes that are JSON,
 * YAML or a ZIP archive of one workflow (see {@link readArchive} for more). Total: any value gives a
 * result, nothing is thrown, and time is linear in the size of the document. The input is neither changed
 * nor kept.
 */
export function parseWorkflow(input: unknown, options: ParseOptions = {}): ParsedWorkflow {
  const log = new IssueLog();
  const source = openSource(input, log);
  if (source === null) return { workflow: null, issues: log.finish() };
  const reader = new Reader(log);
  const opened = openEnvelope(source.value, reader);
  if ('refused' in opened) {
    log.report(opened.refused, { message: () => opened.message });
    return { workflow: null, issues: log.finish() };
  }
  const workflow = readWorkflow(opened, options.name ?? source.name, reader);
  reader.finish();
  return {
    workflow: source.isArchive ? { ...workflow, envelope: 'zip' } : workflow,
    issues: [...source.issues, ...log.finish()],
  };
}

function readWorkflow(opened: OpenedEnvelope, named: string | undefined, reader: Reader): Workflow {
  const { kind, path, body } = opened;
  const name = reader.text(opened.name) ?? reader.text(named);
  if (name === null) {
    const message = () => 'The workflow has no name and is called "Untitled workflow".';
    reader.log.report('workflow_name_missing', { message });
  }
  const read = readBlocks(opened.blocks, path, reader);
  const edges = readEdges(opened.edges, opened.edgesPath, read, reader);
  const { blocks, containers } = readContainers(read, body, kind, path, reader);
  const sourceId = reader.text(opened.sourceId);
  return {
    sourceId: sourceId !== null && sourceId.length <= MAX_ID_LENGTH ? sourceId : null,
    name: name ?? 'Untitled workflow',
    description: descriptionOf(reader.text(opened.description)),
    envelope: refineKind(kind, read),
    blocks,
    edges,
    containers,
    variables: readVariables(own(body, 'variables'), `${path}variables`, reader),
  };
}

/** What the editor writes where the author wrote nothing. */
const EDITORS_DESCRIPTION = 'New workflow';

function descriptionOf(text: string | null): string | null {
  return text === EDITORS_DESCRIPTION ? null : text;
}

/** REST and admin exports look alike, but the admin's keeps passwords and accounts. */
function refineKind(kind: EnvelopeKind, blocks: ReadonlyMap<string, ReadBlock>): EnvelopeKind {
  if (kind !== 'rest-export') return kind;
  for (const { block } of blocks.values()) {
    for (const [key, value] of Object.entries(block.params)) {
      if (isPlainSecret(key, value)) return 'admin-export';
      if (isAccountParam(key) && typeof value === 'string' && value !== '') return 'admin-export';
    }
  }
  return kind;
}
