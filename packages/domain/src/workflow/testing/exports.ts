import { setOwn, type JsonObject, type JsonValue } from '../../json.js';
import type { Issue } from '../../issues.js';
import type { Workflow } from '../types.js';
import { parseWorkflow } from '../parse-workflow.js';

/** A block as the editor exports it. */
export function block(
  id: string,
  type: string,
  params: Readonly<Record<string, unknown>> = {},
  extra: Readonly<Record<string, unknown>> = {},
): JsonObject {
  const subBlocks: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(params)) {
    setOwn(subBlocks, key, { id: key, type: 'short-input', value: value as JsonValue });
  }
  const name = id.charAt(0).toUpperCase() + id.slice(1);
  const base = { id, type, name, position: { x: 0, y: 0 }, enabled: true, subBlocks, outputs: {} };
  return { ...base, ...extra };
}

/** An edge as the editor exports it. */
export function edge(source: string, target: string, sourceHandle = 'source'): JsonObject {
  const id =
    sourceHandle === 'source' ? `${source}-${target}` : `${source}-${target}-${sourceHandle}`;
  return { id, source, target, sourceHandle, targetHandle: 'target' };
}

/** The state of an export. */
export function stateOf(
  blocks: readonly JsonObject[],
  edges: readonly JsonObject[] = [],
  extra: JsonObject = {},
): JsonObject {
  const record: Record<string, JsonValue> = {};
  for (const item of blocks) setOwn(record, typeof item.id === 'string' ? item.id : '', item);
  const metadata = { name: 'Orders', description: 'Handles orders' };
  return { blocks: record, edges, loops: {}, parallels: {}, variables: {}, metadata, ...extra };
}

/** An export from the editor. */
export function uiExport(
  blocks: readonly JsonObject[],
  edges: readonly JsonObject[] = [],
  extra: JsonObject = {},
): JsonObject {
  const exportedAt = '2026-01-05T10:00:00.000Z';
  return { version: '1.0', exportedAt, state: stateOf(blocks, edges, extra) };
}

/** What is read from a document that is meant to be a workflow. */
export function parsed(input: unknown): { workflow: Workflow; issues: readonly Issue[] } {
  const { workflow, issues } = parseWorkflow(input);
  if (!workflow) throw new TypeError(`The fixture is no workflow: ${JSON.stringify(issues)}`);
  return { workflow, issues };
}

/** The codes of issues, in order. */
export function codes(issues: readonly Issue[]): string[] {
  return issues.map(({ code }) => code);
}
