import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random.js';

/** One call as it came in. */
export interface ToolCall {
  /** Null where the call had no `Idempotency-Key`. */
  readonly key: string | null;
  /** As JSON has it; null where it is none. */
  readonly body: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What stands for the systems that a workflow writes to. Notes each call before it answers. */
export interface ToolServer {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  readonly port: number;
  /** In the order in which they came. */
  readonly calls: readonly ToolCall[];
  close(): Promise<void>;
}

/** Most answers come at once, some so late that a kill finds the block at work. */
const SLOW_SHARE = 0.3;
const SLOW_MS = { least: 200, most: 1_200 };
const KEPT_ALIVE_MS = 600_000;
const QUICK_MS = { least: 0, most: 60 };

/** Starts a tool server on a free port of the loopback interface. */
export async function startToolServer(random: Random): Promise<ToolServer> {
  const calls: ToolCall[] = [];
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const key = req.headers['idempotency-key'];
    const body = parsed(await text(req));
    const id = calls.push({ key: typeof key === 'string' ? key : null, body, at: Date.now() });
    const { least, most } = random.chance(SLOW_SHARE) ? SLOW_MS : QUICK_MS;
    await delay(random.between(least, most));
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ id }));
  };
  const server = createServer((req, res) => {
    // Who asked may be dead by now.
    answer(req, res).catch(() => res.destroy());
  });
  // Nobody is to find a connection closed that was only idle.
  server.keepAliveTimeout = KEPT_ALIVE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}
