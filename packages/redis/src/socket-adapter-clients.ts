import type { RedisConnection } from './connection.js';

/** What socket.io's sharded adapter calls of a client that subscribes. */
export interface SocketAdapterSubscriber {
  ssubscribe(channel: string): void;
  sunsubscribe(channel: string | string[]): void;
  on(event: 'smessageBuffer', listener: (channel: Buffer, message: Buffer) => void): void;
}

/** What socket.io's sharded adapter calls of a client that publishes. */
export interface SocketAdapterPublisher {
  spublish(channel: string, message: string | Buffer): Promise<unknown>;
}

/** The two clients of socket.io's sharded adapter. Needs Redis 7. */
export interface SocketAdapterClients {
  readonly publisher: SocketAdapterPublisher;
  readonly subscriber: SocketAdapterSubscriber;
}

/**
 * Clients for `createShardedAdapter`, which waits for no answer of a subscription: with a client as it is,
 * a Redis that is down, too old or closed would reject where nobody listens, and end the process. Here
 * subscriptions wait for Redis and come back by themselves, and what fails is told in the log, once.
 */
export function socketAdapterClients(connection: RedisConnection): SocketAdapterClients {
  const subscriber = connection.subscriber();
  let failing = false;
  const settle = (work: Promise<unknown>): void => {
    work.then(
      () => (failing = false),
      (err: unknown) => {
        if (connection.status === 'closed' || failing) return;
        failing = true;
        connection.logger.warn({ err }, 'live updates do not reach other replicas');
      },
    );
  };
  return {
    publisher: {
      // What is sent to the other replicas may fail; the caller serves its own clients all the same.
      spublish: (channel, message) => {
        const sent = connection.client.spublish(channel, message);
        settle(sent);
        return sent;
      },
    },
    subscriber: {
      ssubscribe: (channel) => settle(subscriber.ssubscribe(channel)),
      sunsubscribe: (channel) => settle(subscriber.sunsubscribe(...[channel].flat())),
      on: (event, listener) => void subscriber.on(event, listener),
    },
  };
}
