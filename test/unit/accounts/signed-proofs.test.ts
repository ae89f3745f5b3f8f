// Proofs are verified by our own code: whatever jose refuses, it must refuse too.
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from 'jose';
import { readSignedProof } from '../../../server/accounts/sessions/signed-proofs.ts';

const NOW = Date.parse('2026-11-23T15:00:00Z');
const NOW_S = NOW / 1000;

interface Pair {
  privateKey: KeyObject;
  jwk: Record<'kty' | 'crv' | 'x' | 'y', string>;
}
function pair(): Pair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return { privateKey, jwk: { kty, crv, x, y } };
}
const OURS = pair();
const OTHER = pair();
const HEADER = { typ: 'dpop+jwt', alg: 'ES256', jwk: OURS.jwk };
const CLAIMS = { jti: 'A'.repeat(22), htm: 'GET', htu: 'https://pay.test/x', iat: 1, nonce: 'n', ath: 'a' };

const b64 = (bytes: Buffer | string) => Buffer.from(bytes).toString('base64url');
const json = (value: unknown) => b64(JSON.stringify(value));
/** Signed, whatever stands in it. */
function signed(
  header: string,
  claims: string,
  by = OURS.privateKey,
  dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363',
) {
  const signature = sign('sha256', Buffer.from(`${header}.${claims}`), { key: by, dsaEncoding });
  return `${header}.${claims}.${b64(signature)}`;
}
const proof = (header: object = {}, claims: object = {}) =>
  signed(json({ ...HEADER, ...header }), json({ ...CLAIMS, ...claims }));
const withKey = (jwk: object) => proof({ jwk: { ...OURS.jwk, ...jwk } });

/** What jose makes of it. */
async function byJose(given: string): Promise<{ jkt: string; claims: object } | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(given, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(NOW),
    });
    return { jkt: await calculateJwkThumbprint(protectedHeader.jwk as JWK), claims: payload };
  } catch {
    return undefined;
  }
}

/** A proof whose signature's number (0 or 1) begins so. */
function signedWith(number: 0 | 1, isSuch: (first: number) => boolean): string {
  for (let n = 0; ; n++) {
    const made = proof({}, { jti: `${n}`.padStart(22, 'A') });
    const signature = Buffer.from(made.split('.')[2] ?? '', 'base64url');
    if (isSuch(signature[32 * number] ?? 0)) return made;
  }
}

describe('a sound proof', () => {
  const sound: Record<string, string> = {
    'as our widget makes it': proof(),
    'of another browser': signed(json({ ...HEADER, jwk: OTHER.jwk }), json(CLAIMS), OTHER.privateKey),
    'with a name for its key': proof({ kid: 'mine' }),
    'whose signature’s first number is short': signedWith(0, (first) => first === 0),
    'whose signature’s second number is short': signedWith(1, (first) => first === 0),
    'whose signature’s numbers have their highest bit': signedWith(0, (first) => first >= 0x80),
    'whose signature’s second number has its highest bit': signedWith(1, (first) => first >= 0x80),
    'whose key says what it is for': withKey({ use: 'sig', alg: 'ES256', key_ops: ['verify'], ext: true }),
    'that will end': proof({}, { exp: NOW_S + 1 }),
    'that has begun': proof({}, { nbf: NOW_S }),
    'without a time': proof({}, { iat: undefined }),
    'that says more': proof({}, { more: { than: ['we', 'ask'] } }),
  };
  for (const [what, given] of Object.entries(sound))
    test(`${what} is read as jose reads it`, async () => {
      const read = await readSignedProof(given, NOW);
      assert.ok(read);
      assert.deepEqual({ ...read, claims: { ...read.claims } }, await byJose(given));
      assert.deepEqual(await readSignedProof(given, NOW), read, 'the same the second time');
    });
});

const [head, claims, signature] = proof().split('.') as [string, string, string];
const resigned = (change: (signature: Buffer) => Buffer) =>
  `${head}.${claims}.${b64(change(Buffer.from(signature, 'base64url')))}`;
const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ED = generateKeyPairSync('ed25519');
const exported = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ format: 'jwk' });
const flipped = (text: string, at: number) =>
  `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

const HOSTILE: Readonly<Record<string, Record<string, string>>> = {
  'as a whole': {
    none: '',
    'three dots and nothing': '..',
    'no base64': 'x.y.z',
    'without a signature': `${head}.${claims}`,
    'with an empty signature': `${head}.${claims}.`,
    'with a fourth part': `${proof()}.${signature}`,
    'after a space': ` ${proof()}`,
    'two of them': `${proof()}, ${proof()}`,
    'as JSON': JSON.stringify({ protected: head, payload: claims, signature }),
    'with padding': `${head}==.${claims}.${signature}`,
    'with a letter of no alphabet': `${head}.${claims.slice(0, -2)}é.${signature}`,
    'too long': proof({}, { more: 'a'.repeat(2_000) }),
  },
  'by its signature': {
    'of another key': signed(json(HEADER), json(CLAIMS), OTHER.privateKey),
    'of other claims': `${head}.${json({ ...CLAIMS, htm: 'POST' })}.${signature}`,
    'of another header': `${json({ ...HEADER, kid: 'x' })}.${claims}.${signature}`,
    'with the key of another': `${json({ ...HEADER, jwk: OTHER.jwk })}.${claims}.${signature}`,
    'as DER': signed(json(HEADER), json(CLAIMS), OURS.privateKey, 'der'),
    'of zeros': resigned(() => Buffer.alloc(64)),
    'of r alone': resigned((bytes) => Buffer.concat([bytes.subarray(0, 32), Buffer.alloc(32)])),
    'of s alone': resigned((bytes) => Buffer.concat([Buffer.alloc(32), bytes.subarray(32)])),
    'of the curve’s order': resigned(() => Buffer.concat([ORDER, ORDER])),
    'all ones': resigned(() => Buffer.alloc(64, 0xff)),
    'turned around': resigned((bytes) => Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)])),
    'cut short': resigned((bytes) => bytes.subarray(0, 63)),
    'with a byte more': resigned((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
    'with one letter changed': `${head}.${claims}.${flipped(signature, 10)}`,
  },
  'by its header': {
    'that is no JSON': signed(b64('{"typ":'), json(CLAIMS)),
    'that is a list': signed(json([HEADER]), json(CLAIMS)),
    'that is null': signed(json(null), json(CLAIMS)),
    'that is no UTF-8': signed(
      b64(
        Buffer.concat([
          Buffer.from(JSON.stringify(HEADER).slice(0, -1)),
          Buffer.from(',"a":"'),
          Buffer.from([0xff]),
          Buffer.from('"}'),
        ]),
      ),
      json(CLAIMS),
    ),
    'of no algorithm': proof({ alg: undefined }),
    'of the algorithm none': `${json({ ...HEADER, alg: 'none' })}.${claims}.`,
    'of none, with a signature': proof({ alg: 'none' }),
    'of HS256': proof({ alg: 'HS256' }),
    'of ES384': proof({ alg: 'ES384' }),
    'of RS256': proof({ alg: 'RS256' }),
    'of es256': proof({ alg: 'es256' }),
    'of a list of algorithms': proof({ alg: ['ES256'] }),
    'that says its algorithm twice': signed(
      b64(JSON.stringify(HEADER).replace('"ES256"', '"ES256","alg":"none"')),
      json(CLAIMS),
    ),
    'of no type': proof({ typ: undefined }),
    'of another type': proof({ typ: 'JWT' }),
    'of an access token’s type': proof({ typ: 'at+jwt' }),
    'of a list of types': proof({ typ: ['dpop+jwt'] }),
    'with something critical': proof({ crit: ['exp'], exp: 1 }),
    'with nothing critical': proof({ crit: [] }),
    'with claims that are not encoded': proof({ crit: ['b64'], b64: false }),
  },
  'by its key': {
    none: proof({ jwk: undefined }),
    'that is null': proof({ jwk: null }),
    'in a list': proof({ jwk: [OURS.jwk] }),
    'by its address': proof({ jwk: undefined, jku: 'https://evil.test/keys' }),
    'by its name': proof({ jwk: undefined, kid: 'ours' }),
    'in a certificate': proof({ jwk: undefined, x5c: ['MIIB'] }),
    'with its private half': proof({ jwk: OURS.privateKey.export({ format: 'jwk' }) }),
    'for encrypting': withKey({ use: 'enc' }),
    'of another algorithm': withKey({ alg: 'ES384' }),
    'for signing': withKey({ key_ops: ['sign'] }),
    'for nothing': withKey({ key_ops: [] }),
    'for verifying, twice': withKey({ key_ops: ['verify', 'verify'] }),
    'for a word': withKey({ key_ops: 'verify' }),
    'that may be taken out, in words': withKey({ ext: 'true' }),
    'of RSA': signed(json({ ...HEADER, jwk: exported(RSA) }), json(CLAIMS), RSA.privateKey),
    'of P-384': signed(json({ ...HEADER, jwk: exported(P384) }), json(CLAIMS), P384.privateKey),
    'of Ed25519, as it signs itself': `${json({ ...HEADER, alg: 'EdDSA', jwk: exported(ED) })}.${claims}.${b64(sign(null, Buffer.from(`${json({ ...HEADER, alg: 'EdDSA', jwk: exported(ED) })}.${claims}`), ED.privateKey))}`,
    'that is a secret': withKey({ kty: 'oct', k: 'A'.repeat(43) }),
    'of another curve by name': withKey({ crv: 'secp256k1' }),
    'of a curve in small letters': withKey({ crv: 'p-256' }),
    'without x': withKey({ x: undefined }),
    'without y': withKey({ y: undefined }),
    'whose x is a number': withKey({ x: 1 }),
    'whose x is short': withKey({ x: OURS.jwk.x.slice(1) }),
    'whose x is long': withKey({ x: `${OURS.jwk.x}AA` }),
    'whose x and y are exchanged': withKey({ x: OURS.jwk.y, y: OURS.jwk.x }),
    'off the curve': withKey({ y: flipped(OURS.jwk.y, 3) }),
    'at zero': withKey({ x: 'A'.repeat(43), y: 'A'.repeat(43) }),
    'beyond the field': withKey({ x: `_____${'_'.repeat(37)}8`, y: OURS.jwk.y }),
  },
  'by its claims': {
    'that are no JSON': signed(head, b64('{"jti"')),
    'that are a list': signed(head, json([CLAIMS])),
    'that are null': signed(head, json(null)),
    'that are text': signed(head, json('jti')),
    'that are nothing': signed(head, ''),
    'that are no UTF-8': signed(head, b64(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))),
    'that ended': proof({}, { exp: NOW_S }),
    'that end in words': proof({}, { exp: '9000000000' }),
    'that end at no time': proof({}, { exp: null }),
    'that have not begun': proof({}, { nbf: NOW_S + 1 }),
    'that begin in words': proof({}, { nbf: '1' }),
    'that were made at a time in words': proof({}, { iat: 'now' }),
  },
};

for (const [by, table] of Object.entries(HOSTILE))
  describe(`a proof that is hostile ${by}`, () => {
    for (const [what, given] of Object.entries(table))
      test(what, async () => {
        assert.equal(await readSignedProof(given, NOW), undefined);
        assert.equal(await readSignedProof(given, NOW), undefined, 'the second time too');
        // What is too long is ours to refuse.
        if (given.length <= 2_000) assert.equal(await byJose(given), undefined, 'jose refuses it as well');
      });
  });

describe('stricter than jose', () => {
  const [last = ''] = OURS.jwk.x.slice(-1);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const strict: Record<string, string> = {
    'what stands before a line’s end': `${proof()}\n`,
    'a type in other letters': proof({ typ: 'DPoP+JWT' }),
    'a type with what is left out': proof({ typ: 'application/dpop+jwt' }),
    'a known word that is critical': proof({ crit: ['b64'], b64: true }),
    'an unknown word that counts elsewhere': proof({ b64: true }),
    'a key in a second writing': withKey({
      x: `${OURS.jwk.x.slice(0, -1)}${letters[letters.indexOf(last) + 1]}`,
    }),
  };
  for (const [what, given] of Object.entries(strict))
    test(`refuses ${what}`, async () => {
      assert.equal(await readSignedProof(given, NOW), undefined);
    });
});

test('whatever a proof is bent to, it is refused where jose refuses it, and read as jose reads it', async () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      'ES256',
      'none',
      'dpop+jwt',
      'JWT',
      'EC',
      'P-256',
      'sig',
      ['verify'],
      OURS.jwk,
      OTHER.jwk,
      1,
      NOW_S,
    ),
  );
  const names = fc.constantFrom(
    'alg',
    'typ',
    'jwk',
    'crit',
    'b64',
    'kid',
    'exp',
    'nbf',
    'iat',
    'jti',
    '__proto__',
    'constructor',
  );
  const keys = fc.constantFrom('kty', 'crv', 'x', 'y', 'd', 'use', 'alg', 'key_ops', 'ext', 'priv', 'kid');
  const changes = (name: fc.Arbitrary<string>) => fc.dictionary(name, value, { maxKeys: 2 });
  await fc.assert(
    fc.asyncProperty(
      changes(names),
      changes(keys),
      changes(names),
      fc.option(fc.record({ at: fc.nat(800), letter: fc.constantFrom('A', 'z', '.', '-', '=') })),
      async (inHeader, inKey, inClaims, typo) => {
        let given = signed(
          json({ ...HEADER, jwk: { ...OURS.jwk, ...inKey }, ...inHeader }),
          json({ ...CLAIMS, ...inClaims }),
        );
        if (typo !== null) given = given.slice(0, typo.at) + typo.letter + given.slice(typo.at + 1);
        const ours = await readSignedProof(given, NOW);
        if (ours === undefined) return;
        assert.deepEqual({ jkt: ours.jkt, claims: { ...ours.claims } }, await byJose(given));
      },
    ),
    { numRuns: 500 },
  );
});
