// I7: what a browser was given is worth nothing in another one. Each bent proof is refused, and nothing is consumed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { dpopNonce } from '../../../server/accounts/sessions/dpop.ts';
import { sha256 } from '../../../server/crypto.ts';
import { keepNoLonger } from '../../../server/privacy/retention.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { BROWSER, BrowserKey } from '../../support/browser-key.ts';
import { EMAIL, join, outcome, PASSWORD } from '../../support/sign-up.ts';

const BASE = `${PUBLIC_URL}/v1/regroupements/petits-bouleaux`;

describe('a proof of the browser', () => {
  let t: TestApp;
  let tokens: { accessToken: string; refreshToken: string };
  let thief: BrowserKey;
  before(async () => {
    t = await startTestApp();
    tokens = await join(t);
    thief = await BrowserKey.make();
  });
  after(() => t.close());

  const proof = (
    key: BrowserKey,
    change: Parameters<BrowserKey['proof']>[1] = {},
    call: { method?: string; path?: string; accessToken?: string | undefined } = {},
  ) =>
    key.proof(
      {
        method: call.method ?? 'PATCH',
        url: `${BASE}${call.path ?? '/me'}`,
        nonce: dpopNonce(t.deps),
        accessToken: 'accessToken' in call ? call.accessToken : tokens.accessToken,
      },
      change,
    );
  const change = (dpop: string) =>
    t.call('PATCH', '/me', { lang: 'en-CA' }, { Authorization: `DPoP ${tokens.accessToken}`, DPoP: dpop });
  const refresh = (dpop: string) =>
    t.call('POST', '/sessions/refresh', { refreshToken: tokens.refreshToken }, { DPoP: dpop });
  const opening = (key: BrowserKey, path: string) =>
    proof(key, {}, { method: 'POST', path, accessToken: undefined });

  test('a token copied to another browser is worth nothing there', async () => {
    assert.deepEqual(await outcome(change(await proof(thief))), [401, 'dpop-invalid']);
    assert.equal((await change(await proof(BROWSER))).status, 200, 'and goes on in its own');
  });

  test('a proof may name the query of its call, and no other query', async () => {
    const htu = `${BASE}/me?lang=en-CA`;
    const asked = async (query: string) =>
      (
        await t.call(
          'PATCH',
          `/me${query}`,
          { lang: 'en-CA' },
          {
            Authorization: `DPoP ${tokens.accessToken}`,
            DPoP: await proof(BROWSER, { claims: { htu } }),
          },
        )
      ).status;
    assert.deepEqual(
      [await asked('?lang=en-CA'), await asked('?lang=fr-CA'), await asked('')],
      [200, 401, 401],
    );
  });

  test('a copied refresh token neither opens nor ends anything', async () => {
    assert.deepEqual(await outcome(refresh(await opening(thief, '/sessions/refresh'))), [
      401,
      'session-ended',
    ]);
    const own = await refresh(await opening(BROWSER, '/sessions/refresh'));
    assert.equal(own.status, 200);
    tokens = (await own.json()) as typeof tokens;
  });

  test('every bent proof is refused', async () => {
    const [head = '', claims = '', signature = ''] = (await proof(BROWSER)).split('.');
    const other = await thief.proof({ method: 'PATCH', url: `${BASE}/me`, nonce: dpopNonce(t.deps) });
    const bent: Record<string, string> = {
      none: '',
      'not a proof': 'x.y.z',
      'another method': await proof(BROWSER, { claims: { htm: 'GET' } }),
      'another address': await proof(BROWSER, { claims: { htu: `${BASE}/payments` } }),
      'another server': await proof(BROWSER, { claims: { htu: BASE.replace('pay.test', 'evil.test') } }),
      'with a query': await proof(BROWSER, { claims: { htu: `${BASE}/me?a=1` } }),
      'of another token': await proof(BROWSER, {}, { accessToken: `${tokens.accessToken}x` }),
      'of no token': await proof(BROWSER, { claims: { ath: undefined } }),
      'without an id': await proof(BROWSER, { claims: { jti: undefined } }),
      'with a short id': await proof(BROWSER, { claims: { jti: 'abc' } }),
      'another type': await proof(BROWSER, { header: { typ: 'JWT' } }),
      'signature of another': `${head}.${claims}.${other.split('.')[2]}`,
      'claims of another': `${head}.${other.split('.')[1]}.${signature}`,
      'alg none': `${Buffer.from('{"typ":"dpop+jwt","alg":"none"}').toString('base64url')}.${claims}.`,
      'two proofs': `${await proof(BROWSER)}, ${await proof(BROWSER)}`,
      'expired by its own word': await proof(BROWSER, { claims: { exp: 1 } }),
      'not yet, by its own word': await proof(BROWSER, { claims: { nbf: 9_000_000_000 } }),
      'an address in a list': await proof(BROWSER, { claims: { htu: [`${BASE}/me`] } }),
      'an object as id': await proof(BROWSER, { claims: { jti: {} } }),
      ...(await foreign()),
      'sound, but long': await proof(BROWSER, { claims: { more: 'a'.repeat(2_000) } }),
      'very long': `${head}.${'a'.repeat(3_000)}.${signature}`,
    };
    for (const [what, dpop] of Object.entries(bent)) {
      assert.deepEqual(await outcome(change(dpop)), [401, 'dpop-invalid'], what);
    }
  });

  /** Sound proofs, but for the kind of key. */
  async function foreign(): Promise<Record<string, string>> {
    const claims = {
      jti: crypto.randomUUID(),
      htm: 'PATCH',
      htu: `${BASE}/me`,
      iat: 1,
      nonce: dpopNonce(t.deps),
      ath: sha256(tokens.accessToken),
    };
    const signed = (alg: string, jwk: JWK, key: CryptoKey | Uint8Array) =>
      new SignJWT(claims).setProtectedHeader({ alg, typ: 'dpop+jwt', jwk }).sign(key);
    const made: Record<string, string> = {};
    for (const alg of ['ES384', 'RS256', 'EdDSA']) {
      const pair = await generateKeyPair(alg, { extractable: true });
      made[alg] = await signed(alg, await exportJWK(pair.publicKey), pair.privateKey);
    }
    const bare = await generateKeyPair('ES256', { extractable: true });
    made['its private half shown'] = await signed('ES256', await exportJWK(bare.privateKey), bare.privateKey);
    made.HS256 = await signed('HS256', { kty: 'oct', k: 'A'.repeat(43) }, new Uint8Array(32));
    return made;
  }

  test('is of one address: however that is written, no other route opens by it', async () => {
    const read = async (path: string, proven: string, method = 'GET', as = method) => {
      const dpop = await proof(BROWSER, {}, { method: as, path: proven });
      const headers = { Authorization: `DPoP ${tokens.accessToken}`, DPoP: dpop };
      return (await t.app.request(`${BASE}${path}`, { method, headers })).status;
    };
    assert.equal(await read('/%6de', '/me'), 200, 'the same route');
    assert.equal(await read('/x/%2e%2e/me', '/me'), 200, 'the same route');
    for (const path of ['//me', '/me/', '/me%2f', '/me;x', '/me%00'])
      assert.equal(await read(path, '/me'), 404, path);
    for (const path of ['/payments', '/me/sessions', '/me/export', '/%70ayments'])
      assert.equal(await read(path, '/me'), 401, path);
    assert.equal(await read('/me', '/me', 'HEAD', 'GET'), 401);
  });

  test('serves once where something changes; reading may be repeated', async () => {
    const once = await proof(BROWSER);
    assert.equal((await change(once)).status, 200);
    assert.deepEqual(await outcome(change(once)), [401, 'dpop-invalid']);
    const reading = await proof(BROWSER, {}, { method: 'GET' });
    for (let i = 0; i < 3; i += 1) {
      const headers = { Authorization: `DPoP ${tokens.accessToken}`, DPoP: reading };
      assert.equal((await t.call('GET', '/me', undefined, headers)).status, 200);
    }
    // Of twenty at once, one is taken.
    const raced = await proof(BROWSER);
    const answers = await Promise.all(Array.from({ length: 20 }, () => change(raced)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  test('serves once where a session opens or goes on, too', async () => {
    const signIn = (dpop: string) =>
      t.call('POST', '/sessions', { email: EMAIL, password: PASSWORD }, { DPoP: dpop });
    const opens = await opening(BROWSER, '/sessions');
    assert.equal((await signIn(opens)).status, 201);
    assert.deepEqual(await outcome(signIn(opens)), [401, 'dpop-invalid']);
    const renews = await opening(BROWSER, '/sessions/refresh');
    const renewed = await refresh(renews);
    assert.equal(renewed.status, 200);
    assert.deepEqual(await outcome(refresh(renews)), [401, 'dpop-invalid']);
    tokens = (await renewed.json()) as typeof tokens;
  });

  test('is for the address that we gave ourselves, not for the one that the call was sent to', async () => {
    const read = async (origin: string, proven: string) => {
      const dpop = await proof(
        BROWSER,
        { claims: { htu: `${proven}/v1/regroupements/petits-bouleaux/me` } },
        { method: 'GET' },
      );
      const headers = { Authorization: `DPoP ${tokens.accessToken}`, DPoP: dpop };
      return (await t.app.request(`${origin}/v1/regroupements/petits-bouleaux/me`, { headers })).status;
    };
    assert.equal(await read('https://evil.test', 'https://evil.test'), 401);
    assert.equal(await read('http://10.0.0.7:8787', PUBLIC_URL), 200, 'behind a proxy');
  });

  test('an old nonce is told by a new one; a phone’s clock does not matter', async () => {
    const old = dpopNonce(t.deps);
    t.clock.advance(5 * 60_000);
    const withNonce = async (nonce: string) =>
      change(await proof(BROWSER, { claims: { nonce, iat: 4_000_000_000 } }));
    assert.equal((await withNonce(old)).status, 200, 'for a while longer');
    tokens = (await (await refresh(await opening(BROWSER, '/sessions/refresh'))).json()) as typeof tokens;
    t.clock.advance(5 * 60_000);
    const first = await withNonce(old);
    assert.match(first.headers.get('WWW-Authenticate') ?? '', /use_dpop_nonce/);
    assert.deepEqual(await outcome(first), [401, 'dpop-nonce']);
    assert.equal((await withNonce(first.headers.get('DPoP-Nonce') ?? '')).status, 200);
  });

  test('no session opens without one, and a refused one costs no try', async () => {
    for (let i = 0; i < 30; i += 1) {
      const answer = t.call('POST', '/sessions', { email: EMAIL, password: PASSWORD }, { DPoP: 'none' });
      assert.deepEqual(await outcome(answer), [401, 'dpop-invalid']);
    }
    assert.equal((await t.call('POST', '/sessions', { email: EMAIL, password: PASSWORD })).status, 201);
  });

  test('proofs are forgotten once their nonce is refused anyway', async () => {
    t.clock.advance(11 * 60_000);
    await keepNoLonger(t.deps);
    const { rows } = await t.deps.db.execute<{ n: number }>('SELECT count(*) AS n FROM dpop_proofs');
    assert.equal(rows[0]?.n, 0);
  });
});
