export * from './identity.js';
export * from './workflows.js';
export * from './conversations.js';
export * from './security.js';
export * from './tools.js';
export * from './memories.js';
export * from './knowledge.js';
export * from './webhooks.js';
