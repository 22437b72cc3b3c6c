export * from './json.js';
export type * from './issues.js';
export type * from './workflow/types.js';
export type * from './journey/types.js';
export * from './session/types.js';
export * from './conversation/types.js';
