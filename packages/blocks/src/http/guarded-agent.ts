import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { AllowList, forbiddenRange } from './addresses.js';

/** The host is, or resolves to, an address that workflows may not reach. */
export class AddressForbiddenError extends Error {
  readonly host: string;
  /** `loopback`, `private`, `linkLocal` and so on. */
  readonly range: string;
  constructor(host: string, range: string) {
    super(
      `${host} is not reachable from workflows: its address is not public (${range}). ` +
        'The operator can allow it by configuration.',
    );
    this.name = 'AddressForbiddenError';
    this.host = host;
    this.range = range;
  }
}

/** The name exists, without an address. */
class NoAddressError extends Error {
  readonly code = 'ENOTFOUND';
  constructor(host: string) {
    super(`${host} has no address.`);
    this.name = 'NoAddressError';
  }
}

/** Resolves a name, as `dns.lookup` does with `all: true`. */
export type Resolve = (
  host: string,
  options: LookupOptions,
  callback: (error: Error | null, addresses?: LookupAddress[]) => void,
) => void;

export interface GuardOptions {
  /** Host names, host:port, addresses and CIDRs that may be reached though they are not public. */
  readonly allowPrivateHosts: readonly string[];
  readonly connectTimeoutMs: number;
  /** The system's resolver by default. */
  readonly resolve?: Resolve;
}

/**
 * An HTTP agent that connects to public addresses alone. The check sits where the connection is
 * made and on the very address that is connected to, so that neither a redirect nor a name that
 * resolves differently the second time gets around it.
 */
export function createGuardedAgent(options: GuardOptions): Agent {
  const allowed = new AllowList(options.allowPrivateHosts);
  const resolve = options.resolve ?? resolveAll;
  const timeout = options.connectTimeoutMs;
  const connectAnywhere = buildConnector({ timeout, lookup: lookupWith(resolve, () => null) });
  const connectPublic = buildConnector({
    timeout,
    lookup: lookupWith(resolve, (host, addresses) => refusal(host, addresses, allowed)),
  });
  return new Agent({
    connect: (target, callback) => {
      const host = target.hostname.replace(/^\[|\]$/g, '');
      const port = target.port || (target.protocol === 'https:' ? '443' : '80');
      const family = isIP(host);
      // No name is looked up for a literal address, so it is checked here.
      const refused = family === 0 ? null : refusal(host, [{ address: host, family }], allowed);
      if (allowed.allowsHost(target.hostname, port)) connectAnywhere(target, callback);
      else if (refused) callback(refused, null);
      else connectPublic(target, callback);
    },
  });
}

/** A `lookup` of `net.connect` that refuses what `check` refuses. */
function lookupWith(
  resolve: Resolve,
  check: (host: string, addresses: readonly LookupAddress[]) => Error | null,
): LookupFunction {
  return (host, hints, done) => {
    resolve(host, hints, (error, addresses = []) => {
      const [first] = addresses;
      const refused = error ?? check(host, addresses);
      if (refused || !first) done(refused ?? new NoAddressError(host), '');
      else if (hints.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

function refusal(
  host: string,
  addresses: readonly LookupAddress[],
  allowed: AllowList,
): AddressForbiddenError | null {
  for (const { address } of addresses) {
    const range = allowed.allowsAddress(address) ? null : forbiddenRange(address);
    if (range !== null) return new AddressForbiddenError(host, range);
  }
  return null;
}

const resolveAll: Resolve = (host, options, callback) => {
  systemLookup(host, { ...options, all: true }, callback);
};
