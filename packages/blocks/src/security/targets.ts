/** An address that no workflow may reach, and the range that the refusal names. */
export interface ForbiddenAddress {
  readonly what: string;
  readonly url: string;
  readonly range: string;
}

const address = (what: string, url: string, range: string): ForbiddenAddress => ({
  what,
  url,
  range,
});

/** Literal addresses in every form; each is tried by API blocks, functions, and all kinds of tools. */
export const ADDRESSES: readonly ForbiddenAddress[] = [
  address('loopback', 'http://127.0.0.1/', 'loopback'),
  address('loopback over TLS', 'https://127.0.0.1/', 'loopback'),
  address('another loopback', 'http://127.255.255.254/', 'loopback'),
  address('loopback on the port of Redis', 'http://127.0.0.1:6379/', 'loopback'),
  address('two parts', 'http://127.1/', 'loopback'),
  address('decimal', 'http://2130706433/', 'loopback'),
  address('octal', 'http://0177.0.0.1/', 'loopback'),
  address('octal in one', 'http://017700000001/', 'loopback'),
  address('hexadecimal', 'http://0x7f000001/', 'loopback'),
  address('hexadecimal in two parts', 'http://0x7f.1/', 'loopback'),
  address('mixed bases', 'http://0x7f.0.0.01/', 'loopback'),
  address('a dot behind', 'http://127.0.0.1./', 'loopback'),
  address('digits in circles', 'http://①②⑦.⓪.⓪.①/', 'loopback'),
  address('digits of full width', 'http://１２７.０.０.１/', 'loopback'),
  address('an ideographic full stop', 'http://127。0。0。1/', 'loopback'),
  address('percent-encoded dots', 'http://127%2e0%2e0%2e1/', 'loopback'),
  address('a public host as the user', 'http://example.com@127.0.0.1/', 'loopback'),
  address('a backslash for a slash', 'http:\\\\127.0.0.1\\', 'loopback'),
  address('a fragment for a host', 'http://127.0.0.1#@example.com/', 'loopback'),
  address('zero', 'http://0/', 'unspecified'),
  address('all zeros', 'http://0.0.0.0/', 'unspecified'),
  address('10/8', 'http://10.0.0.1/', 'private'),
  address('172.16/12', 'http://172.31.255.255/', 'private'),
  address('192.168/16', 'http://192.168.0.1/', 'private'),
  address('192.168/16, decimal', 'http://3232235521/', 'private'),
  address('metadata of clouds', 'http://169.254.169.254/latest/meta-data/', 'linkLocal'),
  address('metadata, hexadecimal', 'http://0xa9fea9fe/', 'linkLocal'),
  address('metadata, decimal', 'http://2852039166/', 'linkLocal'),
  address('metadata of containers', 'http://169.254.170.2/v2/credentials', 'linkLocal'),
  address('carrier-grade NAT', 'http://100.64.0.1/', 'carrierGradeNat'),
  address('IETF assignments', 'http://192.0.0.192/', 'reserved'),
  address('benchmarking', 'http://198.18.0.1/', 'reserved'),
  address('documentation', 'http://203.0.113.1/', 'reserved'),
  address('the future', 'http://240.0.0.1/', 'reserved'),
  address('multicast', 'http://224.0.0.1/', 'multicast'),
  address('broadcast', 'http://255.255.255.255/', 'broadcast'),
  address('IPv6 loopback', 'http://[::1]/', 'loopback'),
  address('IPv6 loopback, long', 'http://[0:0:0:0:0:0:0:1]/', 'loopback'),
  address('IPv6 unspecified', 'http://[::]/', 'unspecified'),
  address('IPv4-mapped', 'http://[::ffff:127.0.0.1]/', 'ipv4Mapped'),
  address('IPv4-mapped, hexadecimal', 'http://[::ffff:7f00:1]/', 'ipv4Mapped'),
  address('IPv4-mapped metadata', 'http://[::ffff:169.254.169.254]/', 'ipv4Mapped'),
  address('IPv4-compatible', 'http://[::127.0.0.1]/', 'reserved'),
  address('IPv4-translated', 'http://[::ffff:0:127.0.0.1]/', 'rfc6145'),
  address('NAT64', 'http://[64:ff9b::127.0.0.1]/', 'rfc6052'),
  address('local NAT64', 'http://[64:ff9b:1::a00:1]/', 'rfc6052'),
  address('6to4', 'http://[2002:7f00:1::]/', '6to4'),
  address('Teredo', 'http://[2001::1]/', 'teredo'),
  address('link-local', 'http://[fe80::1]/', 'linkLocal'),
  address('site-local', 'http://[fec0::1]/', 'deprecatedSiteLocal'),
  address('unique local', 'http://[fc00::1]/', 'uniqueLocal'),
  address('unique local, as chosen', 'http://[fd00:ec2::254]/', 'uniqueLocal'),
  address('IPv6 multicast', 'http://[ff02::1]/', 'multicast'),
  address('IPv6 documentation', 'http://[2001:db8::1]/', 'reserved'),
];

/** Names of the tests' resolver that lead to such addresses. */
export const NAMES: readonly ForbiddenAddress[] = [
  address('a name of a private address', 'http://private.test/', 'private'),
  address('the same in capitals', 'http://PRIVATE.TEST/', 'private'),
  address('a name of the metadata service', 'https://metadata.test/', 'linkLocal'),
  address('a public and a private address', 'http://mixed.test/', 'loopback'),
  address('a mapped address', 'http://six.test/', 'ipv4Mapped'),
  address('a name on the port of SSH', 'http://localhost.test:22/', 'loopback'),
];

/** A request that is refused before anything connects. */
export interface MisshapenRequest {
  readonly what: string;
  readonly params: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** What the refusal says. */
  readonly reason: string;
}

const only = 'Only http and https are spoken';
const cannot = 'has characters that a header cannot carry';

/** Schemes, hosts, methods and headers that make no request. */
export const MISSHAPEN: readonly MisshapenRequest[] = [
  { what: 'file:', params: { url: 'file:///etc/passwd' }, reason: only },
  { what: 'gopher:', params: { url: 'gopher://127.0.0.1:6379/_FLUSHALL' }, reason: only },
  { what: 'ftp:', params: { url: 'ftp://127.0.0.1/' }, reason: only },
  { what: 'data:', params: { url: 'data:text/plain,x' }, reason: only },
  { what: 'javascript:', params: { url: 'javascript:alert(1)' }, reason: only },
  { what: 'ws:', params: { url: 'ws://127.0.0.1/' }, reason: only },
  { what: 'a scheme in capitals', params: { url: 'FILE:///etc/passwd' }, reason: only },
  { what: 'no scheme', params: { url: '//127.0.0.1/' }, reason: 'is not a full URL' },
  { what: 'a part beyond 255', params: { url: 'http://256.0.0.1/' }, reason: 'is not a full URL' },
  {
    what: 'a port beyond 65535',
    params: { url: 'http://a.test:65536/' },
    reason: 'is not a full URL',
  },
  {
    what: 'an IPv6 zone',
    params: { url: 'http://[fe80::1%25eth0]/' },
    reason: 'is not a full URL',
  },
  {
    what: 'a line break in a header',
    params: { url: 'http://a.test/', headers: { x: 'a\r\nHost: evil' } },
    reason: cannot,
  },
  {
    what: 'a NUL in a header',
    params: { url: 'http://a.test/', headers: { x: 'a\u0000b' } },
    reason: cannot,
  },
  {
    what: 'a line break in the name of a header',
    params: { url: 'http://a.test/', headers: { 'x\r\ny': 'a' } },
    reason: 'is not a header name',
  },
  {
    what: 'a method with a line break',
    params: { url: 'http://a.test/', method: 'GET / HTTP/1.1\r\nX: y' },
    reason: 'is not one of GET',
  },
  {
    what: 'TRACE',
    params: { url: 'http://a.test/', method: 'TRACE' },
    reason: 'is not one of GET',
  },
  {
    what: 'CONNECT',
    params: { url: 'http://a.test/', method: 'CONNECT' },
    reason: 'is not one of GET',
  },
];

/** What a server of the tests does to who asks it, by path, and how that ends. */
export interface HostileAnswer {
  readonly what: string;
  readonly path: string;
  readonly code: string;
  readonly reason: string;
}

/** Answers that lead elsewhere, or never end. */
export const ANSWERS: readonly HostileAnswer[] = [
  {
    what: 'a redirect to a private address',
    path: '/to-private',
    code: 'address_forbidden',
    reason: 'not public (private)',
  },
  {
    what: 'a redirect to the metadata service',
    path: '/to-metadata',
    code: 'address_forbidden',
    reason: 'not public (linkLocal)',
  },
  {
    what: 'a redirect to a decimal address',
    path: '/to-decimal',
    code: 'address_forbidden',
    reason: 'not public (private)',
  },
  { what: 'a redirect to a file', path: '/to-file', code: 'invalid_params', reason: only },
  {
    what: 'a redirect to a name that has changed its address meanwhile',
    path: '/to-rebound',
    code: 'address_forbidden',
    reason: 'not public (private)',
  },
  {
    what: 'a redirect to itself',
    path: '/round',
    code: 'too_many_redirects',
    reason: 'It redirected more than 5 times',
  },
  {
    what: 'redirects without an end',
    path: '/further',
    code: 'too_many_redirects',
    reason: 'It redirected more than 5 times',
  },
  {
    what: 'a body that is too large',
    path: '/large',
    code: 'response_too_large',
    reason: 'larger than 100000 bytes',
  },
  {
    what: 'a body without an end',
    path: '/endless',
    code: 'response_too_large',
    reason: 'larger than 100000 bytes',
  },
  {
    what: 'a small body that unpacks to a large one',
    path: '/packed',
    code: 'response_too_large',
    reason: 'larger than 100000 bytes',
  },
  {
    what: 'a body that comes byte by byte',
    path: '/slow',
    code: 'timeout',
    reason: 'took longer than',
  },
  { what: 'headers that never end', path: '/silent', code: 'timeout', reason: 'took longer than' },
];
