// A forgotten password: the mailbox decides, and whatever was open before is shut.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import { PAGE, startTestApp, type TestApp } from '../../support/app.ts';
import {
  EMAIL,
  join,
  leaving,
  mailbox,
  newcomer,
  newestLink,
  outcome,
  PASSWORD,
  seen,
  signUp,
} from '../../support/sign-up.ts';

const HOUR = 3_600_000;
const NEW_PASSWORD = 'quatre loutres au soleil levant';
let t: TestApp;
beforeEach(async () => {
  t = await startTestApp({ trustedProxies: 1 });
});
afterEach(() => t.close());

const ask = (email = EMAIL, more: object = {}) =>
  t.call('POST', '/password-resets', { email, lang: 'fr-CA', ...more });
const check = (token: string) => t.call('POST', '/password-resets/check', { token });
const complete = (token: string, password = NEW_PASSWORD) =>
  t.call('POST', '/password-resets/complete', { token, password });
const signIn = (password: string, email = EMAIL) => t.call('POST', '/sessions', { email, password });

describe('a forgotten password', () => {
  test('is replaced through the link; she is signed in, told of it, and the old one is dead', async () => {
    await join(t);
    assert.equal((await ask(` ${EMAIL.toUpperCase()} `)).status, 202);
    const token = await newestLink(t, 'reset');
    assert.deepEqual(await (await check(token)).json(), { state: 'valid' });
    const answer = await complete(token);
    assert.equal(answer.status, 201);
    const tokens = (await answer.json()) as Tokens;
    assert.deepEqual(tokens.me, { name: newcomer.name, email: EMAIL, lang: 'fr-CA' });
    assert.deepEqual(await outcome(signIn(PASSWORD)), [401, 'sign-in-failed']);
    assert.equal((await signIn(NEW_PASSWORD)).status, 201);
    assert.deepEqual(
      (await mailbox(t)).map((mail) => mail.kind),
      ['activate', 'reset', 'password-changed'],
    );
  });

  test('ends every session that was open', async () => {
    const before = [await join(t), (await (await signIn(PASSWORD)).json()) as Tokens];
    await ask();
    await complete(await newestLink(t, 'reset'));
    for (const { accessToken, refreshToken } of before) {
      const headers = { Authorization: `DPoP ${accessToken}` };
      assert.deepEqual(await outcome(t.call('GET', '/me', undefined, headers)), [401, 'unauthenticated']);
      assert.deepEqual(await outcome(t.call('POST', '/sessions/refresh', { refreshToken })), [
        401,
        'session-ended',
      ]);
    }
  });

  test('leaves no session to whoever signs in with the old password at that very moment', async () => {
    await join(t);
    await ask();
    const token = await newestLink(t, 'reset');
    const [, ...late] = await Promise.all([
      complete(token),
      ...Array.from({ length: 5 }, () => signIn(PASSWORD)),
    ]);
    for (const answer of late) {
      if (answer.status !== 201) continue;
      const { accessToken } = (await answer.json()) as Tokens;
      const headers = { Authorization: `DPoP ${accessToken}` };
      assert.equal((await t.call('GET', '/me', undefined, headers)).status, 401);
    }
  });

  test('of an unknown e-mail gets the same answer, and no message', async () => {
    await join(t);
    await signUp(t, { email: 'en-attente@example.org' });
    const known = await seen(ask());
    assert.deepEqual(await seen(ask('inconnue@example.org')), known);
    assert.deepEqual(await seen(ask('en-attente@example.org')), known);
    assert.deepEqual(await mailbox(t, 'inconnue@example.org'), []);
    assert.equal((await mailbox(t, 'en-attente@example.org')).at(-1)?.kind, 'reset');
  });

  test('of an account not yet activated activates it, under the name that she typed', async () => {
    await signUp(t);
    t.clock.advance(1);
    const link = await signUp(t);
    await ask();
    const token = await newestLink(t, 'reset');
    t.clock.advance(HOUR - 1);
    const { me } = (await (await complete(token)).json()) as Tokens;
    assert.equal(me.name, newcomer.name);
    assert.equal((await signIn(NEW_PASSWORD)).status, 201);
    assert.deepEqual(await outcome(signIn(PASSWORD)), [401, 'sign-in-failed']);
    assert.deepEqual(await outcome(t.call('POST', '/activations', { token: link, password: PASSWORD })), [
      410,
      'link-invalid',
    ]);
    assert.ok(!(await mailbox(t)).some((mail) => mail.kind === 'password-changed'));
  });

  test('of an account not yet activated gives her no name and no language that a stranger typed after her', async () => {
    await signUp(t);
    t.clock.advance(1);
    await signUp(t, {
      name: 'Appelez le 1-900-555-0199',
      password: 'deux hiboux sur la clôture',
      lang: 'en-CA',
    });
    await ask();
    const { me } = (await (await complete(await newestLink(t, 'reset'))).json()) as Tokens;
    assert.deepEqual([me.name, me.email, me.lang], [EMAIL, EMAIL, 'fr-CA']);
  });

  test('whose sign-up was activated meanwhile is replaced all the same', async () => {
    const link = await signUp(t);
    await ask();
    await t.call('POST', '/activations', { token: link, password: PASSWORD });
    assert.equal((await complete(await newestLink(t, 'reset'))).status, 201);
    assert.equal((await signIn(NEW_PASSWORD)).status, 201);
  });

  test('must be replaced by a good one; a refused one does not use the link up', async () => {
    await join(t);
    await ask();
    const token = await newestLink(t, 'reset');
    for (const [password, code] of [
      ['court', 'too-short'],
      ['marie-eve.lecuyer', 'guessable'],
      ['PetitsBouleaux2026', 'guessable'],
    ] as const) {
      const answer = await complete(token, password);
      assert.equal(answer.status, 400);
      assert.deepEqual((await answer.json()).errors, [{ pointer: '/password', code }]);
    }
    assert.equal((await complete(token)).status, 201);
  });

  test('is replaced by one that is looked at no more often than at sign-in', async () => {
    await join(t);
    await ask();
    const token = await newestLink(t, 'reset');
    for (let i = 0; i < 200; i++)
      await t.call('POST', '/accounts', { ...newcomer, password: 'Printemps2026!' });
    assert.deepEqual(await outcome(complete(token)), [429, 'too-many-requests']);
    t.clock.advance(5_000);
    assert.equal((await complete(token)).status, 201, 'the link was not used up');
  });

  test('brings her back to the page she asked from, if it is registered', async () => {
    await join(t);
    const from = async (page: string) => {
      await ask(EMAIL, { page });
      return ((await (await complete(await newestLink(t, 'reset'))).json()) as Tokens).returnPage;
    };
    assert.equal(await from(PAGE), PAGE);
    assert.equal(await from('https://attrape.example/payer'), null);
  });
});

describe('a reset link', () => {
  test('works once, also for ten clicks at once', async () => {
    await join(t);
    await ask();
    const token = await newestLink(t, 'reset');
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => outcome(complete(token))));
    assert.equal(outcomes.filter(([status]) => status === 201).length, 1);
    assert.equal(outcomes.filter(([, type]) => type === 'link-used').length, 9);
    assert.deepEqual(await outcome(check(token)), [410, 'link-used']);
  });

  test('is kept as a hash only', async () => {
    await join(t);
    await ask();
    const { rows } = await t.deps.db.execute('SELECT * FROM password_resets');
    assert.equal(rows.length, 1);
    assert.ok(!JSON.stringify(rows).includes(await newestLink(t, 'reset')));
  });

  test('lives an hour', async () => {
    await join(t);
    await ask();
    const token = await newestLink(t, 'reset');
    t.clock.advance(HOUR);
    assert.deepEqual(await outcome(check(token)), [410, 'link-invalid']);
    assert.deepEqual(await outcome(complete(token)), [410, 'link-invalid']);
    assert.equal((await signIn(PASSWORD)).status, 201);
  });

  test('is as good as a later one, until one of them was used', async () => {
    await join(t);
    await ask();
    const first = await newestLink(t, 'reset');
    await ask();
    const second = await newestLink(t, 'reset');
    assert.equal((await complete(first)).status, 201);
    assert.deepEqual(await outcome(complete(second)), [410, 'link-invalid']);
  });

  test('is no activation link, and the other way round', async () => {
    const link = await signUp(t);
    await ask();
    const reset = await newestLink(t, 'reset');
    assert.deepEqual(await outcome(complete(link)), [410, 'link-invalid']);
    const activation = t.call('POST', '/activations', { token: reset, password: PASSWORD });
    assert.deepEqual(await outcome(activation), [410, 'link-invalid']);
  });

  const askFrom = (address: string) =>
    t.call('POST', '/password-resets', { email: EMAIL, lang: 'fr-CA' }, { 'X-Forwarded-For': address });

  test('is sent six times an hour at most for one address; she, at another one, gets hers at once', async () => {
    await join(t);
    t.clock.advance(HOUR);
    const resets = async () => (await leaving(t)).filter(({ kind }) => kind === 'reset');
    for (let i = 0; i < 12; i++) assert.equal((await askFrom('192.0.2.1')).status, 202);
    assert.equal((await resets()).filter(({ inMs }) => inMs === 0).length, 6);
    assert.equal((await resets()).length, 6 + 1, 'for the rest one, later');
    assert.equal((await askFrom('198.51.100.7')).status, 202);
    assert.equal((await resets()).filter(({ inMs }) => inMs === 0).length, 7);
  });

  test('is asked for by one address sixty times an hour, whoever it is about; another one is not kept out', async () => {
    const from = (address: string, i = 0) =>
      t.call(
        'POST',
        '/password-resets',
        { email: `personne${i}@example.org`, lang: 'fr-CA' },
        { 'X-Forwarded-For': address },
      );
    for (let i = 0; i < 60; i++) assert.equal((await from('192.0.2.1', i)).status, 202);
    assert.deepEqual(await outcome(from('192.0.2.1', 60)), [429, 'too-many-requests']);
    assert.equal((await from('198.51.100.7', 60)).status, 202);
  });
});
