import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { JsonObject } from '@sim/domain';
import type { Dispatcher } from 'undici';
import { guardedFetch } from './guarded-fetch.js';

/** A tool of a server, as the server lists it. */
export interface McpTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
}

/** What is asked of a server, and how long it may take. */
export interface McpRequest {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** The content of a result, and whether it tells a failure. */
export interface McpResult {
  readonly isError: boolean;
  readonly structured: JsonObject | null;
  readonly content: readonly JsonObject[];
}

/** A connection to a server, initialised. */
export interface McpConnection {
  /** Null where the server has no tool of that name. */
  tool(name: string, request: McpRequest): Promise<McpTool | null>;
  call(name: string, args: JsonObject, meta: JsonObject, request: McpRequest): Promise<McpResult>;
  /** Calls that are under way fail. Never rejects. */
  close(): Promise<void>;
}

/** Where to connect to. */
export interface McpTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
  /** Of one answer. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A server that lists more is cut off there. */
const MAX_PAGES = 20;

/**
 * Connects by streamable HTTP; a server that refuses it is taken for one of the older kind, over
 * server-sent events.
 */
export async function connectMcp(target: McpTarget): Promise<McpConnection> {
  const sdk = await loadLibrary();
  try {
    return await connectBy('streamable', target, sdk);
  } catch (error) {
    if (!(error instanceof sdk.StreamableHTTPError) || !isOlderServer(error.code)) throw error;
    return await connectBy('sse', target, sdk);
  }
}

type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** Loaded with the first tool of the kind: the library is large, and most workspaces have no such tool. */
async function loadLibrary() {
  const [client, streamable, sse, types] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
    import('@modelcontextprotocol/sdk/client/sse.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ]);
  return { ...client, ...streamable, ...sse, ...types };
}

/** What servers answer that know no POST at that address; not what they refuse a caller with. */
function isOlderServer(status: number | undefined): boolean {
  return status === 400 || status === 404 || status === 405;
}

async function connectBy(
  kind: 'streamable' | 'sse',
  target: McpTarget,
  sdk: Library,
): Promise<McpConnection> {
  const broken = new AbortController();
  const fetch = guardedFetch({
    dispatcher: target.dispatcher,
    maxBytes: target.maxBytes,
    listens: kind === 'sse',
    onFailure: (error) => broken.abort(error),
  });
  const init = { fetch, requestInit: { headers: { ...target.headers } } };
  const transport =
    kind === 'streamable'
      ? new sdk.StreamableHTTPClientTransport(target.url, init)
      : // eslint-disable-next-line @typescript-eslint/no-deprecated -- For servers that know nothing newer.
        new sdk.SSEClientTransport(target.url, init);
  const client = new sdk.Client({ name: 'sim-journeys', version: '1' });
  try {
    const { timeoutMs: timeout } = target;
    await client.connect(transport, { timeout, signal: broken.signal });
  } catch (error) {
    await client.close().catch(() => undefined);
    throw broken.signal.aborted ? broken.signal.reason : error;
  }
  return connectionOver(client, sdk, broken.signal);
}

function connectionOver(client: Client, sdk: Library, broken: AbortSignal): McpConnection {
  /** The library waits for an answer that breaks off until its time is over; this does not. */
  const unlessBroken = async <T>(
    { signal, timeoutMs: timeout }: McpRequest,
    work: (options: {
      signal: AbortSignal;
      timeout: number;
      maxTotalTimeout: number;
    }) => Promise<T>,
  ): Promise<T> => {
    // `AbortSignal.any` holds on to its sources weakly: one that is collected never fires.
    const either = new AbortController();
    const sources = [signal, broken];
    const abort = () => either.abort(sources.find(({ aborted }) => aborted)?.reason);
    if (sources.some(({ aborted }) => aborted)) abort();
    for (const source of sources) source.addEventListener('abort', abort, { once: true });
    try {
      either.signal.throwIfAborted();
      return await work({ signal: either.signal, timeout, maxTotalTimeout: timeout });
    } catch (error) {
      throw either.signal.aborted ? either.signal.reason : error;
    } finally {
      for (const source of sources) source.removeEventListener('abort', abort);
    }
  };
  return {
    tool: (name, request) =>
      unlessBroken(request, (options) => findTool(client, sdk, name, options)),
    call: (name, args, meta, request) =>
      unlessBroken(request, async (options) => {
        const params = { name, arguments: args, _meta: meta };
        // Not `callTool`, which would compile the server's schemas to code.
        const result = await client.request(
          { method: 'tools/call', params },
          sdk.CallToolResultSchema,
          options,
        );
        return {
          isError: result.isError === true,
          structured: (result.structuredContent as JsonObject | undefined) ?? null,
          content: result.content as unknown as JsonObject[],
        };
      }),
    close: () => client.close().catch(() => undefined),
  };
}

async function findTool(
  client: Client,
  sdk: Library,
  name: string,
  options: object,
): Promise<McpTool | null> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const listed = await client.request(
      { method: 'tools/list', params },
      sdk.ListToolsResultSchema,
      options,
    );
    const found = listed.tools.find((tool) => tool.name === name);
    if (found) {
      const { description = '', inputSchema } = found;
      return { name, description, inputSchema: inputSchema as JsonObject };
    }
    cursor = listed.nextCursor;
    if (cursor === undefined) break;
  }
  return null;
}
