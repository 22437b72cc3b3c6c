import { isJsonObject, own, type JsonValue } from '@sim/domain';
import type { OpenApiToolAdapter } from '@sim/engine';
import { LRUCache } from 'lru-cache';
import { readCall } from '../../http/call.js';
import {
  misconfigured,
  missingParams,
  type PreparedCall,
  type ToolCall,
  type ToolLimits,
} from '../call.js';
import { describeOperation } from '../describe.js';
import { guarded, preparedRequest } from '../http-exchange.js';
import { fillTable, fillText } from '../template.js';
import { OpenApiError, readDocument, type OpenApiDocument } from './document.js';
import { findOperation } from './operation.js';
import { requestFor } from './request.js';

/** Documents that were fetched, for all workspaces together. */
const MAX_DOCUMENTS = 50;
const MAX_CHARACTERS = 50_000_000;
const TTL_MS = 5 * 60_000;

type OpenApiCall = ToolCall<OpenApiToolAdapter>;

/**
 * Calls by OpenAPI: the block's parameters mapped onto those of the operation. Documents that are fetched
 * are kept for five minutes.
 */
export function openApiTools(limits: ToolLimits) {
  const documents = new LRUCache<string, { document: OpenApiDocument }>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    ttl: TTL_MS,
  });

  const fetched = async (call: OpenApiCall, url: string): Promise<OpenApiDocument> => {
    // One workspace must not read what another's secret in the URL gave access to.
    const key = JSON.stringify([call.tool.workspaceId, url]);
    const known = documents.get(key);
    if (known) return known.document;
    const request = readCall({ url, headers: { accept: 'application/json, application/yaml' } });
    const { status, data } = await guarded(call, request, limits);
    if (status >= 400) throw new OpenApiError(`The document was answered with status ${status}.`);
    const document = readDocument(textOf(data));
    documents.set(key, { document }, { size: JSON.stringify(data).length });
    return document;
  };

  /** Configurations are at hand for some seconds, and what was read of them as long. */
  const read = new WeakMap<OpenApiToolAdapter, OpenApiDocument>();
  const inline = (adapter: OpenApiToolAdapter): OpenApiDocument => {
    const document = read.get(adapter) ?? readDocument(adapter.document);
    read.set(adapter, document);
    return document;
  };

  const find = async (call: OpenApiCall) => {
    const { adapter } = call;
    // Where to go is the tool's own affair: no parameter of a block has a say in it.
    const own = { ...call, blockType: call.tool.blockType, params: {} };
    const documentUrl = adapter.documentUrl === null ? null : fillText(adapter.documentUrl, own);
    const document = documentUrl === null ? inline(adapter) : await fetched(call, documentUrl);
    const operation = findOperation(document, adapter.operationId);
    return { own, documentUrl, document, operation };
  };
  const prepare = async (call: OpenApiCall): Promise<PreparedCall> => {
    const { adapter, params } = call;
    const values = { ...call, blockType: call.tool.blockType };
    const { own, documentUrl, operation } = await find(call);
    const given = adapter.server === null ? operation.server : fillText(adapter.server, own);
    const outcome = requestFor(operation, absolute(given, documentUrl), params);
    if (!outcome.ok) throw missingParams(call, outcome.missing);
    const { headers, ...request } = outcome.request;
    const added = fillTable(adapter.headers, values);
    return preparedRequest(call, { ...request, headers: { ...headers, ...added } }, limits);
  };

  const told = async <T>(call: OpenApiCall, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof OpenApiError ? misconfigured(call, error.message, error) : error;
    }
  };
  return {
    /** @throws BlockFailure `invalid_params`, `tool_misconfigured`, or what fetching the document gives */
    prepare: (call: OpenApiCall) => told(call, () => prepare(call)),
    /** @throws BlockFailure `tool_misconfigured`, or what fetching the document gives */
    describe: (call: OpenApiCall) =>
      told(call, async () => {
        const { document, operation } = await find(call);
        return describeOperation(document, operation);
      }),
  };
}

/** Servers may send YAML under a type that is no text. */
function textOf(data: JsonValue): JsonValue {
  const bytes = isJsonObject(data) && own(data, 'openapi') === undefined ? data.base64 : undefined;
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64').toString() : data;
}

function absolute(server: string | null, documentUrl: string | null): string {
  const base = documentUrl ?? undefined;
  const url = server ?? (base === undefined ? null : '/');
  if (url === null || !URL.canParse(url, base)) {
    throw new OpenApiError('Neither the document nor the tool names a server with a full URL.');
  }
  return new URL(url, base).href;
}
