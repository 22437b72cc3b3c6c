import { mapWorkflow, parseWorkflow, type Issue, type Journey, type Provenance } from '@sim/domain';
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
 * @throws WorkflowFileError
 */
export async function loadJourney(path: string, folder: string): Promise<LoadedJourney> {
  const document = await readWorkflowFile(path, folder);
  const started = performance.now();
  const parsed = parseWorkflow(document);
  const mapped = parsed.workflow === null ? null : mapWorkflow(parsed.workflow);
  return {
    journey: mapped?.journey ?? null,
    provenance: mapped?.provenance ?? null,
    issues: [...parsed.issues, ...(mapped?.issues ?? [])],
    milliseconds: performance.now() - started,
  };
}
