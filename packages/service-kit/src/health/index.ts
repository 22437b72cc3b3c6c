export * from './health.js';
export { CheckTimeoutError } from './timed-check.js';
