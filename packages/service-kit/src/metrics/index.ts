export * from './metrics.js';
export * from './serve-metrics.js';
export { Counter, Gauge, Histogram, Registry } from 'prom-client';
