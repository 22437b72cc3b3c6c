import type { EventBus } from '@sim/engine';
import { describe, expect, it, vi } from 'vitest';

/** What every {@link EventBus} does, whatever it is made of; `bus` gives the one to test. */
export function eventBusContract(bus: () => EventBus): void {
  const channels = { count: 0 };
  /** A channel that no other test uses. */
  const freshChannel = (): string => `contract:${Date.now()}:${channels.count++}`;

  describe('as an event bus', () => {
    it('delivers what is published to every subscriber of the channel', async () => {
      const channel = freshChannel();
      const first: string[] = [];
      const second: string[] = [];
      await bus().subscribe(channel, (message) => first.push(message));
      await bus().subscribe(channel, (message) => second.push(message));
      await bus().publish(channel, 'hello');
      await vi.waitFor(() => expect([first, second]).toEqual([['hello'], ['hello']]));
    });

    it('keeps the order of a channel', async () => {
      const channel = freshChannel();
      const sent = Array.from({ length: 50 }, (_, index) => `message ${index}`);
      const received: string[] = [];
      await bus().subscribe(channel, (message) => received.push(message));
      for (const message of sent) await bus().publish(channel, message);
      await vi.waitFor(() => expect(received).toEqual(sent));
    });

    it('keeps channels apart', async () => {
      const [mine, other] = [freshChannel(), freshChannel()];
      const received: string[] = [];
      await bus().subscribe(mine, (message) => received.push(message));
      await bus().publish(other, 'not for me');
      await bus().publish(mine, 'for me');
      await vi.waitFor(() => expect(received).toEqual(['for me']));
    });

    it('ends a subscription without touching the others of the channel', async () => {
      const channel = freshChannel();
      const ended: string[] = [];
      const kept: string[] = [];
      const end = await bus().subscribe(channel, (message) => ended.push(message));
      await bus().subscribe(channel, (message) => kept.push(message));
      await end();
      await bus().publish(channel, 'after');
      await vi.waitFor(() => expect(kept).toEqual(['after']));
      expect(ended).toEqual([]);
    });

    it('counts the same function twice where it subscribes twice', async () => {
      const channel = freshChannel();
      const handler = vi.fn();
      const end = await bus().subscribe(channel, handler);
      await bus().subscribe(channel, handler);
      await bus().publish(channel, 'one');
      await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(2));
      await end();
      await end();
      await bus().publish(channel, 'two');
      await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(3));
    });

    it('takes a new subscription of a channel whose last one has ended', async () => {
      const channel = freshChannel();
      const end = await bus().subscribe(channel, () => undefined);
      await end();
      const received: string[] = [];
      await bus().subscribe(channel, (message) => received.push(message));
      await bus().publish(channel, 'again');
      await vi.waitFor(() => expect(received).toEqual(['again']));
    });

    it('delivers to the others where one handler throws', async () => {
      const channel = freshChannel();
      const received: string[] = [];
      await bus().subscribe(channel, () => {
        throw new RangeError('a handler at fault');
      });
      await bus().subscribe(channel, (message) => received.push(message));
      await bus().publish(channel, 'still here');
      await vi.waitFor(() => expect(received).toEqual(['still here']));
    });

    it('publishes to a channel that nobody listens to', async () => {
      await expect(bus().publish(freshChannel(), 'unheard')).resolves.toBeUndefined();
    });
  });
}
