import type * as z from 'zod';
import { settings } from './parse-config.js';
import { flag, parseUrl, secretText, splitList, text } from './variables.js';

/** Where Redis is; nothing in it is secret. */
export interface RedisSettings {
  /** One node, or several of a cluster. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly cluster: boolean;
  readonly tls: boolean;
  /** The database's number; always 0 in a cluster. */
  readonly database: number;
  readonly keyPrefix: string;
}

/** What signs in to Redis. */
export interface RedisCredentials {
  readonly username?: string;
  readonly password?: string;
}

const REDIS_PORT = 6379;
const URL_FORM = 'must be a URL like redis://:password@host:6379/0 (rediss:// for TLS)';

const variables = {
  REDIS_URL: secretText('a URL like redis://host:6379, or several with commas between').optional(),
  REDIS_PASSWORD: secretText('the password, where REDIS_URL has none').optional(),
  REDIS_CLUSTER_MODE: flag().default(false),
  REDIS_KEY_PREFIX: text('what every key begins with').default('sim:'),
};

type Values = z.output<z.ZodObject<typeof variables>>;
type Refuse = (variable: keyof Values, message: string) => void;

/** Redis's place from `REDIS_URL`, `REDIS_CLUSTER_MODE` and `REDIS_KEY_PREFIX`; absent without a URL. */
export function redisSettings() {
  return settings(variables, (v, refuse): RedisSettings | undefined => {
    const urls = nodeUrls(v, refuse);
    const first = urls?.[0];
    if (urls === undefined || first === undefined) return undefined;
    return {
      nodes: urls.map((url) => ({
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? REDIS_PORT : Number(url.port),
      })),
      cluster: v.REDIS_CLUSTER_MODE,
      tls: first.protocol === 'rediss:',
      database: Number(first.pathname.slice(1)),
      keyPrefix: v.REDIS_KEY_PREFIX,
    };
  });
}

/** Redis's user and password: those of the (first) URL, else `REDIS_PASSWORD`. */
export function redisCredentials() {
  return settings(variables, (v, refuse): RedisCredentials => {
    const url = nodeUrls(v, refuse)?.[0];
    const username = decodeURIComponent(url?.username ?? '');
    const ofUrl = decodeURIComponent(url?.password ?? '');
    const password = ofUrl === '' ? v.REDIS_PASSWORD : ofUrl;
    return { ...(username !== '' && { username }), ...(password !== undefined && { password }) };
  });
}

function nodeUrls(v: Values, refuse: Refuse): readonly URL[] | undefined {
  if (v.REDIS_URL === undefined) {
    if (v.REDIS_CLUSTER_MODE) {
      refuse('REDIS_URL', 'must name the nodes where REDIS_CLUSTER_MODE is true');
    }
    return undefined;
  }
  const urls = splitList(v.REDIS_URL).map((part) =>
    parseUrl(part.includes('://') ? part : `redis://${part}`),
  );
  const valid = urls.filter(isRedis);
  if (valid.length < urls.length || urls.length === 0) {
    refuse('REDIS_URL', URL_FORM);
    return undefined;
  }
  checkCount(v, valid.length, refuse);
  checkDatabase(v, valid, refuse);
  return valid;
}

const isRedis = (url: URL | undefined): url is URL =>
  url !== undefined &&
  /^rediss?:$/.test(url.protocol) &&
  url.hostname !== '' &&
  /^\/?\d{0,4}$/.test(url.pathname);

function checkCount(v: Values, count: number, refuse: Refuse): void {
  if (v.REDIS_CLUSTER_MODE && count < 2) {
    refuse('REDIS_URL', 'must name several nodes, with commas between, in cluster mode');
  }
  if (!v.REDIS_CLUSTER_MODE && count > 1) {
    refuse('REDIS_URL', 'must name one node, unless REDIS_CLUSTER_MODE is true');
  }
}

function checkDatabase(v: Values, urls: readonly URL[], refuse: Refuse): void {
  if (v.REDIS_CLUSTER_MODE && urls.some((url) => Number(url.pathname.slice(1)) !== 0)) {
    refuse('REDIS_URL', 'must not name a database in cluster mode: a cluster has database 0 alone');
  }
}
