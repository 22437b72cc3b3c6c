import { calledWorkflows, parseWorkflow, type Workflow } from '@sim/domain';
import type { JourneyStore } from '@sim/engine';

/** Workflows that one may call, directly or through others; beyond that they count as missing. */
const MOST_CALLED = 100;

/**
 * Reads the workflows that a workflow calls, and those that these call, each once, by the ids that the
 * blocks name. What is not in the workspace is left out.
 */
export async function readCalled(
  store: JourneyStore,
  workspaceId: string,
  workflow: Workflow,
): Promise<Map<string, Workflow>> {
  const called = new Map<string, Workflow>();
  const asked = new Set(calledWorkflows(workflow));
  // What is added to a set while it is walked is walked too.
  for (const id of asked) {
    if (called.size >= MOST_CALLED) break;
    const found = await store.calledWorkflow(id, workspaceId);
    const read = found && parseWorkflow(found.content, { name: found.name }).workflow;
    if (!read) continue;
    called.set(id, read);
    for (const next of calledWorkflows(read)) asked.add(next);
  }
  return called;
}
