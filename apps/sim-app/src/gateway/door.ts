import { randomUUID } from 'node:crypto';
import type { Problem } from '@sim/contracts';
import type { SimAppContext } from '../context.js';
import { identify, type AdmissionPorts } from './admission.js';
import { realTimeUpdatesOff, refusal, shuttingDown, tooManyConnections } from './problems.js';
import type { GatewaySocket } from './types.js';

type Connection = GatewaySocket['conn'];

/** Lets connections in, as many as there may be. */
export interface Door {
  /** Connections that were let in and are still there. */
  readonly count: number;
  /** A connection was made of which nothing else is known. */
  knock(conn: Connection): void;
  /** Connections that were not let in, or not yet. */
  waiting(): readonly Connection[];
  /** Lets a connection in and tells it who it is. @throws ProblemError */
  admit(socket: GatewaySocket, draining: boolean): Promise<void>;
  /** Why not, as the client's `connect_error`: the problem is its `data`. */
  refusal(error: unknown): Error & { data: Problem };
  /** Whether so many wait at the door that further ones are not even told why. */
  isOverrun(): boolean;
}

/** Who is refused is told so on a connection: so many of them beside the others, at the same time. */
const REFUSALS = 200;

/** What the client is refused with. */
class RefusedConnection extends Error {
  readonly data: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.name = 'RefusedConnection';
    this.data = problem;
  }
}

/** The door of this replica. */
export function createDoor(context: SimAppContext): Door {
  const { config, flags, docsBase, logger } = context;
  const all = new Set<Connection>();
  const inside = new Set<Connection>();
  const most = (): number =>
    Math.min(config.sockets.maxConnections, flags.current().realTimeUpdates.maxConnections);
  const ports: AdmissionPorts = {
    secret: context.secrets.jwt,
    tokenSeconds: config.identity.accessTokenSeconds,
    resolveApiKey: context.apiKeyAccess.resolve,
    clock: context.clock,
  };
  return {
    get count() {
      return inside.size;
    },
    knock(conn) {
      all.add(conn);
      conn.once('close', () => {
        all.delete(conn);
        inside.delete(conn);
      });
    },
    waiting: () => [...all].filter((conn) => !inside.has(conn)),
    async admit(socket, draining) {
      if (draining) throw shuttingDown();
      if (!flags.current().realTimeUpdates.enabled) throw realTimeUpdatesOff();
      const who = await identify(socket, ports);
      // From here to its place among those inside nothing is awaited: two cannot take the last one.
      if (!inside.has(socket.conn) && inside.size >= most()) throw tooManyConnections(most());
      inside.add(socket.conn);
      const { userId: user, workspaceId: workspace } = who.principal;
      Object.assign(socket.data, {
        ...who,
        log: logger.child({ user, workspace, socket: socket.id }),
      });
    },
    refusal(error) {
      const about = { docsBase, instance: '/socket.io/', requestId: randomUUID() };
      const { problem } = refusal(error, about);
      const line = { code: problem.code, requestId: problem.requestId };
      if (problem.status === 500) logger.error({ ...line, err: error }, 'socket refused');
      else logger.info(line, 'socket refused');
      return new RefusedConnection(problem);
    },
    isOverrun: () => all.size >= most() + REFUSALS,
  };
}
