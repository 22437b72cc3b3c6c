export * from './connection.js';
export * from './keys.js';
export * from './rate-limit-store.js';
export * from './redis-bus.js';
export * from './redis-cache.js';
export * from './socket-adapter-clients.js';
