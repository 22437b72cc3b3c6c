export * from './api-docs.js';
export * from './event-stream.js';
export * from './listen.js';
export * from './security.js';
export * from './signals.js';
export * from './fatal.js';
