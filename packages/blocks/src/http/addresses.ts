import ipaddr from 'ipaddr.js';

/** An entry of the list of allowed private hosts that is no host, host:port, address or CIDR. */
export class InvalidAllowListEntryError extends Error {
  readonly entry: string;
  constructor(entry: string) {
    super(
      `"${entry}" cannot be allowed: write a host name, host:port, an IP address or a CIDR such as 10.1.0.0/16.`,
    );
    this.name = 'InvalidAllowListEntryError';
    this.entry = entry;
  }
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Everything of IPv6 that is routed publicly lies here; the special ranges within it are refused too. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Why an address may not be reached, such as `loopback` or `private`; null where it is public.
 * Forms of IPv6 that carry an IPv4 address inside (mapped, compatible, 6to4, NAT64, Teredo) are
 * refused whatever they carry.
 */
export function forbiddenRange(address: string): string | null {
  const parsed = parseAddress(address);
  if (!parsed) return 'invalid';
  const range = parsed.range();
  if (range !== 'unicast') return range;
  return parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_IPV6) ? 'reserved' : null;
}

/** Private hosts that the configuration allows. */
export class AllowList {
  readonly #hosts = new Set<string>();
  readonly #networks: [Address, number][] = [];

  /** @throws InvalidAllowListEntryError */
  constructor(entries: readonly string[]) {
    for (const entry of entries.map((text) => text.trim().toLowerCase())) {
      if (entry.includes('/')) this.#networks.push(parseNetwork(entry));
      else if (parseAddress(unbracketed(entry))) this.#networks.push(single(unbracketed(entry)));
      else if (isHost(entry)) this.#hosts.add(entry);
      else throw new InvalidAllowListEntryError(entry);
    }
  }

  /** By name, with or without its port; what the name resolves to does not matter then. */
  allowsHost(host: string, port: string): boolean {
    const name = host.toLowerCase();
    return this.#hosts.has(name) || this.#hosts.has(`${name}:${port}`);
  }

  allowsAddress(address: string): boolean {
    const parsed = parseAddress(address);
    return (
      parsed !== null &&
      this.#networks.some(
        ([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits),
      )
    );
  }
}

function parseAddress(text: string): Address | null {
  // `ipaddr.isValid` also takes `1` and `0x7f.1`; those never come out of a URL or a look-up.
  const strict = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  return strict ? ipaddr.parse(text) : null;
}

function parseNetwork(entry: string): [Address, number] {
  try {
    return ipaddr.parseCIDR(entry);
  } catch {
    throw new InvalidAllowListEntryError(entry);
  }
}

function single(address: string): [Address, number] {
  const parsed = ipaddr.parse(address);
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
}

function unbracketed(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function isHost(entry: string): boolean {
  return /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(entry);
}
