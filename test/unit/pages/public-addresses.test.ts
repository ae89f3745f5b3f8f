// Which addresses a page may be asked of: those that everyone reaches. In whichever form an inner one is written, it is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublic } from '../../../server/addresses.ts';

test('what everyone reaches', () => {
  for (const address of [
    '93.184.216.34',
    '8.8.8.8',
    '192.167.255.255',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::6810:84e5',
    '2001:4860:4860::8888',
  ])
    assert.equal(isPublic(address), true, address);
});

const INNER: Readonly<Record<string, readonly string[]>> = {
  'this machine': ['127.0.0.1', '127.255.255.254', '::1', '0.0.0.0', '0.1.2.3', '::'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fdff::1', 'fec0::1'],
  'link-local, and the clouds’ metadata': [
    '169.254.169.254',
    '169.254.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
  ],
  'a carrier’s': ['100.64.0.1', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  'broadcast and reserved': [
    '255.255.255.255',
    '240.0.0.1',
    '192.0.0.170',
    '192.88.99.1',
    '198.18.0.1',
    '198.19.255.255',
  ],
  'of documents': ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  'IPv4 mapped': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '0:0:0:0:0:ffff:a9fe:a9fe'],
  'IPv4 compatible': ['::127.0.0.1', '::7f00:1', '::8.8.8.8'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b::127.0.0.1', '64:ff9b::808:808', '64:ff9b:1::7f00:1'],
  '6to4 and Teredo': ['2002:7f00:1::', '2002:808:808::1', '2001::1', '2001:0:7f00:1::'],
  'for no use, or for other ones': [
    '100::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '5f00::1',
    '4000::1',
    '::ffff:0:7f00:1',
  ],
  'no address': [
    'localhost',
    '',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '1.2.3',
    '1.2.3.4.5',
    '[::1]',
    '8.8.8.8/8',
  ],
};
for (const [kind, addresses] of Object.entries(INNER))
  test(`not ${kind}`, () => {
    for (const address of addresses) assert.equal(isPublic(address), false, address);
  });
