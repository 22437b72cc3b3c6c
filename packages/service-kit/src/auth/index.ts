export * from './access-token.js';
export * from './bearer-auth.js';
export { isAtLeast, ROLES, type Principal, type Role } from './principal.js';
