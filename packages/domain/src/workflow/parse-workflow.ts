import { own } from '../json.js';
import type { Issue } from '../issues.js';
import type { EnvelopeKind, Workflow } from './types.js';
import { readBlocks, type ReadBlock } from './blocks.js';
import { readContainers } from './containers.js';
import { readEdges } from './edges.js';
import { openEnvelope, type OpenedEnvelope } from './envelopes.js';
import { IssueLog } from './issue-log.js';
import { Reader } from './reader.js';
import { isAccountParam, isPlainSecret } from './secret-params.js';
import { readVariables } from './variables.js';

/** A document read as a workflow. */
export interface ParsedWorkflow {
  /** Null only where the document is no workflow at all, or in a form that is not supported. */
  readonly workflow: Workflow | null;
  readonly issues: readonly Issue[];
}

/**
 * Reads a workflow out of whichever form holds it. Total: any JSON value gives a result, nothing is
 * thrown, and time is linear in the size of the document. The input is neither changed nor kept.
 */
export function parseWorkflow(input: unknown): ParsedWorkflow {
  const log = new IssueLog();
  const opened = openEnvelope(input);
  if ('refused' in opened) {
    const { message, hint } = opened;
    log.report(opened.refused, {
      message: () => message,
      ...(hint !== undefined && { hint }),
    });
    return { workflow: null, issues: log.finish() };
  }
  const reader = new Reader(log);
  const workflow = readWorkflow(opened, reader);
  reader.finish();
  return { workflow, issues: log.finish() };
}

function readWorkflow(opened: OpenedEnvelope, reader: Reader): Workflow {
  const { kind, path, body, edgesKey } = opened;
  const name = reader.text(opened.name);
  if (name === null) {
    const message = () => 'The workflow has no name and is called "Untitled workflow".';
    reader.log.report('workflow_name_missing', { message });
  }
  const read = readBlocks(opened.blocks, path, reader);
  const edges = readEdges(own(body, edgesKey), `${path}${edgesKey}`, read, reader);
  const { blocks, containers } = readContainers(read, body, kind, path, reader);
  return {
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
