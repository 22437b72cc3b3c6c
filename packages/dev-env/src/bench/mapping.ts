import { mapWorkflow, parseWorkflow, type JsonObject } from '@sim/domain';

/** One line of the benchmark. */
export interface MappingLine {
  readonly bench: 'mapping';
  readonly blocks: number;
  readonly milliseconds: number;
  readonly microsecondsPerBlock: number;
}

/** Parses and maps workflows of growing size: diamonds in a row, so that every third block joins. */
export function benchMapping(): MappingLine[] {
  return [10, 100, 1_000, 10_000].map((blocks) => {
    const document = diamonds(blocks);
    const rounds = Math.max(3, Math.floor(3_000 / blocks));
    for (let round = 0; round < rounds; round += 1) map(document);
    const startedAt = performance.now();
    for (let round = 0; round < rounds; round += 1) map(document);
    const milliseconds = (performance.now() - startedAt) / rounds;
    return {
      bench: 'mapping',
      blocks,
      milliseconds: Math.round(milliseconds * 1000) / 1000,
      microsecondsPerBlock: Math.round((milliseconds * 1000 * 10) / blocks) / 10,
    };
  });
}

function map(document: JsonObject): void {
  const { workflow } = parseWorkflow(document);
  if (workflow) mapWorkflow(workflow);
}

function diamonds(count: number): JsonObject {
  const names = Array.from({ length: count }, (_, index) => `b${index}`);
  const blocks = names.map((id, index) => ({
    id,
    type: index === 0 ? 'start_trigger' : 'function',
    name: `Block ${index}`,
    position: { x: 0, y: 0 },
    enabled: true,
    subBlocks:
      index === 0
        ? { inputFormat: { id: 'inputFormat', type: 'input-format', value: [] } }
        : { code: { id: 'code', type: 'code', value: `return <block${index - 1}.result>` } },
    outputs: {},
    data: {},
  }));
  const edges = names.flatMap((id, index) => {
    const targets = index % 3 === 0 ? [index + 1, index + 2] : [index - (index % 3) + 3];
    return targets
      .filter((target) => target < count)
      .map((target) => ({ id: `${id}-${target}`, source: id, target: `b${target}` }));
  });
  return {
    version: '1.0',
    exportedAt: '2026-01-01T00:00:00.000Z',
    state: {
      blocks: Object.fromEntries(blocks.map((block) => [block.id, block])),
      edges,
      loops: {},
      parallels: {},
      variables: {},
    },
  };
}
