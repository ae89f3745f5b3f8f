// New keys in the place of old ones: nobody is signed out, nothing becomes unreadable.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dpopNonce } from '../../../server/accounts/sessions/dpop.ts';
import { rotateSigningKey, signingKey } from '../../../server/accounts/sessions/signing-keys.ts';
import { decrypt, encrypt } from '../../../server/crypto.ts';
import { reencrypt } from '../../../server/operations/rotate.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { BROWSER } from '../../support/browser-key.ts';
import { join } from '../../support/sign-up.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));

describe('rotating keys', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
  });
  afterEach(() => t.close());

  const me = (accessToken: string) =>
    t.call('GET', '/me', undefined, { Authorization: `DPoP ${accessToken}` });
  const with_ = (...secretKeys: string[]) => ({ ...t.deps, config: { ...t.deps.config, secretKeys } });
  const [OLD, NEW] = [
    'test-key-of-at-least-thirty-two-characters',
    'another-key-of-at-least-thirty-two-chars',
  ];
  async function paypalSecret(keys: string[]): Promise<string> {
    const { id, paypal } = await regroupementBySlug(t.deps, 'petits-bouleaux');
    return decrypt(with_(...keys), `paypal-secret:${id}`, paypal?.encryptedSecret ?? '');
  }

  test('a new signing key signs nobody out', async () => {
    const { accessToken, refreshToken } = await join(t);
    const { kid } = await signingKey(t.deps);
    t.clock.advance(2_000);
    await rotateSigningKey(t.deps, 'cli:test');
    assert.notEqual((await signingKey(t.deps)).kid, kid);
    assert.equal((await me(accessToken)).status, 200);
    assert.equal((await t.call('POST', '/sessions/refresh', { refreshToken })).status, 200);
  });

  test('the commands do it, beside a server that runs', async () => {
    await t.close();
    t = await startTestApp({ now: Date.now() });
    const { accessToken, refreshToken } = await join(t);
    const { kid } = await signingKey(t.deps);
    const rotate = (what: string, SECRET_KEY: string) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, 'rotate', what, '--json'], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH ?? '', DATABASE_URL: t.deps.config.databaseUrl, SECRET_KEY },
      });
      assert.equal(status, 0, stderr);
      return JSON.parse(stdout);
    };
    assert.deepEqual(rotate('signing-key', OLD), { rotated: 'signing-key' });
    t.clock.advance(60_000);
    assert.notEqual((await signingKey(t.deps)).kid, kid, 'taken up within a minute');
    assert.equal((await me(accessToken)).status, 200);
    assert.equal((await t.call('POST', '/sessions/refresh', { refreshToken })).status, 200);
    assert.equal(rotate('secrets', `${NEW},${OLD}`).unreadable, 0);
    assert.equal(await paypalSecret([NEW]), 'secret-petits-bouleaux');
  });

  test('a new SECRET_KEY signs nobody out: old nonces are taken, and a lost answer gets the same token again', async () => {
    const { refreshToken, accessToken } = await join(t);
    const refreshed = async () => (await t.call('POST', '/sessions/refresh', { refreshToken })).json();
    const before = await refreshed();
    const proof = await BROWSER.proof({
      method: 'GET',
      url: `${PUBLIC_URL}/v1/regroupements/petits-bouleaux/me`,
      nonce: dpopNonce(t.deps),
      accessToken,
    });
    t.deps.config = with_(NEW, OLD).config;
    const headers = { Authorization: `DPoP ${accessToken}`, DPoP: proof };
    assert.equal((await t.call('GET', '/me', undefined, headers)).status, 200);
    const again = await refreshed();
    assert.equal(again.refreshToken, before.refreshToken);
    const next = await t.call('POST', '/sessions/refresh', { refreshToken: again.refreshToken });
    assert.equal(next.status, 200);
  });

  test('secrets are encrypted anew with the first key, and the old one may go', async () => {
    await join(t);
    assert.equal(await paypalSecret([OLD]), 'secret-petits-bouleaux');
    const first = await reencrypt(with_(NEW, OLD), 'cli:test');
    assert.ok(first.changed >= 3, `regroupements, their accounts, the signing key: ${first.changed}`);
    assert.equal(first.unreadable, 0);
    assert.equal(await paypalSecret([NEW]), 'secret-petits-bouleaux');
    await assert.rejects(paypalSecret([OLD]));
    const rest = await t.deps.db.execute(
      'SELECT private_jwk FROM signing_keys UNION SELECT secret FROM paypal_accounts',
    );
    const first_ = (rest.rows[0] as { private_jwk: string }).private_jwk.split('.')[1];
    assert.ok(
      rest.rows.every((row) => String(Object.values(row)[0]).split('.')[1] === first_),
      'all by one key',
    );
    assert.deepEqual(
      await reencrypt(with_(NEW), 'cli:test'),
      { changed: 0, unreadable: 0 },
      'a second time changes nothing',
    );
  });

  test('so is the secret of a PayPal account that was given up: what was paid there is refunded with it', async () => {
    const { id } = await regroupementBySlug(t.deps, 'petits-bouleaux');
    await t.deps.db.execute(
      'UPDATE regroupements SET paypal_version = paypal_version + 1, paypal_secret = ? WHERE id = ?',
      [encrypt(t.deps, `paypal-secret:${id}`, 'secret-of-the-next'), id],
    );
    await reencrypt(with_(NEW, OLD), 'cli:test');
    const { rows } = await t.deps.db.execute<{ secret: string }>(
      'SELECT secret FROM paypal_accounts WHERE regroupement_id = ? ORDER BY version',
      [id],
    );
    assert.deepEqual(
      rows.map(({ secret }) => decrypt(with_(NEW), `paypal-secret:${id}`, secret)),
      ['secret-petits-bouleaux', 'secret-of-the-next'],
    );
  });

  test('a database that fails is said to fail: no secret is called unreadable for it', async () => {
    const { db } = t.deps;
    const failing = {
      ...db,
      execute: (...call: Parameters<typeof db.execute>) => db.execute(...call),
      batch: () => Promise.reject(new Error('disk full')),
    };
    await assert.rejects(
      reencrypt({ ...with_(NEW, OLD), db: failing as typeof db }, 'cli:test'),
      /disk full/,
    );
    assert.equal((await reencrypt(with_(NEW, OLD), 'cli:test')).unreadable, 0);
  });

  test('what no key opens is counted and left as it is', async () => {
    const before = await t.deps.db.execute('SELECT paypal_secret FROM regroupements ORDER BY id');
    const { changed, unreadable } = await reencrypt(with_(NEW), 'cli:test');
    assert.deepEqual([changed, unreadable > 0], [0, true]);
    assert.deepEqual(
      (await t.deps.db.execute('SELECT paypal_secret FROM regroupements ORDER BY id')).rows,
      before.rows,
    );
  });
});
