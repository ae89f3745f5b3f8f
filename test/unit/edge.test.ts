// Small rules of the edge: whose address counts, what is refused as text, what secrets survive.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { clientAddress } from '../../server/http/edge.ts';
import { email, emailKey, line } from '../../server/http/fields.ts';
import { decrypt, encrypt } from '../../server/regroupements/secrets.ts';

describe('the address that limits count by', () => {
  test('X-Forwarded-For is ignored unless a proxy is trusted', () => {
    assert.equal(clientAddress('1.2.3.4', '9.9.9.9', 0), '9.9.9.9');
    assert.equal(clientAddress('1.2.3.4', '9.9.9.9', 1), '1.2.3.4');
    assert.equal(clientAddress('forged, 1.2.3.4', '9.9.9.9', 1), '1.2.3.4');
    assert.equal(clientAddress(undefined, '9.9.9.9', 1), '9.9.9.9');
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
    const counted = (hop: string) => clientAddress(hop, '9.9.9.9', 1);
    for (const hop of ['1.2.3.4:50123', '1.2.3.4:80', '[::ffff:1.2.3.4]:443']) {
      assert.equal(counted(hop), '1.2.3.4', hop);
    }
    for (const hop of ['[2001:db8:1:2::1]', '[2001:db8:1:2::1]:50123', '[2001:db8:1:2::1%25eth0]:80']) {
      assert.equal(counted(hop), '2001:db8:1:2::/64', hop);
    }
  });
  test('what is no address counts as what it is', () => {
    for (const hop of ['unknown', '_hidden', 'not an address', '']) {
      assert.equal(clientAddress(hop, '9.9.9.9', 1), hop);
    }
  });
});

describe('what people type', () => {
  test('control characters, lone surrogates and line separators are refused', () => {
    for (const bad of ['a\0b', 'a\nb', 'a\u2028b', 'a\ud800b', 'a\u0085b', '   ']) {
      assert.equal(line(50).safeParse(bad).success, false, JSON.stringify(bad));
    }
    assert.equal(line(50).parse('  L’Écuyer-Tremblay 👩‍👧 '), 'L’Écuyer-Tremblay 👩‍👧');
  });
  test('e-mails are compared without case and outer spaces', () => {
    assert.equal(emailKey(' Zoe.Oeuvrard@Example.ORG '), 'zoe.oeuvrard@example.org');
    assert.equal(email.safeParse('lise.hebert@example,org').success, false);
  });
});

describe('secrets at rest', () => {
  const deps = (...secretKeys: string[]) => ({
    config: { secretKeys },
    randomBytes: (n: number) => new Uint8Array(randomBytes(n)),
  });
  const first = 'a'.repeat(32);
  const second = 'b'.repeat(32);
  test('read back with the same key, also after a newer key is put in front', () => {
    const stored = encrypt(deps(first), 'purpose', 'sécret');
    assert.ok(!stored.includes('sécret'));
    assert.notEqual(encrypt(deps(first), 'purpose', 'sécret'), stored, 'a nonce of its own each time');
    assert.equal(decrypt(deps(second, first), 'purpose', stored), 'sécret');
  });
  test('not with another key, nor for another purpose, nor altered', () => {
    const stored = encrypt(deps(first), 'purpose', 'secret');
    assert.throws(() => decrypt(deps(second), 'purpose', stored));
    assert.throws(() => decrypt(deps(first), 'other', stored));
    assert.throws(() =>
      decrypt(
        deps(first),
        'purpose',
        // Not the last character: its low bits may stand for nothing.
        stored.replace(/.(?=.{8}$)/, (c) => (c === 'A' ? 'B' : 'A')),
      ),
    );
  });
});
