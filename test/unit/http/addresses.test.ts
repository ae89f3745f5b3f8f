// Whose call a call is, told by the socket and by what trusted proxies wrote; and what names a proxy, or this machine.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { clientAddress, isLoopback, listenAddress, trustedProxies } from '../../../server/addresses.ts';

const trusting = (text: string) => {
  const trusted = trustedProxies(text);
  assert.ok(trusted !== undefined, text);
  return trusted;
};

describe('the address that limits count by', () => {
  test('X-Forwarded-For is ignored unless a proxy is trusted', () => {
    assert.equal(clientAddress('1.2.3.4', '9.9.9.9', 0), '9.9.9.9');
    assert.equal(clientAddress('1.2.3.4', '9.9.9.9', 1), '1.2.3.4');
    assert.equal(clientAddress('forged, 1.2.3.4', '9.9.9.9', 1), '1.2.3.4');
    assert.equal(clientAddress(undefined, '9.9.9.9', 1), '9.9.9.9');
    assert.equal(clientAddress('forged, 1.2.3.4, 10.0.0.1', '127.0.0.1', 2), '1.2.3.4');
  });

  test('of named proxies, what they wrote is believed, and what they were told is not', () => {
    const trusted = trusting('127.0.0.1, 10.0.0.0/8, 2001:db8:f::/48');
    const cases: [forwarded: string | undefined, socket: string, whose: string][] = [
      ['1.2.3.4', '9.9.9.9', '9.9.9.9'],
      ['1.2.3.4', '127.0.0.2', '127.0.0.2'],
      ['1.2.3.4', '127.0.0.1', '1.2.3.4'],
      ['6.6.6.6, 1.2.3.4', '127.0.0.1', '1.2.3.4'],
      ['6.6.6.6, 1.2.3.4, 10.9.8.7', '127.0.0.1', '1.2.3.4'],
      ['6.6.6.6, 1.2.3.4, 10.9.8.7, 2001:db8:f:1::1', '10.0.0.1', '1.2.3.4'],
      ['10.0.0.1, 1.2.3.4', '127.0.0.1', '1.2.3.4'],
      ['10.1.1.1, 10.2.2.2', '127.0.0.1', '10.1.1.1'],
      ['1.2.3.4', '::ffff:10.0.0.1', '1.2.3.4'],
      ['1.2.3.4, ::ffff:10.0.0.1', '127.0.0.1', '1.2.3.4'],
      ['6.6.6.6, ::127.0.0.1', '127.0.0.1', '127.0.0.1'],
      [undefined, '127.0.0.1', '127.0.0.1'],
      ['', '127.0.0.1', '127.0.0.1'],
      [' , ,1.2.3.4,, ', '127.0.0.1', '1.2.3.4'],
      ['1.2.3.4', 'unknown', 'unknown'],
    ];
    for (const [forwarded, socket, whose] of cases)
      assert.equal(clientAddress(forwarded, socket, trusted), whose, `${forwarded} from ${socket}`);
  });

  test('whatever a caller writes, a proxy that appends what it sees has the last word', () => {
    const hop = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string(),
      fc.constantFrom('127.0.0.1', '10.0.0.1', 'unknown', ''),
    );
    const trusted = trusting('loopback,10.0.0.0/8');
    fc.assert(
      fc.property(fc.array(hop, { maxLength: 40 }), (written) => {
        for (const proxies of [trusted, 1])
          assert.equal(clientAddress([...written, '1.2.3.4'].join(', '), '127.0.0.1', proxies), '1.2.3.4');
        assert.equal(clientAddress(written.join(','), '1.2.3.4', trusted), '1.2.3.4');
      }),
    );
  });

  test('an IPv6 subscriber is one, whatever the lower half', () => {
    assert.equal(clientAddress(undefined, '2001:db8:1:2:3:4:5:6', 0), '2001:db8:1:2::/64');
    assert.equal(clientAddress(undefined, '2001:db8:1:2::1', 0), '2001:db8:1:2::/64');
    assert.equal(clientAddress(undefined, '2001:db8::1', 0), '2001:db8:0:0::/64');
    assert.equal(clientAddress(undefined, '::1', 0), '0:0:0:0::/64');
    assert.equal(clientAddress(undefined, '2001:0DB8:1:2::1', 0), '2001:db8:1:2::/64');
    assert.equal(clientAddress(undefined, 'fe80::1%eth0', 0), 'fe80:0:0:0::/64');
    assert.equal(clientAddress(undefined, '::ffff:9.9.9.9', 0), '9.9.9.9');
    assert.equal(clientAddress(undefined, '::FFFF:0909:909', 0), '9.9.9.9');
  });

  test('a proxy that writes ports does not make a new caller of every connection', () => {
    for (const trusted of [1, trusting('9.9.9.9')]) {
      const counted = (hop: string) => clientAddress(hop, '9.9.9.9', trusted);
      for (const hop of ['1.2.3.4:50123', '1.2.3.4:80', '[::ffff:1.2.3.4]:443']) {
        assert.equal(counted(hop), '1.2.3.4', hop);
      }
      for (const hop of ['[2001:db8:1:2::1]', '[2001:db8:1:2::1]:50123', '[2001:db8:1:2::1%25eth0]:80']) {
        assert.equal(counted(hop), '2001:db8:1:2::/64', hop);
      }
    }
  });

  test('what is no address is nobody’s: the proxy that passed it on counts, however it is written', () => {
    const odd = [
      'unknown',
      '_hidden',
      'not an address',
      '',
      '1.2.3',
      '0x7f.1',
      '127.1',
      '01.2.3.4',
      '1.2.3.4/8',
      'a@1.2.3.4:80',
    ];
    for (const hop of odd) {
      for (const trusted of [1, trusting('9.9.9.9')])
        assert.equal(
          clientAddress(`8.8.8.8, ${hop}`, '9.9.9.9', trusted),
          hop === '' ? '8.8.8.8' : '9.9.9.9',
          hop,
        );
    }
  });
});

describe('what names trusted proxies', () => {
  test('a count, addresses, networks, and this machine by a word', () => {
    assert.equal(trustedProxies('0'), 0);
    assert.equal(trustedProxies('2'), 2);
    for (const [text, of, notOf] of [
      ['10.0.0.5', '10.0.0.5', '10.0.0.6'],
      ['10.0.0.5/8', '10.9.9.9', '11.0.0.1'],
      ['192.168.0.0/16 , 127.0.0.1', '127.0.0.1', '127.0.0.2'],
      ['loopback', '127.9.9.9', '128.0.0.1'],
      ['Loopback', '::1', '::2'],
      ['2001:db8::/32', '2001:db8:ffff::1', '2001:db9::1'],
      ['::ffff:10.0.0.5', '10.0.0.5', '10.0.0.6'],
      ['::ffff:10.0.0.0/104', '::ffff:10.1.1.1', '::ffff:11.1.1.1'],
      ['fe80::1%eth0', 'fe80::1%eth0', 'fe80::1%eth1'],
      ['fc00::/7', 'fd12::1', 'fe80::1'],
    ] as const) {
      assert.equal(clientAddress('1.2.3.4', of, trusting(text)), '1.2.3.4', `${text} has ${of}`);
      assert.notEqual(clientAddress('1.2.3.4', notOf, trusting(text)), '1.2.3.4', `${text} has not ${notOf}`);
    }
  });

  test('nothing that is read as something else, and nobody who believes everybody', () => {
    for (const text of [
      '11',
      '-1',
      '1.5',
      '1e1',
      'all',
      '*',
      'true',
      'proxy.example.org',
      '10.0.0.5:80',
      '[::1]',
      '127.1',
      '0x7f000001',
      '010.0.0.5',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/255.0.0.0',
      '::1/129',
      '1,10.0.0.5',
      '10.0.0.5,',
      '10.0.0.5 10.0.0.6',
      '0.0.0.0/0',
      '::/0',
      '0.0.0.0/1,128.0.0.0/1',
      '::ffff:0:0/96',
      '2000::/3',
      '::127.0.0.1',
    ])
      assert.equal(trustedProxies(text), undefined, text);
  });
});

describe('this machine', () => {
  test('is known by the names and addresses that never leave it', () => {
    for (const host of [
      'localhost',
      'LOCALHOST',
      '127.0.0.1',
      '127.9.9.9',
      '::1',
      '[::1]',
      '0:0:0:0:0:0:0:1',
    ])
      assert.ok(isLoopback(host), host);
    for (const host of [
      'localhost.example.org',
      'localhost.',
      '127.0.0.1.example.org',
      '127.1',
      '128.0.0.1',
      '0.0.0.0',
      '::',
      '[::]',
      '::2',
      '::ffff:127.0.0.1',
      '::127.0.0.1',
      '',
      '10.0.0.1',
      'example.org',
    ])
      assert.ok(!isLoopback(host), host);
  });

  test('listens on an address that it may have, in its plain form', () => {
    for (const [text, plain] of [
      ['localhost', 'localhost'],
      ['127.0.0.1', '127.0.0.1'],
      ['[::1]', '::1'],
      ['0:0::0', '::'],
      ['0.0.0.0', '0.0.0.0'],
      ['::ffff:127.0.0.1', '127.0.0.1'],
      ['fe80::1%eth0', 'fe80::1%eth0'],
    ] as const)
      assert.equal(listenAddress(text), plain, text);
    for (const text of [
      '*',
      'pay.example.org',
      '127.1',
      '0',
      '10.0.0.5:8787',
      '10.0.0.0/8',
      '/run/pay.sock',
      'http://127.0.0.1',
    ])
      assert.equal(listenAddress(text), undefined, text);
  });
});
