import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { Block, RetryPolicy } from './types.js';
import { pathSegment, quote, type IssueLog } from './issue-log.js';
import { FreshIds } from './names.js';
import { readPreviewRows } from './preview-rows.js';
import { describe, field, readNumber, type Reader } from './reader.js';
import { isPlainSecret } from './secret-params.js';
import { readSubBlocks, type Parameters } from './sub-blocks.js';

/** Longer ids are refused: they return in every issue and edge. */
export const MAX_ID_LENGTH = 256;

/** A block with what only its container is told from. */
export interface ReadBlock {
  readonly block: Block;
  readonly data: JsonObject;
  readonly path: string;
}

/** Reads the blocks of a record or list, in document order; what is no block is reported. */
export function readBlocks(
  blocks: JsonObject | readonly JsonValue[],
  path: string,
  reader: Reader,
): Map<string, ReadBlock> {
  const isList = Array.isArray(blocks);
  const entries: [string, unknown][] = Object.entries(blocks);
  const known = new Map<string, ReadBlock>();
  const fresh = new FreshIds(isList ? idsOf(blocks as readonly JsonValue[], reader) : []);
  for (const [key, raw] of entries) {
    const at = isList ? `${path}blocks[${key}]` : `${path}blocks.${pathSegment(key)}`;
    if (!isJsonObject(raw)) {
      const message = () => `The entry at ${at} is ${describe(raw)}, not a block.`;
      reader.log.report('block_invalid', { path: at, message });
      continue;
    }
    const id = isList
      ? listedId(raw, Number(key), fresh, at, reader)
      : keyedId(key, raw, at, reader);
    if (isAcceptable(id, known, at, reader.log)) known.set(id, readBlock(raw, id, at, reader));
  }
  return known;
}

function idsOf(blocks: readonly JsonValue[], reader: Reader): string[] {
  return blocks.map((raw) => reader.text(field(raw, 'id'))).filter((id) => id !== null);
}

function listedId(
  raw: JsonObject,
  index: number,
  fresh: FreshIds,
  path: string,
  reader: Reader,
): string {
  const id = reader.text(own(raw, 'id'));
  if (id !== null) return id;
  const made = fresh.take(`block-${index + 1}`);
  const message = () => `The block at ${path} has no id and is called ${quote(made)}.`;
  reader.log.report('block_id_missing', { blockId: made, path, message });
  return made;
}

function keyedId(key: string, raw: JsonObject, path: string, reader: Reader): string {
  const id = reader.text(key) ?? key;
  const inner = reader.text(own(raw, 'id'));
  if (inner !== null && inner !== id) {
    const message = () => `The block under ${quote(id)} calls itself ${quote(inner)}.`;
    reader.log.report('block_id_mismatch', { path, message });
  }
  return id;
}

function isAcceptable(
  id: string,
  known: ReadonlyMap<string, ReadBlock>,
  path: string,
  log: IssueLog,
): boolean {
  if (id.length > MAX_ID_LENGTH) {
    const message = () => `The block at ${path} has an id of ${id.length} characters.`;
    log.report('block_invalid', { path, message });
    return false;
  }
  const first = known.get(id);
  if (first) {
    const message = () =>
      `The block at ${path} has the id ${quote(id)} of ${quote(first.block.name)} and is left out.`;
    log.report('duplicate_block_id', { blockId: id, path, message });
    return false;
  }
  return true;
}

function readBlock(raw: JsonObject, id: string, path: string, reader: Reader): ReadBlock {
  const { log } = reader;
  const config = own(raw, 'config');
  const metadata = own(raw, 'metadata');
  const data = reader.object(own(raw, 'data'), `${path}.data`);
  let type = reader.text(own(raw, 'type')) ?? reader.text(field(metadata, 'id'));
  type ??= reader.text(field(config, 'tool'));
  if (type === null) {
    const message = () => `The block ${quote(id)} has no type.`;
    log.report('block_type_missing', { blockId: id, path: `${path}.type`, message });
    type = 'unknown';
  }
  const named = reader.text(own(raw, 'name')) ?? reader.text(field(metadata, 'name'));
  if (named === null) {
    const message = () => `A block of type ${quote(type)} has no name.`;
    log.report('block_name_missing', { blockId: id, path: `${path}.name`, message });
  }
  const { params, kinds } = readParams(raw, type, path, reader);
  reportSecrets(params, id, named ?? type, path, log);
  const triggerMode =
    own(raw, 'triggerMode') === true || field(metadata, 'category') === 'triggers';
  const block: Block = {
    id,
    type,
    name: named ?? type,
    enabled: own(raw, 'enabled') !== false,
    params,
    kinds,
    outputs: reader.object(own(raw, 'outputs'), `${path}.outputs`),
    triggerMode,
    errorEnabled: own(raw, 'errorEnabled') === true,
    retry: readRetry(own(raw, 'retry'), id, path, log),
    parentId: reader.text(own(data, 'parentId')) ?? reader.text(own(raw, 'parentId')),
  };
  return { block, data, path };
}

function readParams(raw: JsonObject, type: string, path: string, reader: Reader): Parameters {
  if (own(raw, 'subBlocks') !== undefined) return readSubBlocks(raw, path, reader);
  const params = field(own(raw, 'config'), 'params');
  if (params !== undefined) {
    return { params: reader.object(params, `${path}.config.params`), kinds: {} };
  }
  return { params: readPreviewRows(raw, type, reader), kinds: {} };
}

function reportSecrets(
  params: JsonObject,
  blockId: string,
  name: string,
  path: string,
  log: IssueLog,
): void {
  for (const [key, value] of Object.entries(params)) {
    if (!isPlainSecret(key, value)) continue;
    const message = () => `The block ${quote(name)} holds its ${quote(key)} in plain text.`;
    log.report('secret_in_plain_text', {
      blockId,
      path: `${path}.subBlocks.${pathSegment(key)}`,
      message,
    });
  }
}

function readRetry(
  raw: JsonValue | undefined,
  blockId: string,
  path: string,
  log: IssueLog,
): RetryPolicy | null {
  if (!isJsonObject(raw) || own(raw, 'enabled') === false) return null;
  const tries = readNumber(own(raw, 'maxTries')) ?? 3;
  const wait = readNumber(own(raw, 'waitBetweenTriesMs')) ?? 1000;
  const maxTries = Math.min(5, Math.max(2, Math.round(tries)));
  const waitBetweenTriesMs = Math.min(5000, Math.max(0, Math.round(wait)));
  if (maxTries !== tries || waitBetweenTriesMs !== wait) {
    const message = () =>
      `A retry of ${tries} runs, ${wait} ms apart, becomes ${maxTries} runs, ${waitBetweenTriesMs} ms apart.`;
    log.report('retry_out_of_range', { blockId, path: `${path}.retry`, message });
  }
  return { maxTries, waitBetweenTriesMs };
}
