// Signing in and staying so: one answer to every failure, tokens that are worth nothing once the session has ended.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { hash } from '@node-rs/argon2';
import fc from 'fast-check';
import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from 'jose';
import { hashPassword } from '../../../server/accounts/passwords/passwords.ts';
import { dpopNonce } from '../../../server/accounts/sessions/dpop.ts';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import { rotateSigningKey, signingKey } from '../../../server/accounts/sessions/signing-keys.ts';
import { createApp } from '../../../server/app.ts';
import { openDb } from '../../../server/db/open.ts';
import { describe as describeSql } from '../../../server/db/statements.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { keepNoLonger } from '../../../server/privacy/retention.ts';
import { fromBrowser, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { BrowserKey } from '../../support/browser-key.ts';
import { EMAIL, join, mailbox, newcomer, outcome, PASSWORD, seen } from '../../support/sign-up.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const OTHERS_PASSWORD = 'le renard du voisin dort';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
let t: TestApp;
beforeEach(async () => {
  t = await startTestApp({ trustedProxies: 1 });
});
afterEach(() => t.close());

const signIn = (password = PASSWORD, email = EMAIL, from = '192.0.2.1') =>
  t.call('POST', '/sessions', { email, password }, { 'X-Forwarded-For': from });
const signInBy = async (browser: BrowserKey) => {
  const url = `${PUBLIC_URL}/v1/regroupements/petits-bouleaux/sessions`;
  const DPoP = await browser.proof({ method: 'POST', url, nonce: dpopNonce(t.deps) });
  return t.call('POST', '/sessions', { email: EMAIL, password: PASSWORD }, { DPoP, 'User-Agent': SAFARI });
};
const refresh = (refreshToken: string) => t.call('POST', '/sessions/refresh', { refreshToken });
const refreshed = async (refreshToken: string) => (await (await refresh(refreshToken)).json()) as Tokens;
const me = (accessToken: string) => t.call('GET', '/me', undefined, { Authorization: `DPoP ${accessToken}` });
const events = async () => {
  const { rows } = await t.deps.db.execute<{ event: string }>(
    'SELECT event FROM security_log ORDER BY rowid',
  );
  return rows.map((row) => row.event);
};

describe('signing in', () => {
  test('opens a session with what she chose; her language can be changed', async () => {
    await join(t);
    const answer = await signIn();
    assert.equal(answer.status, 201);
    const tokens = (await answer.json()) as Tokens;
    assert.deepEqual(tokens.me, { name: newcomer.name, email: EMAIL, lang: 'fr-CA' });
    const changed = await t.call(
      'PATCH',
      '/me',
      { lang: 'en-CA' },
      { Authorization: `DPoP ${tokens.accessToken}` },
    );
    assert.deepEqual(await changed.json(), { ...tokens.me, lang: 'en-CA' });
    assert.deepEqual((await refreshed(tokens.refreshToken)).me.lang, 'en-CA');
  });

  test('from a browser that the account did not know is told by e-mail, once; from her own it is not', async () => {
    await join(t);
    await signIn();
    const told = async () => (await mailbox(t)).filter(({ kind }) => kind === 'new-browser').length;
    assert.equal(await told(), 0, 'the browser she activated it in');
    const phone = await BrowserKey.make();
    assert.equal((await signInBy(phone)).status, 201);
    assert.equal(await told(), 1);
    assert.equal((await signInBy(phone)).status, 201);
    assert.equal(await told(), 1, 'known from now on');
    await sendDueMail(t.deps);
    const message = t.outgoing.find(({ subject }) => /Nouvelle connexion/.test(subject));
    assert.match(message?.text ?? '', /\(Safari, iPhone\)/);
  });

  test('by one new browser after another is told ten times a day, and no flood', async () => {
    await join(t);
    for (let i = 0; i < 12; i++) assert.equal((await signInBy(await BrowserKey.make())).status, 201);
    const told = (await mailbox(t)).filter(({ kind }) => kind === 'new-browser');
    assert.equal(told.length, 10);
  });

  test('writes three times at most, from a browser that is known or new', async () => {
    await join(t);
    const { db } = t.deps;
    let transactions = 0;
    const counted = async (browser: BrowserKey) => {
      transactions = 0;
      t.deps.db = {
        execute(sql, args) {
          if (describeSql(sql).writes) transactions++;
          return db.execute(sql, args);
        },
        batch(statements, options) {
          transactions++;
          return db.batch(statements, options);
        },
        close: () => db.close(),
      };
      const { status } = await signInBy(browser);
      t.deps.db = db;
      return [status, transactions];
    };
    const phone = await BrowserKey.make();
    assert.deepEqual(await counted(phone), [201, 3]);
    assert.deepEqual(await counted(phone), [201, 3]);
  });

  test('answers a wrong password and an unknown e-mail alike', async () => {
    await join(t);
    assert.deepEqual(
      await seen(signIn(OTHERS_PASSWORD)),
      await seen(signIn(PASSWORD, 'inconnue@example.org')),
    );
  });

  test('ten wrong passwords from one address make that address wait, and nobody else', async () => {
    await join(t);
    for (let i = 0; i < 10; i++) assert.equal((await signIn(OTHERS_PASSWORD)).status, 401);
    const refused = await signIn();
    assert.deepEqual(await outcome(refused), [429, 'too-many-requests']);
    assert.equal((await signIn(PASSWORD, EMAIL, '198.51.100.7')).status, 201);
    t.clock.advance(Number(refused.headers.get('Retry-After')) * 1_000);
    assert.equal((await signIn()).status, 201);
  });

  test('her own sign-ins never add up to a wait', async () => {
    await join(t);
    for (let i = 0; i < 25; i++) assert.equal((await signIn()).status, 201);
  });

  test('with the right password, a hundred times in a quarter of an hour from one address, is no person any more', async () => {
    await join(t);
    for (let i = 0; i < 100; i++) assert.equal((await signIn()).status, 201);
    const refused = await signIn();
    assert.deepEqual(await outcome(refused), [429, 'too-many-requests']);
    assert.equal((await signIn(PASSWORD, EMAIL, '198.51.100.7')).status, 201);
    t.clock.advance(Number(refused.headers.get('Retry-After')) * 1_000);
    assert.equal((await signIn()).status, 201);
  });

  test('an address that tries one password on many people is stopped', async () => {
    for (let i = 0; i < 100; i++) assert.equal((await signIn(PASSWORD, `p${i}@example.org`)).status, 401);
    assert.equal((await signIn(PASSWORD, 'encore@example.org')).status, 429);
  });

  test('guesses at her from everywhere at once are slowed, but she still gets in', async () => {
    await join(t);
    // No more at once than are answered: whoever is put off has guessed nothing.
    for (let i = 0; i < 100; i += 4) {
      const guesses = [0, 1, 2, 3].map((n) => signIn(OTHERS_PASSWORD, EMAIL, `203.0.113.${i + n}`));
      for (const { status } of await Promise.all(guesses)) assert.equal(status, 401);
    }
    const started = performance.now();
    assert.equal((await signIn(PASSWORD, EMAIL, '198.51.100.7')).status, 201);
    assert.ok(performance.now() - started > 1_900);
  });

  test('that is put off because too many sign in costs no try, however often she comes back', async () => {
    await join(t);
    let stormy = true;
    const others = Array.from({ length: 250 }, async () => {
      while (stormy)
        await hashPassword(t.deps, 'x').catch(() => new Promise((resolve) => setTimeout(resolve, 1)));
    });
    for (let i = 0; i < 12; i++) {
      const answer = await signIn();
      assert.equal(answer.status, 503, `${i}`);
      assert.equal(answer.headers.get('Retry-After'), '2');
    }
    stormy = false;
    await Promise.all(others);
    assert.equal((await signIn()).status, 201);
    assert.ok((await events()).every((event) => event !== 'sign-in-failed'));
  });

  test('makes a hash of older, weaker parameters as strong as today’s', async () => {
    await join(t);
    const weak = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1 });
    await t.deps.db.execute('UPDATE accounts SET password_hash = ?', [weak]);
    assert.equal((await signIn()).status, 201);
    const { rows } = await t.deps.db.execute<{ password_hash: string }>('SELECT password_hash FROM accounts');
    assert.match(rows[0]?.password_hash ?? '', /m=19456,t=2,p=1/);
    assert.equal((await signIn()).status, 201);
  });

  test('is recorded, and so are failures, without the e-mail', async () => {
    await join(t);
    await signIn(OTHERS_PASSWORD);
    await signIn(OTHERS_PASSWORD, 'inconnue@example.org');
    await signIn();
    assert.deepEqual(await events(), [
      'signed-up',
      'activated',
      'signed-in',
      'sign-in-failed',
      'sign-in-failed',
      'signed-in',
    ]);
    const { rows } = await t.deps.db.execute('SELECT * FROM security_log');
    assert.ok(!JSON.stringify(rows).includes('example.org'));
  });
});

describe('staying signed in', () => {
  test('changes the refresh token each time; the new one goes on', async () => {
    const first = await join(t);
    t.clock.advance(9 * MINUTE);
    const second = await refreshed(first.refreshToken);
    t.clock.advance(9 * MINUTE);
    const third = await refreshed(second.refreshToken);
    assert.equal(new Set([first.refreshToken, second.refreshToken, third.refreshToken]).size, 3);
    assert.equal((await me(third.accessToken)).status, 200);
  });

  test('two tabs at once, or a lost answer asked for again, get the same token', async () => {
    const { refreshToken } = await join(t);
    const tabs = await Promise.all(Array.from({ length: 8 }, () => refreshed(refreshToken)));
    assert.equal(new Set(tabs.map((tab) => tab.refreshToken)).size, 1);
    t.clock.advance(60_000);
    const again = await refreshed(refreshToken);
    assert.equal(again.refreshToken, tabs[0]?.refreshToken);
    assert.equal((await refresh(again.refreshToken)).status, 200);
  });

  test('a token used again after a minute is a stolen one: the whole session ends, and that is recorded', async () => {
    const stolen = await join(t);
    const hers = await refreshed(stolen.refreshToken);
    t.clock.advance(60_001);
    assert.deepEqual(await outcome(refresh(stolen.refreshToken)), [401, 'session-ended']);
    assert.deepEqual(await outcome(refresh(hers.refreshToken)), [401, 'session-ended']);
    assert.deepEqual(await outcome(me(hers.accessToken)), [401, 'unauthenticated']);
    assert.equal((await events()).at(-1), 'refresh-reused');
    assert.ok(t.logged.some((line) => line.includes('"refresh-reused"')));
    assert.equal((await signIn()).status, 201);
  });

  test('ends after half a day without use, and after a month with', async () => {
    const idle = await join(t);
    t.clock.advance(12 * HOUR);
    assert.deepEqual(await outcome(refresh(idle.refreshToken)), [401, 'session-ended']);
    let { refreshToken } = (await (await signIn()).json()) as Tokens;
    for (let hours = 0; hours < 30 * 24 - 10; hours += 10) {
      t.clock.advance(10 * HOUR);
      ({ refreshToken } = await refreshed(refreshToken));
    }
    t.clock.advance(10 * HOUR - 5 * MINUTE);
    const last = await refreshed(refreshToken);
    assert.equal((await me(last.accessToken)).status, 200);
    t.clock.advance(5 * MINUTE);
    assert.deepEqual(await outcome(me(last.accessToken)), [401, 'unauthenticated'], 'its token with it');
    assert.deepEqual(await outcome(refresh(last.refreshToken)), [401, 'session-ended']);
  });

  test('a refresh token of one regroupement, or made up, refreshes nothing', async () => {
    const { refreshToken } = await join(t);
    const elsewhere = await t.app.request(`${PUBLIC_URL}/v1/regroupements/la-farandole/sessions/refresh`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refreshToken }),
    });
    assert.deepEqual(await outcome(elsewhere), [401, 'session-ended']);
    assert.deepEqual(await outcome(refresh('x'.repeat(43))), [401, 'session-ended']);
    assert.equal((await refresh(refreshToken)).status, 200);
  });

  test('keeps no token that could be read back', async () => {
    const first = await join(t);
    const second = await refreshed(first.refreshToken);
    const { rows } = await t.deps.db.execute('SELECT * FROM refresh_tokens');
    for (const { refreshToken } of [first, second]) assert.ok(!JSON.stringify(rows).includes(refreshToken));
  });
});

describe('signing out', () => {
  test('ends this session at once, and no other', async () => {
    const here = await join(t);
    const there = (await (await signIn()).json()) as Tokens;
    const out = () =>
      t.call('DELETE', '/sessions/current', undefined, { Authorization: `DPoP ${here.accessToken}` });
    assert.equal((await out()).status, 204);
    assert.deepEqual(await outcome(me(here.accessToken)), [401, 'unauthenticated']);
    assert.deepEqual(await outcome(refresh(here.refreshToken)), [401, 'session-ended']);
    assert.deepEqual(await outcome(out()), [401, 'unauthenticated']);
    assert.equal((await me(there.accessToken)).status, 200);
  });

  test('long-dead sessions are deleted, with their tokens', async () => {
    await join(t);
    t.clock.advance(38 * DAY);
    await signIn();
    await keepNoLonger(t.deps);
    const { rows } = await t.deps.db.execute(
      'SELECT (SELECT count(*) FROM sessions) s, (SELECT count(*) FROM refresh_tokens) r',
    );
    assert.deepEqual({ ...rows[0] }, { s: 1, r: 1 });
  });
});

describe('an access token', () => {
  test('is good for ten minutes', async () => {
    const { accessToken } = await join(t);
    t.clock.advance(10 * MINUTE - 1_000);
    assert.equal((await me(accessToken)).status, 200);
    t.clock.advance(1_000);
    assert.deepEqual(await outcome(me(accessToken)), [401, 'unauthenticated']);
  });

  test('is good for one regroupement', async () => {
    const { accessToken } = await join(t);
    const elsewhere = () =>
      t.app.request(`${PUBLIC_URL}/v1/regroupements/la-farandole/me`, {
        headers: { Authorization: `DPoP ${accessToken}` },
      });
    assert.deepEqual(await outcome(elsewhere()), [401, 'unauthenticated']);
    assert.equal((await me(accessToken)).status, 200);
    assert.deepEqual(await outcome(elsewhere()), [401, 'unauthenticated']);
  });

  test('verifies by the published keys, and says no more than who and where', async () => {
    const { accessToken } = await join(t);
    const keys = createRemoteJWKSet(new URL(`${PUBLIC_URL}/.well-known/jwks.json`), {
      [customFetch]: async (url) => await t.app.request(String(url)),
    });
    const { payload, protectedHeader } = await jwtVerify(accessToken, keys, {
      currentDate: new Date(t.clock.now),
    });
    assert.deepEqual(Object.keys(payload).sort(), [
      'aud',
      'client_id',
      'cnf',
      'exp',
      'iat',
      'iss',
      'jti',
      'sid',
      'sub',
    ]);
    assert.equal(payload.iss, PUBLIC_URL);
    assert.deepEqual({ alg: protectedHeader.alg, typ: protectedHeader.typ }, { alg: 'ES256', typ: 'at+jwt' });
    const published = await (await t.app.request('/.well-known/jwks.json')).text();
    assert.ok(!published.includes('"d"'), 'no private key');
  });

  test('that anybody else made, or changed, opens nothing', async () => {
    const { accessToken } = await join(t);
    const [header = '', payload = '', signature = ''] = accessToken.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const own = await generateKeyPair('ES256', { extractable: true });
    const signedBy = (key: Parameters<SignJWT['sign']>[0], head: object, claimed: object = claims) =>
      new SignJWT({ ...claimed }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...head }).sign(key);
    const { keys } = (await (await t.app.request('/.well-known/jwks.json')).json()) as { keys: object[] };
    const { key } = await signingKey(t.deps);
    const neighbour = await join(t, { email: 'voisine@example.org' });
    const { sub } = decodeJwt(neighbour.accessToken);
    const ours = (change: object, head: object = {}) => signedBy(key, head, { ...claims, ...change });
    const forged = {
      'of ours, issued by another server': await ours({ iss: 'https://autre.test' }),
      'of ours, of another type': await ours({}, { typ: 'JWT' }),
      'of ours, for another regroupement': await ours({ aud: 'another' }),
      'of ours, for another person’s session': await ours({ sub }),
      'of ours, for no browser': await ours({ cnf: undefined }),
      'of ours, without an end': await ours({ exp: undefined }),
      'of ours, that is over': await ours({ exp: claims.iat }),
      'without a signature': `${encoded({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
      'alg none under our kid': `${encoded({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.${signature}`,
      'signed with our public key as a secret': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
        .sign(new TextEncoder().encode(JSON.stringify(keys[0]))),
      'signed with another key under our kid': await signedBy(own.privateKey, {}),
      'signed with a key that it brings along': await signedBy(own.privateKey, {
        jwk: await exportJWK(own.publicKey),
      }),
      'signed with an unknown key': await signedBy(own.privateKey, { kid: 'unknown' }),
      'for another person': `${header}.${encoded({ ...claims, sub: 'someone-else' })}.${signature}`,
      'with a longer life': `${header}.${encoded({ ...claims, exp: claims.exp + 999 })}.${signature}`,
      'with a signature cut short': `${header}.${payload}.${signature.slice(0, -4)}`,
      'that is empty': '..',
      'that is no JWT': 'abc.def.ghi',
      'of fifty kilobytes': `${header}.${'A'.repeat(50_000)}.${signature}`,
    };
    for (const [what, token] of Object.entries(forged)) {
      assert.deepEqual(await outcome(me(token)), [401, 'unauthenticated'], `a token ${what}`);
    }
    assert.equal((await me(accessToken)).status, 200);
  });

  test('a malformed Authorization header is a 401, never a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.string().map((s) => `DPoP ${s}`),
          fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((p) => `DPoP ${p.join('.')}`),
        ),
        async (value) => {
          const headers = new Headers({ Origin: 'https://petits-bouleaux.test' });
          try {
            headers.set('Authorization', value);
          } catch {
            return; // no client could send it
          }
          const answer = await t.app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux/me`, {
            headers,
          });
          assert.deepEqual(await outcome(answer), [401, 'unauthenticated']);
          assert.equal(answer.headers.get('WWW-Authenticate'), 'DPoP algs="ES256"');
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('signing keys', () => {
  test('two processes that start at once agree on one key, and accept each other’s tokens', async () => {
    const others = await Promise.all(
      [1, 2, 3].map(async () => ({ ...t.deps, db: await openDb(t.deps.config.databaseUrl) })),
    );
    try {
      const apps = [t.app, ...others.map((other) => fromBrowser(createApp(other), other))];
      const published = await Promise.all(
        apps.map(async (app) => await (await app.request('/.well-known/jwks.json')).text()),
      );
      assert.equal(new Set(published).size, 1);
      assert.equal(JSON.parse(published[0] ?? '').keys.length, 1);
      const { accessToken } = await join(t);
      for (const app of apps) {
        const answer = await app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux/me`, {
          headers: { Authorization: `DPoP ${accessToken}` },
        });
        assert.equal(answer.status, 200);
      }
    } finally {
      for (const other of others) other.db.close();
    }
  });

  test('a new key signs nobody out: old tokens go on, new ones are signed with it', async () => {
    const before = await join(t);
    t.clock.advance(2_000);
    await rotateSigningKey(t.deps, 'cli:test');
    assert.equal((await me(before.accessToken)).status, 200);
    const after = await refreshed(before.refreshToken);
    const kid = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
    assert.notEqual(kid(after.accessToken), kid(before.accessToken));
    assert.equal((await me(after.accessToken)).status, 200);
    const published = async () => {
      const answer = await (await t.app.request('/.well-known/jwks.json')).json();
      return (answer as { keys: { kid: string }[] }).keys.map((key) => key.kid);
    };
    assert.deepEqual(await published(), [kid(after.accessToken), kid(before.accessToken)]);
    t.clock.advance(12 * MINUTE);
    assert.deepEqual(await published(), [kid(after.accessToken)]);
  });

  test('are kept encrypted, and are replaced when no SECRET_KEY opens them any more', async () => {
    await join(t);
    const { rows } = await t.deps.db.execute<{ private_jwk: string }>('SELECT private_jwk FROM signing_keys');
    assert.match(rows[0]?.private_jwk ?? '', /^v1\.[\w-]+\.[\w-]+$/);
    const db = await openDb(t.deps.config.databaseUrl);
    t.clock.advance(1);
    const renewed = {
      ...t.deps,
      db,
      config: { ...t.deps.config, secretKeys: ['another-key-of-at-least-thirty-two-characters'] },
    };
    try {
      const answer = await createApp(renewed).request('/.well-known/jwks.json');
      assert.equal(((await answer.json()) as { keys: object[] }).keys.length, 2);
    } finally {
      db.close();
    }
  });
});
