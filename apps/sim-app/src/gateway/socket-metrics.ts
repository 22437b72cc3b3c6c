import { isClientEventName } from '@sim/contracts';
import { Counter, Gauge, type Metrics } from '@sim/service-kit';

/** Counts connections and messages. */
export interface SocketMetrics {
  received(event: string): void;
  sent(event: string, times: number): void;
}

/** `websocket_connections` and `websocket_messages_total{direction,event}` in an app's registry. */
export function createSocketMetrics(
  { registry }: Pick<Metrics, 'registry'>,
  connections: () => number,
): SocketMetrics {
  const registers = [registry];
  new Gauge({
    name: 'websocket_connections',
    help: 'Live connections of this replica, by WebSocket or long polling',
    registers,
    collect() {
      this.set(connections());
    },
  });
  const messages = new Counter({
    name: 'websocket_messages_total',
    help: 'Events of live connections, by direction and name',
    labelNames: ['direction', 'event'] as const,
    registers,
  });
  return {
    // Clients can make up names, and must not make up labels.
    received: (name) => {
      messages.inc({ direction: 'received', event: isClientEventName(name) ? name : 'unknown' });
    },
    sent: (event, times) => {
      if (times > 0) messages.inc({ direction: 'sent', event }, times);
    },
  };
}
