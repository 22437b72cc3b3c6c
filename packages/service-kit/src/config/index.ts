export * from './config-error.js';
export * from './database-settings.js';
export * from './model-settings.js';
export * from './parse-config.js';
export * from './redis-settings.js';
export * from './service-settings.js';
export {
  decimal,
  durationMs,
  encryptionKey,
  encryptionKeys,
  flag,
  httpUrl,
  integer,
  list,
  oneOf,
  originList,
  port,
  secretText,
  text,
  variableRegistry,
  type Variable,
  type VariableMeta,
} from './variables.js';
