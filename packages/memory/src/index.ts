export * from './memory-bus.js';
export * from './memory-cache.js';
