import type { Resolve } from '../http/guarded-agent.js';

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'private.test': ['10.0.0.7'],
  'mixed.test': ['8.8.8.8', '127.0.0.1'],
  'six.test': ['::ffff:127.0.0.1'],
  'metadata.test': ['169.254.169.254'],
  'localhost.test': ['127.0.0.1'],
  'allowed.test': ['127.0.0.1'],
  'empty.test': [],
};

/** A resolver that knows a few names, and which it was asked for. */
export function testNames(): { readonly asked: readonly string[]; readonly resolve: Resolve } {
  const asked: string[] = [];
  return {
    asked,
    resolve(host, _, callback) {
      asked.push(host);
      const known = ADDRESSES[host];
      if (known) {
        callback(
          null,
          known.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
      } else {
        callback(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }));
      }
    },
  };
}
