export { FallbackStore } from './fallback-store.js';
export * from './limiters.js';
export type { Store as RateLimitStore } from 'express-rate-limit';
