export { cacheContract } from './cache-contract.js';
export { eventBusContract } from './event-bus-contract.js';
