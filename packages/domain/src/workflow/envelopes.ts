import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { EnvelopeKind } from './types.js';
import { toEditorForm } from './described-blocks.js';
import { quote } from './issue-log.js';
import { applyOperations, isOperation } from './operations.js';
import { describe, field, type Reader } from './reader.js';

/** The parts of a document that hold a workflow, unread as yet. */
export interface OpenedEnvelope {
  readonly kind: EnvelopeKind;
  /** JSON path of the object that holds `blocks`, with its dot; empty at the root. */
  readonly path: string;
  readonly sourceId: JsonValue | undefined;
  readonly name: JsonValue | undefined;
  readonly description: JsonValue | undefined;
  readonly blocks: JsonObject | readonly JsonValue[];
  readonly edges: JsonValue | undefined;
  /** JSON path of the edges, or of what they are made from. */
  readonly edgesPath: string;
  /** The object that holds `blocks`. */
  readonly body: JsonObject;
}

/** Why a document is not opened. */
export interface RefusedEnvelope {
  readonly refused: 'not_a_workflow';
  readonly message: string;
}

const ACCEPTED =
  'Accepted are a workflow exported from the editor ({version, state}), one from the REST or admin ' +
  'interface ({workflow, state}, also inside {data}), the older form with blocks and edges at the ' +
  'root, the YAML form with inputs and connections, a list of editing operations, the executor form ' +
  'with blocks and connections, and a ZIP archive of these.';

/** Tells which form a document has and opens it; linear, never throws. */
export function openEnvelope(input: unknown, reader: Reader): OpenedEnvelope | RefusedEnvelope {
  if (isOperationList(input)) return openOperations(input, {}, '', reader);
  if (!isJsonObject(input)) return notAWorkflow(`the document is ${describe(input)}`);
  const { document, path } = unwrap(input);
  const operations = own(document, 'operations');
  if (isOperationList(operations)) return openOperations(operations, document, path, reader);
  const state = own(document, 'state');
  const inState = isJsonObject(state);
  const body = inState ? state : document;
  const blocks = own(body, 'blocks');
  if (!isJsonObject(blocks) && !Array.isArray(blocks)) {
    return notAWorkflow(`it has ${foundInstead(document, blocks, inState)}`);
  }
  const at = inState ? `${path}state.` : path;
  const parts = { path: at, ...titles(document, body), body };
  if (isJsonObject(blocks) && isYamlForm(body, blocks)) {
    const form = toEditorForm(blocks, `${at}blocks`, reader);
    return { kind: 'yaml', ...parts, ...form, edgesPath: `${at}connections` };
  }
  const kind = kindOf(document, blocks, inState);
  const edgesKey = edgesKeyOf(body, kind);
  const edges = own(body, edgesKey);
  // `isArray` does not tell readonly lists from objects.
  const given = blocks as JsonObject | readonly JsonValue[];
  return { kind, ...parts, blocks: given, edges, edgesPath: `${at}${edgesKey}` };
}

/** The executor's form has connections; where there are none under that name, there may be edges. */
function edgesKeyOf(body: JsonObject, kind: EnvelopeKind): 'connections' | 'edges' {
  if (kind !== 'executor') return 'edges';
  const isOdd = own(body, 'connections') === undefined && own(body, 'edges') !== undefined;
  return isOdd ? 'edges' : 'connections';
}

function isOperationList(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value) && isOperation(value[0]);
}

/** The operations make the workflow, out of the one beside them where there is one. */
function openOperations(
  operations: readonly JsonValue[],
  document: JsonObject,
  path: string,
  reader: Reader,
): OpenedEnvelope {
  const workflow = own(document, 'workflow');
  const state = own(document, 'state') ?? field(workflow, 'state') ?? workflow;
  const body = isJsonObject(state) ? state : document;
  const form = applyOperations(operations, body, reader);
  const edgesPath = `${path}operations`;
  // The maps of containers are those of the base; the operations have made them stale.
  const rest = { variables: own(body, 'variables') ?? null };
  return { kind: 'operations', path, ...titles(document, body), ...form, edgesPath, body: rest };
}

const MAX_DATA_LAYERS = 2;

/**
 * Takes off `{data: …}`, which the REST interfaces put around their answers (v2 beside `limits`), and
 * then `{workflow: …}` around a whole workflow.
 */
function unwrap(input: JsonObject): { document: JsonObject; path: string } {
  let document = input;
  let path = '';
  const take = (key: string): boolean => {
    const inner = own(document, key);
    const parts = ['blocks', 'state', 'operations'];
    const isBare = parts.every((part) => own(document, part) === undefined);
    if (!isBare || !isJsonObject(inner)) return false;
    document = inner;
    path += `${key}.`;
    return true;
  };
  for (let layer = 0; layer < MAX_DATA_LAYERS && take('data'); layer += 1);
  take('workflow');
  return { document, path };
}

function kindOf(document: JsonObject, blocks: JsonValue, inState: boolean): EnvelopeKind {
  if (inState) {
    if (isJsonObject(own(document, 'workflow'))) return 'rest-export';
    return Array.isArray(blocks) ? 'legacy' : 'ui-export';
  }
  if (!Array.isArray(blocks)) return 'legacy';
  const first = (blocks as readonly JsonValue[])[0];
  const executable = field(first, 'config') !== undefined || field(first, 'metadata') !== undefined;
  return executable || Array.isArray(own(document, 'connections')) ? 'executor' : 'legacy';
}

function titles(
  document: JsonObject,
  body: JsonObject,
): Pick<OpenedEnvelope, 'sourceId' | 'name' | 'description'> {
  const places = [
    own(document, 'workflow'),
    own(body, 'metadata'),
    own(document, 'metadata'),
    document,
    body,
  ];
  const first = (key: string) =>
    places.map((place) => field(place, key)).find((value) => typeof value === 'string');
  // An id beside the blocks may be anything; beside a state, or in what describes it, it is the workflow's.
  const described = places.slice(0, 3);
  if (body !== document) described.push(document);
  const id = described
    .map((place) => field(place, 'id'))
    .find((value) => typeof value === 'string');
  return { sourceId: id, name: first('name'), description: first('description') };
}

/** Blocks under `blocks`, with `inputs` or `connections` and no edges anywhere. */
function isYamlForm(body: JsonObject, blocks: JsonObject): boolean {
  if (own(body, 'edges') !== undefined) return false;
  return Object.values(blocks).some(
    (block) =>
      isJsonObject(block) &&
      own(block, 'subBlocks') === undefined &&
      (isJsonObject(own(block, 'inputs')) || isJsonObject(own(block, 'connections'))),
  );
}

function foundInstead(
  document: JsonObject,
  blocks: JsonValue | undefined,
  inState: boolean,
): string {
  const where = inState ? 'state.blocks' : 'blocks';
  if (blocks !== undefined) return `${describe(blocks)} under ${where}`;
  const keys = Object.keys(document);
  if (keys.length === 0) return 'nothing in it';
  const shown = keys.slice(0, 8).map(quote).join(', ');
  return `no ${where}, only the keys ${shown}${keys.length > 8 ? ' and others' : ''}`;
}

function notAWorkflow(found: string): RefusedEnvelope {
  return {
    refused: 'not_a_workflow',
    message: `This is no workflow: ${found}. ${ACCEPTED}`,
  };
}
