/* eslint-disable @typescript-eslint/no-deprecated -- Older servers, and one that answers as a test says. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  type CallToolResult,
} from '@modelcontextprotocol/sdk/types.js';

/** A call as the server saw it. */
export interface SeenCall {
  readonly name: string;
  readonly args: unknown;
  readonly meta: unknown;
}

type Answers = Readonly<Record<string, () => CallToolResult | Promise<CallToolResult>>>;

const INPUT = {
  type: 'object' as const,
  properties: { channel_id: { type: 'string' }, count: { type: 'integer' } },
  required: ['channel_id'],
};

/** An MCP server on a port of its own, over streamable HTTP or, as older ones, server-sent events. */
export async function startMcpServer(answers: Answers, kind: 'streamable' | 'sse' = 'streamable') {
  const calls: SeenCall[] = [];
  const requests: IncomingMessage['headers'][] = [];
  const sessions = new Map<string, StreamableHTTPServerTransport | SSEServerTransport>();
  let opened = 0;

  const protocol = () => {
    opened += 1;
    const server = new Server({ name: 'test', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
      // In two pages, as large servers do.
      const names = Object.keys(answers);
      const page = params?.cursor === undefined ? names.slice(0, 1) : names.slice(1);
      const tools = page.map((name) => ({ name, inputSchema: INPUT }));
      return params?.cursor === undefined ? { tools, nextCursor: 'more' } : { tools };
    });
    server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
      calls.push({ name: params.name, args: params.arguments, meta: params._meta });
      return (await answers[params.name]?.()) ?? { content: [] };
    });
    return server;
  };
  const streamable = async (request: IncomingMessage, response: ServerResponse) => {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (known instanceof StreamableHTTPServerTransport) {
      await known.handleRequest(request, response);
      return;
    }
    if (id !== undefined) {
      response.writeHead(404).end();
      return;
    }
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (made) => void sessions.set(made, transport),
    });
    await protocol().connect(transport);
    await transport.handleRequest(request, response);
  };
  const events = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://x');
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response);
      sessions.set(transport.sessionId, transport);
      await protocol().connect(transport);
      return;
    }
    const known = sessions.get(url.searchParams.get('sessionId') ?? '');
    if (url.pathname === '/messages' && known instanceof SSEServerTransport) {
      await known.handlePostMessage(request, response);
    } else {
      response.writeHead(405).end();
    }
  };
  const http = createServer((request, response) => {
    requests.push(request.headers);
    (kind === 'streamable' ? streamable : events)(request, response).catch(() => {
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    calls,
    requests,
    opened: () => opened,
    /** As after a restart: the server knows its clients no more. */
    forget: () => sessions.clear(),
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
