import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

/** A message as it arrived. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: { readonly type: string; readonly data: Record<string, unknown> };
}

/** A receiver of webhooks that listens, and keeps what it is told. */
export interface Receiver {
  readonly url: string;
  readonly messages: readonly Received[];
  /** Statuses of the next answers; 204 once they are used up. */
  answerWith(...statuses: number[]): void;
  /** Messages of a kind about a session, once there are so many. */
  told(type: string, sessionId: string, count?: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/** Starts a receiver on a port of its own. */
export async function startReceiver(): Promise<Receiver> {
  const messages: Received[] = [];
  let statuses: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const body = JSON.parse(text) as Received['body'];
      messages.push({ headers: request.headers, text, body });
      response.writeHead(statuses.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const about = (type: string, sessionId: string) =>
    messages.filter(({ body }) => body.type === type && body.data.sessionId === sessionId);
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    messages,
    answerWith: (...next) => {
      statuses = next;
    },
    told: async (type, sessionId, count = 1) => {
      await vi.waitUntil(() => about(type, sessionId).length >= count, { timeout: 25_000 });
      return about(type, sessionId);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The signature that a message must carry, by the scheme of Standard Webhooks. */
export function signatureOf(secret: string, { headers, text }: Received): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], text].join('.');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
