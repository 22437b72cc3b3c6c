import type { EventBus } from '@sim/engine';
import type { RedisClient, RedisConnection } from './connection.js';

type Handler = (message: string) => void;

interface Channel {
  readonly handlers: Set<{ readonly handle: Handler }>;
  /** Settles when Redis has taken the subscription. */
  readonly subscribed: Promise<unknown>;
}

/** With Redis down, a subscriber waits this long for it; messages of other processes come later. */
const PATIENCE_MS = 500;

/**
 * An {@link EventBus} between processes, on Redis' publish and subscribe. While Redis is down,
 * messages reach the subscribers of this process alone; subscriptions come back by themselves.
 * Nothing is stored: who needs every message reads what was missed from the database.
 */
export class RedisBus implements EventBus {
  readonly #connection: RedisConnection;
  readonly #subscriber: RedisClient;
  readonly #channels = new Map<string, Channel>();
  #failing = false;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    this.#subscriber = connection.subscriber();
    this.#subscriber.on('message', (key: string, message: string) => this.#deliver(key, message));
  }

  async publish(channel: string, message: string): Promise<void> {
    const key = this.#connection.keys.channel(channel);
    try {
      await this.#connection.client.publish(key, message);
      this.#failing = false;
    } catch (err) {
      if (!this.#failing) {
        this.#connection.logger.warn({ err }, 'messages stay in this process: redis is down');
      }
      this.#failing = true;
      this.#deliver(key, message);
    }
  }

  async subscribe(channel: string, handler: Handler): Promise<() => Promise<void>> {
    const key = this.#connection.keys.channel(channel);
    const entry = this.#channels.get(key) ?? this.#open(key);
    const subscription = { handle: handler };
    entry.handlers.add(subscription);
    const unsubscribe = async (): Promise<void> => {
      if (!entry.handlers.delete(subscription) || entry.handlers.size > 0) return;
      this.#channels.delete(key);
      // Where it cannot be said to Redis any more, messages of the channel find no handler.
      await this.#patiently(this.#subscriber.unsubscribe(key).catch(() => undefined));
    };
    try {
      await this.#patiently(entry.subscribed);
    } catch (error) {
      await unsubscribe();
      throw error;
    }
    return unsubscribe;
  }

  #open(key: string): Channel {
    const subscribed = this.#subscriber.subscribe(key);
    // A refusal that nobody waits for any more must not end the process.
    subscribed.catch((err: unknown) => {
      if (this.#connection.status === 'closed') return;
      this.#connection.logger.error({ err, channel: key }, 'cannot subscribe to a redis channel');
    });
    const entry: Channel = { handlers: new Set(), subscribed };
    this.#channels.set(key, entry);
    return entry;
  }

  #deliver(key: string, message: string): void {
    for (const { handle } of [...(this.#channels.get(key)?.handlers ?? [])]) {
      try {
        handle(message);
      } catch (err) {
        this.#connection.logger.error({ err, channel: key }, 'a subscriber failed on a message');
      }
    }
  }

  /** Waits for Redis, but no longer than a caller can: what is queued for it is done later. */
  async #patiently(work: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    try {
      await Promise.race([work, patience]);
    } finally {
      clearTimeout(timer);
    }
  }
}
