import { createServer, type IncomingMessage } from 'node:http';
import { listen, type RunningServer } from '@sim/service-kit';

/** What was passed on to the service behind sim-app. */
export interface Forwarded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A conversation-service that answers every run alike. */
export interface RunStub {
  readonly url: string;
  readonly forwarded: readonly Forwarded[];
  stop(): Promise<void>;
}

const SESSION_ID = 'ses_0123456789abcdef0123';
const RESULT = {
  sessionId: SESSION_ID,
  workflowId: 'wf_1',
  journeyId: 'jrn_0123456789abcdef01234567',
  journeyVersion: 'a'.repeat(64),
  status: 'completed',
  output: { done: true },
  awaiting: null,
  startedAt: '2026-03-14T09:00:00.000Z',
  finishedAt: '2026-03-14T09:00:01.000Z',
  durationMs: 1000,
  blocks: [],
  blocksOmitted: 0,
};

/** Listens on a free port; refuses the body `refuse me`, streams where that is asked for. */
export async function startRunStub(): Promise<RunStub> {
  const forwarded: Forwarded[] = [];
  const server: RunningServer = await listen(
    createServer((req, res) => {
      void bodyOf(req).then((body) => {
        const { method = '', url = '', headers } = req;
        forwarded.push({ method, url, headers, body });
        res.setHeader('X-Session-Id', SESSION_ID);
        if (body.includes('refuse me')) {
          res.writeHead(422, { 'content-type': 'application/problem+json' }).end('{}');
        } else if (headers.accept === 'text/event-stream') {
          res.writeHead(200, { 'content-type': 'text/event-stream' });
          res.end('event: run-completed\ndata: {}\n\n');
        } else {
          res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(RESULT));
        }
      });
    }),
    0,
    { host: '127.0.0.1', graceMs: 100 },
  );
  return { url: `http://127.0.0.1:${server.port}`, forwarded, stop: () => server.close() };
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of req) body += String(chunk);
  return body;
}
