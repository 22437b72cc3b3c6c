import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a block sent to the tool. */
export interface ToolCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that blocks of a test call, and that tells what it was called with. */
export interface HttpTool {
  readonly url: string;
  readonly calls: readonly ToolCall[];
  /** Answers what was held back: `/slow` waits for this. */
  release(): void;
  close(): Promise<void>;
}

/**
 * Listens on a free port of this machine: `/fail` answers 500 with what it was sent, `/slow` when the test
 * says so, anything else at once with the call as JSON.
 */
export async function startHttpTool(): Promise<HttpTool> {
  const calls: ToolCall[] = [];
  const held: (() => void)[] = [];
  const server = createServer((req, res) => {
    void bodyOf(req).then((body) => {
      const { method = '', url: path = '', headers } = req;
      const call = { method, path, headers, body };
      calls.push(call);
      const answer = () => send(res, path.startsWith('/fail') ? 500 : 200, call);
      if (path.startsWith('/slow')) held.push(answer);
      else answer();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const release = () => {
    for (const answer of held.splice(0)) answer();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    release,
    close: async () => {
      release();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of req) body += String(chunk);
  return body;
}

function send(res: ServerResponse, status: number, call: ToolCall): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(call));
}
