import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { EnvelopeKind } from './types.js';
import { quote } from './issue-log.js';
import { describe, field } from './reader.js';

/** The parts of a document that hold a workflow, unread as yet. */
export interface OpenedEnvelope {
  readonly kind: EnvelopeKind;
  /** JSON path of the object that holds `blocks`, with its dot; empty at the root. */
  readonly path: string;
  readonly name: JsonValue | undefined;
  readonly description: JsonValue | undefined;
  readonly blocks: JsonObject | readonly JsonValue[];
  /** Under `edges`, in the executor form under `connections`. */
  readonly edgesKey: 'edges' | 'connections';
  /** The object that holds `blocks`. */
  readonly body: JsonObject;
}

/** Why a document is not opened. */
export interface RefusedEnvelope {
  readonly refused: 'not_a_workflow' | 'envelope_not_supported';
  readonly message: string;
  readonly hint?: string;
}

const ACCEPTED =
  'Accepted are a workflow exported from the editor ({version, state}), one from the REST or admin ' +
  'interface ({workflow, state}, also inside {data}), the older form with blocks and edges at the ' +
  'root, and the executor form with blocks and connections.';

/** Tells which form a document has. Looks at the outside only; bounded, never throws. */
export function openEnvelope(input: unknown): OpenedEnvelope | RefusedEnvelope {
  const foreign = recogniseForeign(input);
  if (foreign) return foreign;
  if (!isJsonObject(input)) return notAWorkflow(`the document is ${describe(input)}`);
  const { document, path } = unwrap(input);
  const state = own(document, 'state');
  const inState = isJsonObject(state);
  const body = inState ? state : document;
  const blocks = own(body, 'blocks');
  if (!isJsonObject(blocks) && !Array.isArray(blocks)) {
    return notAWorkflow(`it has ${foundInstead(document, blocks, inState)}`);
  }
  if (!inState && isYamlForm(document, blocks)) {
    return unsupported(
      'the YAML form of 2025 (blocks with inputs and connections)',
      'Import the YAML into Sim, export the workflow from its menu as JSON and import that file.',
    );
  }
  const kind = kindOf(document, blocks, inState);
  return {
    kind,
    path: inState ? `${path}state.` : path,
    ...titles(document, body),
    blocks: blocks as JsonObject | readonly JsonValue[],
    edgesKey: kind === 'executor' ? 'connections' : 'edges',
    body,
  };
}

/** Takes off `{data: …}`, which the REST interface puts around its answers. */
function unwrap(input: JsonObject): { document: JsonObject; path: string } {
  let document = input;
  let path = '';
  for (let layer = 0; layer < 2; layer += 1) {
    const data = own(document, 'data');
    const bare = own(document, 'blocks') === undefined && own(document, 'state') === undefined;
    if (!bare || !isJsonObject(data)) break;
    document = data;
    path += 'data.';
  }
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
): Pick<OpenedEnvelope, 'name' | 'description'> {
  const places = [
    own(document, 'workflow'),
    own(body, 'metadata'),
    own(document, 'metadata'),
    document,
    body,
  ];
  const first = (key: string) =>
    places.map((place) => field(place, key)).find((value) => typeof value === 'string');
  return { name: first('name'), description: first('description') };
}

/** Blocks under `blocks`, with `inputs` or `connections` and no edges anywhere. */
function isYamlForm(document: JsonObject, blocks: JsonValue): boolean {
  if (!isJsonObject(blocks) || own(document, 'edges') !== undefined) return false;
  return Object.values(blocks).some(
    (block) =>
      isJsonObject(block) &&
      own(block, 'subBlocks') === undefined &&
      (isJsonObject(own(block, 'inputs')) || isJsonObject(own(block, 'connections'))),
  );
}

function recogniseForeign(input: unknown): RefusedEnvelope | null {
  if (isZip(input)) {
    return unsupported(
      'a ZIP archive',
      'Unpack it and import the <Name>.json files one by one; _workspace.json and _folder.json are no workflows.',
    );
  }
  if (typeof input === 'string' && /^\s*(?:version|blocks):/m.test(input.slice(0, 4096))) {
    return unsupported(
      'YAML text',
      'Import the YAML into Sim, export the workflow from its menu as JSON and import that file.',
    );
  }
  const operations: unknown = Array.isArray(input) ? input : field(input, 'operations');
  const first = Array.isArray(operations) ? (operations as readonly unknown[])[0] : undefined;
  if (field(first, 'operation_type') !== undefined || field(first, 'operation') !== undefined) {
    return unsupported(
      'a list of editing operations',
      'Apply the operations in Sim, then export the workflow that comes of them as JSON.',
    );
  }
  return null;
}

/** Bytes, or a text of bytes, that begin as ZIP archives do. */
function isZip(input: unknown): boolean {
  if (input instanceof Uint8Array) return input[0] === 0x50 && input[1] === 0x4b;
  return typeof input === 'string' && input.startsWith('PK\u0003\u0004');
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

function unsupported(form: string, hint: string): RefusedEnvelope {
  return {
    refused: 'envelope_not_supported',
    message: `This is ${form}, which cannot be imported.`,
    hint,
  };
}
