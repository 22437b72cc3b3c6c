import { Pool } from 'undici';

/** One request of a load, and whether its answer is as it should be. */
export interface LoadRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a load found. Latencies in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** How hard and how long. */
export interface LoadOptions {
  readonly origin: string;
  readonly connections: number;
  readonly durationMs: number;
  /** The next request; null where there is nothing more to send. */
  readonly next: () => LoadRequest | null;
  /** Called when a request was answered. */
  readonly done?: (request: LoadRequest) => void;
}

/** Sends requests over that many connections, each as soon as its last was answered. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const pool = new Pool(options.origin, { connections: options.connections, pipelining: 1 });
  const latencies: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + options.durationMs;
  const worker = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      const request = options.next();
      if (!request) return;
      const sentAt = performance.now();
      const { path, headers, body } = request;
      const response = await pool.request({ path, headers, body, method: 'POST' });
      await response.body.dump();
      if (response.statusCode !== 200) failed += 1;
      latencies.push(performance.now() - sentAt);
      options.done?.(request);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  await pool.close();
  latencies.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    failed,
    perSecond: Math.round(latencies.length / seconds),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return Math.round(value * 100) / 100;
}
