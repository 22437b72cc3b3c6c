export * from './logger.js';
export * from './redact.js';
export * from './request-logging.js';
export * from './route-template.js';
