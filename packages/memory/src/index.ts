export * from './memory-bus.js';
export * from './memory-cache.js';
export { createMemorySessions, type OnTimer } from './memory-sessions.js';
export {
  createMemoryJourneys,
  createMemorySecrets,
  type MemoryJourneys,
} from './memory-journeys.js';
export { createMemoryMemories } from './memory-memories.js';
