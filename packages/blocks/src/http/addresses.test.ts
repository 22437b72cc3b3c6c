import { describe, expect, it } from 'vitest';
import { AllowList, forbiddenRange, InvalidAllowListEntryError } from './addresses.js';

describe('forbiddenRange', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'linkLocal'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['100.127.255.255', 'carrierGradeNat'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['240.0.0.1', 'reserved'],
    ['192.0.0.1', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['198.51.100.1', 'reserved'],
    ['203.0.113.1', 'reserved'],
    ['::1', 'loopback'],
    ['::', 'unspecified'],
    ['fe80::1', 'linkLocal'],
    ['fe80::1%eth0', 'linkLocal'],
    ['fec0::1', 'deprecatedSiteLocal'],
    ['fc00::1', 'uniqueLocal'],
    ['fd12:3456::1', 'uniqueLocal'],
    ['ff02::1', 'multicast'],
    ['::ffff:127.0.0.1', 'ipv4Mapped'],
    ['::ffff:8.8.8.8', 'ipv4Mapped'],
    ['::ffff:7f00:1', 'ipv4Mapped'],
    ['::127.0.0.1', 'ipv4Mapped'],
    ['::8.8.8.8', 'ipv4Mapped'],
    ['::7f00:1', 'reserved'],
    ['::ffff:0:127.0.0.1', 'rfc6145'],
    ['64:ff9b::7f00:1', 'rfc6052'],
    ['64:ff9b::8.8.8.8', 'rfc6052'],
    ['64:ff9b:1::a00:1', 'rfc6052'],
    ['2002:7f00:1::', '6to4'],
    ['2002:808:808::1', '6to4'],
    ['2001::1', 'teredo'],
    ['2001:db8::1', 'reserved'],
    ['100::1', 'discard'],
    ['1234::1', 'reserved'],
    ['4000::1', 'reserved'],
    ['2130706433', 'invalid'],
    ['0x7f.1', 'invalid'],
    ['', 'invalid'],
    ['localhost', 'invalid'],
  ])('%s is %s', (address, range) => {
    expect(forbiddenRange(address)).toBe(range);
  });

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::1',
  ])('%s is public', (address) => {
    expect(forbiddenRange(address)).toBeNull();
  });
});

describe('AllowList', () => {
  const list = new AllowList([
    'Internal',
    'db.local:5432',
    '10.1.0.0/16',
    '127.0.0.1',
    '[::1]',
    'fd00::/8',
    '10.9.9.9:80',
    '[::2]:80',
  ]);

  it.each([
    ['internal', '80', true],
    ['INTERNAL', '9', true],
    ['db.local', '5432', true],
    ['db.local', '80', false],
    ['10.9.9.9', '80', true],
    ['10.9.9.9', '81', false],
    ['[::2]', '80', true],
    ['internal.evil.com', '80', false],
    ['xinternal', '80', false],
  ])('%s:%s by name: %s', (host, port, allowed) => {
    expect(list.allowsHost(host, port)).toBe(allowed);
  });

  it.each([
    ['10.1.2.3', true],
    ['10.2.0.1', false],
    ['127.0.0.1', true],
    ['127.0.0.2', false],
    ['::1', true],
    ['fd12::1', true],
    ['fc12::1', false],
    ['::ffff:10.1.2.3', false],
    ['nonsense', false],
  ])('%s by address: %s', (address, allowed) => {
    expect(list.allowsAddress(address)).toBe(allowed);
  });

  it.each([
    '',
    ' ',
    '*',
    'http://host',
    'host:port',
    'a b',
    '10.0.0.0/99',
    'x/8',
    'host/',
    '.',
    '[::1',
  ])('refuses the entry %j', (entry) => {
    expect(() => new AllowList([entry])).toThrow(InvalidAllowListEntryError);
  });
});
