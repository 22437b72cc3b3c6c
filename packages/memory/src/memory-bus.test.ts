import { describe, expect, it, vi } from 'vitest';
import { eventBusContract } from './contracts/index.js';
import { MemoryBus } from './memory-bus.js';

describe('MemoryBus', () => {
  const shared = new MemoryBus();
  eventBusContract(() => shared);

  it('does not run a handler inside of the call that publishes', async () => {
    const bus = new MemoryBus();
    const order: string[] = [];
    await bus.subscribe('channel', () => order.push('handled'));
    const published = bus.publish('channel', 'message');
    order.push('published');
    await published;
    await vi.waitFor(() => expect(order).toEqual(['published', 'handled']));
  });

  it('tells of a handler that throws, and of its channel', async () => {
    const onHandlerError = vi.fn();
    const bus = new MemoryBus({ onHandlerError });
    const fault = new RangeError('at fault');
    await bus.subscribe('channel', () => {
      throw fault;
    });
    await bus.publish('channel', 'message');
    await vi.waitFor(() => expect(onHandlerError).toHaveBeenCalledWith(fault, 'channel'));
  });

  it('lets a handler end its own subscription while a message is delivered', async () => {
    const bus = new MemoryBus();
    const once: string[] = [];
    const always: string[] = [];
    const ending: { end?: () => Promise<void> } = {};
    ending.end = await bus.subscribe('channel', (message) => {
      once.push(message);
      void ending.end?.();
    });
    await bus.subscribe('channel', (message) => always.push(message));
    await bus.publish('channel', 'a');
    await bus.publish('channel', 'b');
    await vi.waitFor(() => expect(always).toEqual(['a', 'b']));
    expect(once).toEqual(['a']);
  });
});
