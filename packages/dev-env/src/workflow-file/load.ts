import { basename, extname } from 'node:path';
import {
  mapWorkflow,
  parseWorkflow,
  readArchive,
  type Issue,
  type Journey,
  type Provenance,
  type Workflow,
} from '@sim/domain';
import { readWorkflowFile } from './read.js';

/** A workflow file, mapped. */
export interface LoadedJourney {
  /** Null where the document is no workflow at all. */
  readonly journey: Journey | null;
  /** What became of its blocks and edges; null where there is no journey. */
  readonly provenance: Provenance | null;
  /** Of reading and mapping. */
  readonly issues: readonly Issue[];
  /** How long parsing and mapping took, in milliseconds; reading the file not counted. */
  readonly milliseconds: number;
}

/**
 * Reads a file and maps it.
 *
 * @param called - files of the workflows that it calls: a block means one by the id that it had where it
 *   was exported, by the name of its file, or by its own name. Of an archive, the others are called too.
 * @throws WorkflowFileError
 */
export async function loadJourney(
  path: string,
  folder: string,
  called: readonly string[] = [],
): Promise<LoadedJourney> {
  const document = await readWorkflowFile(path, folder);
  const others = await Promise.all(
    called.map(async (file) => ({ file, document: await readWorkflowFile(file, folder) })),
  );
  const started = performance.now();
  const [first, ...archived] = workflowsIn({ file: path, document });
  const name = basename(first?.file ?? path, extname(first?.file ?? path));
  const parsed = parseWorkflow(first?.document ?? document, { name });
  const children = childrenOf([...archived, ...others.flatMap(workflowsIn)]);
  const mapped = parsed.workflow === null ? null : mapWorkflow(parsed.workflow, { children });
  return {
    journey: mapped?.journey ?? null,
    provenance: mapped?.provenance ?? null,
    issues: [...parsed.issues, ...(mapped?.issues ?? [])],
    milliseconds: performance.now() - started,
  };
}

interface Named {
  readonly file: string;
  readonly document: unknown;
}

/** Of an archive each of its files; what is none, or cannot be read as one, stays what it is. */
function workflowsIn({ file, document }: Named): Named[] {
  if (!(document instanceof Uint8Array)) return [{ file, document }];
  const { workflows } = readArchive(document);
  if (workflows.length <= 1) return [{ file, document }];
  return workflows.map(({ path, document: inner }) => ({ file: path, document: inner }));
}

function childrenOf(files: readonly Named[]): Map<string, Workflow> {
  const children = new Map<string, Workflow>();
  const read = files.flatMap(({ file, document }) => {
    const { workflow } = parseWorkflow(document);
    return workflow ? [{ workflow, stem: basename(file, extname(file)) }] : [];
  });
  // An id goes before the names that people give.
  for (const { workflow } of read) if (workflow.sourceId) children.set(workflow.sourceId, workflow);
  for (const { workflow, stem } of read) {
    for (const name of [stem, workflow.name]) {
      if (!children.has(name)) children.set(name, workflow);
    }
  }
  return children;
}
