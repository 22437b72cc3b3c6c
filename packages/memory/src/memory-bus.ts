import type { EventBus } from '@sim/engine';

type Handler = (message: string) => void;

/** Options of {@link MemoryBus}. */
export interface MemoryBusOptions {
  /** Told of a handler that throws; the other handlers get the message all the same. */
  readonly onHandlerError?: (error: unknown, channel: string) => void;
}

/** An {@link EventBus} within one process. Messages of a channel arrive in order, after `publish` returns. */
export class MemoryBus implements EventBus {
  readonly #handlers = new Map<string, Set<{ readonly handle: Handler }>>();
  readonly #onHandlerError: (error: unknown, channel: string) => void;

  constructor({ onHandlerError }: MemoryBusOptions = {}) {
    this.#onHandlerError = onHandlerError ?? (() => undefined);
  }

  publish(channel: string, message: string): Promise<void> {
    // Later: a handler must not run inside of the publisher's call.
    queueMicrotask(() => this.#deliver(channel, message));
    return Promise.resolve();
  }

  subscribe(channel: string, handler: Handler): Promise<() => Promise<void>> {
    const handlers = this.#handlers.get(channel) ?? new Set();
    this.#handlers.set(channel, handlers);
    // An object of its own: the same function may subscribe twice.
    const subscription = { handle: handler };
    handlers.add(subscription);
    return Promise.resolve(() => {
      handlers.delete(subscription);
      if (handlers.size === 0 && this.#handlers.get(channel) === handlers) {
        this.#handlers.delete(channel);
      }
      return Promise.resolve();
    });
  }

  #deliver(channel: string, message: string): void {
    for (const { handle } of [...(this.#handlers.get(channel) ?? [])]) {
      try {
        handle(message);
      } catch (error) {
        this.#onHandlerError(error, channel);
      }
    }
  }
}
