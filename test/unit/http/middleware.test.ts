// Small rules of the middleware: what is refused as text, what secrets survive.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { decrypt, encrypt } from '../../../server/crypto.ts';
import { email, emailKey, line } from '../../../server/fields.ts';

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
