import type { Database } from '@sim/postgres';
import { Gauge, type Metrics } from '@sim/service-kit';

/** `database_pool_connections{state}`: what the pool holds, looked up when it is asked for. */
export function registerPoolMetrics({ registry }: Metrics, database: Database): void {
  new Gauge({
    name: 'database_pool_connections',
    help: 'Connections of the pool by state, requests waiting for one, and the most there may be',
    labelNames: ['state'] as const,
    registers: [registry],
    collect() {
      const { total, idle, waiting, max } = database.metrics();
      this.set({ state: 'used' }, total - idle);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waiting' }, waiting);
      this.set({ state: 'max' }, max);
    },
  });
}
