// Writes docs/constructs.md: what each construct of a workflow becomes, as diagrams.
//
//   node scripts/generate-construct-page.mjs           writes it
//   node scripts/generate-construct-page.mjs --check   writes nothing; ends with 1 where it differs
//
// It reads the built packages: run it by npm, or after `npm run build`.
import { CONSTRUCTS } from './lib/constructs.mjs';
import { imported, keepFile } from './lib/generated-file.mjs';

const INTRODUCTION = `# What becomes of each construct

<!-- Written by scripts/generate-construct-page.mjs. Change scripts/lib/constructs.mjs, not this page. -->

For each construct: the workflow as it is drawn, the journey that it becomes, and what the mapping finds.
How it is proved that both do the same is told in [proof.md](proof.md), what the findings mean in
[errors/](errors/README.md).`;

/** A workflow in the form of an export of the editor. */
function documentOf({ blocks, ways }) {
  const exported = Object.entries(blocks).map(([id, { params = {}, data = {}, ...block }]) => [
    id,
    {
      ...{ id, name: nameOf(id), position: { x: 0, y: 0 }, enabled: true, outputs: {}, data },
      ...block,
      subBlocks: Object.fromEntries(
        Object.entries(params).map(([key, value]) => [
          key,
          { id: key, type: 'short-input', value },
        ]),
      ),
    },
  ]);
  return {
    version: '1.0',
    exportedAt: '2026-01-01T00:00:00.000Z',
    state: {
      ...{ blocks: Object.fromEntries(exported), edges: ways.map(edgeOf) },
      ...{ loops: {}, parallels: {}, variables: {}, metadata: { name: 'Example' } },
    },
  };
}

function nameOf(id) {
  return id.charAt(0).toUpperCase() + id.slice(1);
}

function edgeOf(way, index) {
  const [, source, handle = 'source', target] = /^(\S+) -(?:(\S+)-)?> (\S+)$/.exec(way);
  return { id: `e${index}`, source, target, sourceHandle: handle };
}

/** The workflow as it is drawn. */
function flowchart({ blocks, ways }) {
  const lines = ['flowchart LR'];
  const draw = (parent, depth) => {
    for (const [id, { type, enabled = true, data = {} }] of Object.entries(blocks)) {
      if ((data.parentId ?? null) !== parent) continue;
      const pad = '    '.repeat(depth);
      const label = `${nameOf(id)} · ${type}${enabled ? '' : ' (disabled)'}`;
      const holds = Object.values(blocks).some((block) => block.data?.parentId === id);
      if (holds) {
        lines.push(`${pad}subgraph ${idOf(id)}["${label}"]`);
        draw(id, depth + 1);
        lines.push(`${pad}end`);
      } else lines.push(`${pad}${idOf(id)}["${label}"]`);
    }
  };
  draw(null, 1);
  for (const { source, target, sourceHandle } of ways.map(edgeOf)) {
    // A way into a body is drawn as where its first block stands.
    if (blocks[target]?.data?.parentId === source) continue;
    const label = /^(?:source|.*-end-source)$/.test(sourceHandle) ? '' : `|${sourceHandle}|`;
    lines.push(`    ${idOf(source)} -->${label} ${idOf(target)}`);
  }
  return lines.join('\n');
}

/** "end" and the like mean something to Mermaid. */
function idOf(id) {
  return `b_${id}`;
}

function sectionOf({ parseWorkflow, mapWorkflow, toMermaid }, construct) {
  const read = (example) => parseWorkflow(documentOf(example)).workflow;
  const children = new Map(
    Object.entries(construct.children ?? {}).map(([id, child]) => [id, read(child)]),
  );
  const knownTypes = new Set(['api', 'function']);
  const { journey, issues } = mapWorkflow(read(construct), { children, knownTypes });
  const found = issues.map(
    ({ code, message }) => `- [\`${code}\`](errors/${code}.md): ${message.replace(/</g, '\\<')}`,
  );
  return [
    `## ${construct.title}`,
    construct.text,
    fenced(flowchart(construct)),
    'becomes',
    fenced(toMermaid(journey)),
    ...(found.length > 0 ? ['Findings:', found.join('\n')] : []),
  ].join('\n\n');
}

function fenced(diagram) {
  return `\`\`\`mermaid\n${diagram.trimEnd()}\n\`\`\``;
}

await keepFile(import.meta.url, {
  file: 'docs/constructs.md',
  parser: 'markdown',
  source: 'what the mapping makes of the examples',
  text: async () => {
    const domain = await imported('packages/domain/dist/index.js');
    return [INTRODUCTION, ...CONSTRUCTS.map((each) => sectionOf(domain, each))].join('\n\n');
  },
});
