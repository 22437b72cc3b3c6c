export { cacheContract } from './cache-contract.js';
export { eventBusContract } from './event-bus-contract.js';
export { memoryStoreContract } from './memory-store-contract.js';
