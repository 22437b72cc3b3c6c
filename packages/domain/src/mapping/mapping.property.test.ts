import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Workflow } from '../workflow/types.js';
import type { Journey } from '../journey/types.js';
import { toMermaid } from '../export/mermaid.js';
import { ISSUE_CATALOGUE } from '../issue-catalogue.js';
import { parseWorkflow } from '../workflow/parse-workflow.js';
import { mapWorkflow } from './map-workflow.js';
import { almostWorkflows, workflowDocuments } from './testing/arbitrary-workflows.js';
import type { MappedWorkflow } from './types.js';

const documents = workflowDocuments((n) => `id-${n}`);

const read = (document: unknown): Workflow => {
  const { workflow } = parseWorkflow(document);
  if (!workflow) throw new TypeError('The generator draws workflows only.');
  return workflow;
};

/** Properties are many small runs; a busy machine may take its time. */
const patient = { timeout: 60_000 };

describe('whatever JSON comes in', patient, () => {
  it('is read, mapped and drawn, or refused with issues', () => {
    fc.assert(
      fc.property(fc.oneof(almostWorkflows, documents), (input) => {
        const { workflow, issues } = parseWorkflow(input);
        const found = [...issues];
        if (workflow) {
          const { journey, issues: more, provenance } = mapWorkflow(workflow);
          found.push(...more);
          expect(toMermaid(journey)).toMatch(/^stateDiagram-v2\n/);
          expect(provenance.coverage).toBe(1);
          expect(JSON.stringify(journey)).not.toContain('undefined');
        } else {
          expect(issues).toHaveLength(1);
        }
        for (const { code, severity, message, hint } of found) {
          expect(Object.hasOwn(ISSUE_CATALOGUE, code)).toBe(true);
          expect(['error', 'warning', 'info']).toContain(severity);
          expect(message).toMatch(/\.$/);
          expect(hint).not.toBe('');
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('a journey', patient, () => {
  const mapping = documents.map((document) => {
    const workflow = read(document);
    return { workflow, result: mapWorkflow(workflow) };
  });
  const everyMapping = (check: (workflow: Workflow, result: MappedWorkflow) => void) => {
    fc.assert(
      fc.property(mapping, ({ workflow, result }) => check(workflow, result)),
      { numRuns: 200 },
    );
  };

  it('has no dangling ways, and none that leads back', () => {
    everyMapping((_, { journey }) => {
      const position = new Map(journey.states.map(({ id }, index) => [id, index]));
      for (const { from, to } of journey.transitions) {
        expect(position.get(from)).toBeLessThan(position.get(to) ?? -1);
      }
    });
  });

  it('can be walked from its start to every state', () => {
    everyMapping((_, { journey }) => {
      const reached = new Set([journey.initial]);
      for (const { id } of journey.states) {
        expect(reached.has(id)).toBe(true);
        for (const { from, to } of journey.transitions) if (from === id) reached.add(to);
      }
    });
  });

  it('has ids that are used once', () => {
    everyMapping((_, { journey }) => {
      const ids = [...journey.states, ...journey.transitions].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const ways = journey.transitions.map((t) =>
        JSON.stringify([t.from, t.to, t.kind, t.branchId]),
      );
      expect(new Set(ways).size).toBe(ways.length);
    });
  });

  it('accounts for every block and edge, once, and back', () => {
    everyMapping((workflow, { journey, provenance }) => {
      const { nodeStateMappings, edgeTransitionMappings, leftOut } = provenance;
      const left = (kind: string) => leftOut.filter((l) => l.kind === kind).map(({ id }) => id);
      const blocks = [...Object.keys(nodeStateMappings), ...left('block')];
      const edges = [...Object.keys(edgeTransitionMappings), ...left('edge')];
      expect(blocks.sort()).toEqual(workflow.blocks.map(({ id }) => id).sort());
      expect(edges.sort()).toEqual(workflow.edges.map(({ id }) => id).sort());
      for (const { edgeIds, id } of journey.transitions) {
        for (const edgeId of edgeIds) expect(edgeTransitionMappings[edgeId]).toEqual([id]);
      }
      for (const { reason } of leftOut) expect(Object.hasOwn(ISSUE_CATALOGUE, reason)).toBe(true);
    });
  });

  it('is the same for the same content', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const again: unknown = JSON.parse(JSON.stringify(document));
        expect(JSON.stringify(mapWorkflow(read(again)))).toBe(
          JSON.stringify(mapWorkflow(read(document))),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('does not hang on ids: renaming before the mapping is renaming after it', () => {
    const rename = (id: string) => `renamed ${id} by us`;
    fc.assert(
      fc.property(documents, (document) => {
        const workflow = read(document);
        const before = mapWorkflow(renameWorkflow(workflow, rename)).journey;
        const after = renameJourney(mapWorkflow(workflow).journey, workflow, rename);
        expect({ ...before, id: '', version: '' }).toEqual({ ...after, id: '', version: '' });
      }),
      { numRuns: 200 },
    );
  });
});

type Rename = (id: string) => string;

function renameWorkflow(workflow: Workflow, rename: Rename): Workflow {
  return {
    ...workflow,
    blocks: workflow.blocks.map((block) => ({
      ...block,
      id: rename(block.id),
      parentId: block.parentId === null ? null : rename(block.parentId),
    })),
    edges: workflow.edges.map((edge) => ({
      ...edge,
      id: rename(edge.id),
      source: rename(edge.source),
      target: rename(edge.target),
    })),
    containers: workflow.containers.map((c) => ({ ...c, blockId: rename(c.blockId) })),
  };
}

function renameJourney(journey: Journey, workflow: Workflow, rename: Rename): Journey {
  const blockIds = new Set(workflow.blocks.map(({ id }) => id));
  const edgeIds = new Set(workflow.edges.map(({ id }) => id));
  const block = (id: string) => (blockIds.has(id) ? rename(id) : id);
  const asking = '~inputs';
  const place = (id: string) =>
    id.endsWith(asking) ? `${block(id.slice(0, -asking.length))}${asking}` : block(id);
  const state = (id: string) => `st_${place(id.slice(3))}` as const;
  return {
    ...journey,
    initial: journey.initial === null ? null : state(journey.initial),
    states: journey.states.map((s) => ({
      ...s,
      id: state(s.id),
      blockId: block(s.blockId),
      ...(s.parent !== undefined && { parent: state(s.parent) }),
      ...(s.kind === 'tool' && s.inputs !== undefined && { inputs: state(s.inputs) }),
      // The older router names its routes after their targets.
      ...(s.kind === 'router' && {
        routes: s.routes.map((route) => ({ ...route, id: block(route.id) })),
      }),
    })),
    transitions: journey.transitions.map((transition) => {
      const edgeId = transition.id.slice(3);
      return {
        ...transition,
        id: `tr_${edgeIds.has(edgeId) ? rename(edgeId) : edgeId}` as const,
        from: state(transition.from),
        to: state(transition.to),
        branchId: transition.branchId === null ? null : block(transition.branchId),
        edgeIds: transition.edgeIds.map(rename),
      };
    }),
  };
}
