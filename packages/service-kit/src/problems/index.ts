export * from './json-body.js';
export * from './problem-error.js';
export * from './problem-handler.js';
export * from './validate.js';
