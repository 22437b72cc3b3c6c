import type { JsonValue } from '../json.js';

const SECRET =
  /^(?:api_?key|(?:access|refresh|auth|bot|bearer|personal)_?token|token|pass(?:word|phrase)|(?:client|signing|webhook)?_?secret|(?:\w*_?secret|private|\w+_?access)_?key|connection_?string|service_?account_?json)$/i;

const ACCOUNT = /^(?:oauth_?)?credentials?$/i;

/** True for parameters that hold a password or key. */
export function isSecretParam(key: string): boolean {
  return SECRET.test(key);
}

/** True for parameters that name a connected account. */
export function isAccountParam(key: string): boolean {
  return ACCOUNT.test(key);
}

/** A secret that stands there for anyone to read, not as `{{NAME}}` or a reference. */
export function isPlainSecret(key: string, value: JsonValue): boolean {
  return isSecretParam(key) && typeof value === 'string' && /^[^{<]+$/.test(value.trim());
}
