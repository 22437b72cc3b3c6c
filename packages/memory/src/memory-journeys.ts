import type { JourneyMapping, JourneyStore, SecretStore } from '@sim/engine';
import type { JsonValue } from '@sim/domain';

/** Workflows and their journeys in memory, for the terminal and for tests. */
export interface MemoryJourneys extends JourneyStore {
  /** Puts a workflow's content where {@link JourneyStore.currentWorkflow} finds it. */
  putWorkflow(workflowId: string, workspaceId: string, name: string, content: JsonValue): void;
}

/** An empty store. */
export function createMemoryJourneys(): MemoryJourneys {
  const workflows = new Map<
    string,
    { workspaceId: string; version: number; name: string; content: JsonValue }
  >();
  const mappings: JourneyMapping[] = [];
  const inWorkspace = (workflowId: string, workspaceId: string) => {
    const workflow = workflows.get(workflowId);
    return workflow?.workspaceId === workspaceId ? workflow : null;
  };
  return {
    putWorkflow(workflowId, workspaceId, name, content) {
      const version = (workflows.get(workflowId)?.version ?? 0) + 1;
      workflows.set(workflowId, { workspaceId, version, name, content });
    },
    currentWorkflow: (workflowId, workspaceId) =>
      Promise.resolve(inWorkspace(workflowId, workspaceId)),
    calledWorkflow: (calledId, workspaceId) => Promise.resolve(inWorkspace(calledId, workspaceId)),
    activeMapping(workflowId, workspaceId) {
      const known = inWorkspace(workflowId, workspaceId) !== null;
      const mapping = mappings.findLast((candidate) => candidate.workflowId === workflowId);
      return Promise.resolve(known && mapping ? mapping : null);
    },
    activeMappings(workspaceId, limit) {
      const latest = new Map(mappings.map((mapping) => [mapping.workflowId, mapping]));
      const visible = [...latest.values()].filter(
        ({ workflowId }) => inWorkspace(workflowId, workspaceId) !== null,
      );
      return Promise.resolve(visible.toReversed().slice(0, limit));
    },
    saveMapping(mapping) {
      mappings.push(mapping);
      return Promise.resolve();
    },
    journey(_journeyId, journeyVersion) {
      const found = mappings.find(({ journey }) => journey.version === journeyVersion);
      return Promise.resolve(found?.journey ?? null);
    },
    mapped(workflowId, workspaceId, version) {
      const known = inWorkspace(workflowId, workspaceId) !== null;
      const found = mappings.find(
        (mapping) => mapping.workflowId === workflowId && mapping.journey.version === version,
      );
      return Promise.resolve((known && found?.journey) || null);
    },
  };
}

/** The same values for every workspace. */
export function createMemorySecrets(values: Readonly<Record<string, string>>): SecretStore {
  return {
    values: (_workspaceId, names) =>
      Promise.resolve(
        Object.fromEntries(
          names
            .filter((name) => Object.hasOwn(values, name))
            .map((name) => [name, values[name] ?? '']),
        ),
      ),
  };
}
