// Creating an account (S9–S12): the e-mail is proven by a link and a click, and nobody can begin one in her name.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { keepNoLonger } from '../../../server/privacy/retention.ts';
import { PAGE, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
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
const OTHERS_PASSWORD = 'le renard du voisin dort';
let t: TestApp;
beforeEach(async () => {
  t = await startTestApp({ trustedProxies: 1 });
});
afterEach(() => t.close());

const activate = (token: string, password = PASSWORD) => t.call('POST', '/activations', { token, password });
const check = (token: string) => t.call('POST', '/activations/check', { token });
const signIn = (password: string, email = EMAIL) => t.call('POST', '/sessions', { email, password });
const resend = (email = EMAIL, headers = {}, attempt?: string) =>
  t.call('POST', '/accounts/resend', { email, lang: 'fr-CA', attempt }, headers);

describe('signing up', () => {
  test('sends a link; the link, a click and her password activate and sign her in', async () => {
    const token = await signUp(t);
    assert.deepEqual(await (await check(token)).json(), { state: 'valid' });
    const answer = await activate(token);
    assert.equal(answer.status, 201);
    const tokens = await answer.json();
    assert.deepEqual(tokens.me, { name: newcomer.name, email: EMAIL, lang: 'fr-CA' });
    assert.equal(tokens.expiresIn, 600);
    assert.equal(tokens.endsIn, 12 * 3_600);
    assert.equal(tokens.returnPage, null);
    const me = await t.call('GET', '/me', undefined, { Authorization: `DPoP ${tokens.accessToken}` });
    assert.deepEqual(await me.json(), tokens.me);
  });

  test('looking at a link, as a scanner of e-mails does, uses nothing up', async () => {
    const token = await signUp(t);
    for (let i = 0; i < 20; i++) assert.equal((await check(token)).status, 200);
    assert.equal((await t.call('GET', '/activations')).status, 404);
    assert.equal((await activate(token)).status, 201);
  });

  test('before the click there is no account', async () => {
    await signUp(t);
    assert.deepEqual(await outcome(signIn(PASSWORD)), [401, 'sign-in-failed']);
  });

  test('an e-mail that has an account gets the same answer, and a message that says so', async () => {
    const unknown = await seen(t.call('POST', '/accounts', { ...newcomer, email: 'nouvelle@example.org' }));
    await join(t);
    const known = await seen(t.call('POST', '/accounts', { ...newcomer, password: OTHERS_PASSWORD }));
    assert.deepEqual(known, unknown);
    assert.deepEqual(
      (await mailbox(t)).map((mail) => mail.kind),
      ['activate', 'exists'],
    );
    assert.deepEqual(await outcome(signIn(OTHERS_PASSWORD)), [401, 'sign-in-failed']);
    assert.equal((await signIn(PASSWORD)).status, 201);
  });

  test('the same e-mail in capitals, or with spaces around, is the same person', async () => {
    await join(t);
    const shouted = EMAIL.toUpperCase();
    await t.call('POST', '/accounts', { ...newcomer, email: ` ${shouted} ` });
    assert.deepEqual(await mailbox(t, shouted), []);
    assert.equal((await mailbox(t)).at(-1)?.kind, 'exists');
    assert.equal((await signIn(PASSWORD, ` ${shouted} `)).status, 201);
  });

  test('nothing that was typed goes into the e-mail before the address is proven', async () => {
    await signUp(t, { name: 'Gagnez un iPhone http://attrape.example' });
    const { rows } = await t.deps.db.execute<{ payload: string }>('SELECT payload FROM outbox');
    assert.deepEqual(Object.keys(JSON.parse(rows[0]?.payload ?? '{}')), ['token']);
  });

  test('keeps neither the password nor the link, but their hashes; logs nothing of a person', async () => {
    const token = await signUp(t);
    const { rows } = await t.deps.db.execute('SELECT * FROM sign_ups');
    const kept = JSON.stringify(rows);
    assert.ok(!kept.includes(PASSWORD) && !kept.includes(token));
    await activate(token);
    const log = t.logged.join('\n');
    for (const secret of [PASSWORD, token, EMAIL, newcomer.name, 'lecuyer']) assert.ok(!log.includes(secret));
  });

  test('tells every field to mend at once, with a code for each', async () => {
    const answer = await t.call('POST', '/accounts', {
      name: ' ',
      email: 'pas un courriel',
      password: 'court',
    });
    assert.equal(answer.status, 400);
    const { errors } = await answer.json();
    assert.deepEqual(errors, [
      { pointer: '/name', code: 'required' },
      { pointer: '/email', code: 'invalid' },
      { pointer: '/password', code: 'too-short' },
      { pointer: '/lang', code: 'invalid' },
    ]);
  });

  test('refuses a password that leaked or that is soon guessed, and sends nothing', async () => {
    for (const [password, code] of [
      ['1qaz2wsx3edc4rfv', 'breached'],
      ['PetitsBouleaux2026', 'guessable'],
      ['marie-eve.lecuyer', 'guessable'],
      ['Printemps2026!', 'guessable'],
    ]) {
      const answer = await t.call('POST', '/accounts', { ...newcomer, password });
      assert.equal(answer.status, 400);
      assert.deepEqual((await answer.json()).errors, [{ pointer: '/password', code }]);
    }
    assert.deepEqual(await mailbox(t), []);
  });

  test('makes one address wait that has passwords looked at without end; another one does not', async () => {
    const choose = (from: string) =>
      t.call('POST', '/accounts', { ...newcomer, password: 'Printemps2026!' }, { 'X-Forwarded-For': from });
    const statuses = [];
    for (let i = 0; i < 201; i++) statuses.push((await choose('203.0.113.7')).status);
    assert.deepEqual([...new Set(statuses.slice(0, 200))], [400]);
    assert.equal(statuses[200], 429);
    assert.equal((await choose('203.0.113.8')).status, 400);
  });

  test('refuses what is no sign-up, whatever it is, without a fault of ours', async () => {
    const bodies = [
      null,
      [],
      'text',
      { ...newcomer, admin: true },
      { ...newcomer, email: 'a@b.ca\u0000' },
      { ...newcomer, name: 'Marie\u0000Eve' },
      { ...newcomer, name: 'x'.repeat(121) },
      { ...newcomer, password: 'x'.repeat(257) },
      { ...newcomer, password: `\ud800${PASSWORD}` },
      { ...newcomer, email: ['a@b.ca'] },
      { ...newcomer, page: 7 },
    ];
    for (const body of bodies) {
      assert.deepEqual(
        await outcome(t.call('POST', '/accounts', body)),
        [400, 'validation'],
        JSON.stringify(body),
      );
    }
    const torn = await t.app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux/accounts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"name":',
    });
    assert.deepEqual(await outcome(torn), [400, 'bad-request']);
  });

  test('brings her back to the page she began on, if the regroupement registered it, without its fragment', async () => {
    const from = async (page: string, email: string) => {
      const token = await signUp(t, { email, page });
      return (await (await activate(token)).json()).returnPage;
    };
    assert.equal(await from(`${PAGE}?page_id=12#menu`, 'a@example.org'), `${PAGE}?page_id=12`);
    assert.equal(await from('https://attrape.example/payer', 'b@example.org'), null);
    assert.equal(await from('javascript:alert(1)', 'c@example.org'), null);
    assert.equal(
      await from(`${PUBLIC_URL}/p/petits-bouleaux`, 'd@example.org'),
      `${PUBLIC_URL}/p/petits-bouleaux`,
    );
  });

  test('in one regroupement is nothing in another', async () => {
    await join(t);
    const elsewhere = (path: string, body: unknown) =>
      t.app.request(`${PUBLIC_URL}/v1/regroupements/la-farandole${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    assert.deepEqual(await outcome(elsewhere('/sessions', { email: EMAIL, password: PASSWORD })), [
      401,
      'sign-in-failed',
    ]);
    const token = await signUp(t, { email: 'autre@example.org' });
    assert.deepEqual(await outcome(elsewhere('/activations', { token, password: PASSWORD })), [
      410,
      'link-invalid',
    ]);
    assert.equal((await elsewhere('/accounts', newcomer)).status, 202);
    assert.equal((await mailbox(t)).at(-1)?.kind, 'activate');
  });
});

describe('an activation link', () => {
  test('works once; after that it says that it was used', async () => {
    const token = await signUp(t);
    await activate(token);
    assert.deepEqual(await outcome(check(token)), [410, 'link-used']);
    assert.deepEqual(await outcome(activate(token)), [410, 'link-used']);
  });

  test('clicked ten times at once makes one account and one session', async () => {
    const token = await signUp(t);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => outcome(activate(token))));
    assert.equal(outcomes.filter(([status]) => status === 201).length, 1);
    assert.equal(outcomes.filter(([, type]) => type === 'link-used').length, 9);
    const { rows } = await t.deps.db.execute(
      'SELECT (SELECT count(*) FROM accounts) a, (SELECT count(*) FROM sessions) s',
    );
    assert.deepEqual({ ...rows[0] }, { a: 1, s: 1 });
  });

  test('lives a day, not a second more', async () => {
    const [one, two] = [await signUp(t), await signUp(t, { email: 'autre@example.org' })];
    t.clock.advance(24 * HOUR - 1);
    assert.equal((await activate(one)).status, 201);
    t.clock.advance(1);
    assert.deepEqual(await outcome(check(two)), [410, 'link-invalid']);
    assert.deepEqual(await outcome(activate(two)), [410, 'link-invalid']);
  });

  test('that we never made is not valid', async () => {
    assert.deepEqual(await outcome(check('x'.repeat(43))), [410, 'link-invalid']);
    assert.deepEqual(await outcome(activate('x'.repeat(43))), [410, 'link-invalid']);
    assert.deepEqual(await outcome(check("' OR 1=1 --")), [400, 'validation']);
  });

  test('does not open with another password, and after ten of them one waits', async () => {
    const token = await signUp(t);
    for (let i = 0; i < 10; i++) {
      assert.deepEqual(await outcome(activate(token, OTHERS_PASSWORD)), [401, 'sign-in-failed']);
    }
    const refused = await activate(token, OTHERS_PASSWORD);
    assert.equal(refused.headers.get('Retry-After'), '90');
    assert.deepEqual(await outcome(refused), [429, 'too-many-requests']);
    t.clock.advance(90_000);
    assert.equal((await activate(token)).status, 201);
  });
});

describe('an account that somebody else began in her name', () => {
  test('is not hers by his link: it takes his password, which she does not know', async () => {
    const his = await signUp(t, { password: OTHERS_PASSWORD });
    assert.deepEqual(await outcome(activate(his, PASSWORD)), [401, 'sign-in-failed']);
    assert.deepEqual(await outcome(signIn(OTHERS_PASSWORD)), [401, 'sign-in-failed']);
  });

  test('dies when she activates her own: his link and his password open nothing', async () => {
    const his = await signUp(t, { password: OTHERS_PASSWORD, name: 'Pirate' });
    const hers = await signUp(t);
    const later = await signUp(t, { password: OTHERS_PASSWORD, name: 'Pirate' });
    const { me } = await (await activate(hers)).json();
    assert.equal(me.name, newcomer.name);
    for (const link of [his, later]) {
      assert.deepEqual(await outcome(activate(link, OTHERS_PASSWORD)), [410, 'link-invalid']);
    }
    assert.deepEqual(await outcome(signIn(OTHERS_PASSWORD)), [401, 'sign-in-failed']);
  });

  test('of his attempt and hers activated at once, one becomes the account, whole', async () => {
    const his = await signUp(t, { password: OTHERS_PASSWORD });
    const hers = await signUp(t);
    const outcomes = await Promise.all([outcome(activate(his, OTHERS_PASSWORD)), outcome(activate(hers))]);
    assert.deepEqual(outcomes.map(([status]) => status).sort(), [201, 410]);
    const opens = await Promise.all([outcome(signIn(OTHERS_PASSWORD)), outcome(signIn(PASSWORD))]);
    assert.deepEqual(
      opens.map(([status]) => status === 201),
      outcomes.map(([status]) => status === 201),
    );
  });

  test('a password reset by her gives her the account; his link, his password and his sessions are dead', async () => {
    const his = await signUp(t, { password: OTHERS_PASSWORD });
    await t.call('POST', '/password-resets', { email: EMAIL, lang: 'fr-CA' });
    const token = await newestLink(t, 'reset');
    const answer = await t.call('POST', '/password-resets/complete', { token, password: PASSWORD });
    assert.equal(answer.status, 201);
    assert.deepEqual(await outcome(check(his)), [410, 'link-invalid']);
    assert.deepEqual(await outcome(activate(his, OTHERS_PASSWORD)), [410, 'link-invalid']);
    assert.deepEqual(await outcome(signIn(OTHERS_PASSWORD)), [401, 'sign-in-failed']);
    assert.equal((await signIn(PASSWORD)).status, 201);
  });
});

describe('« Renvoyer le courriel »', () => {
  test('sends a new link after a minute; both links work, whichever comes first', async () => {
    const first = await signUp(t);
    await resend();
    assert.equal((await mailbox(t)).length, 1, 'within the minute nothing more goes out');
    t.clock.advance(60_000);
    await resend();
    const second = await newestLink(t, 'activate');
    assert.notEqual(first, second);
    assert.equal((await activate(first)).status, 201);
    assert.deepEqual(await outcome(check(second)), [410, 'link-invalid']);
  });

  test('gives the new link a day of its own', async () => {
    await signUp(t);
    t.clock.advance(23 * HOUR);
    await resend();
    t.clock.advance(23 * HOUR);
    assert.equal((await activate(await newestLink(t, 'activate'))).status, 201);
  });

  test('answers the same for a pending sign-up, an account, a stranger, and inside the minute', async () => {
    await signUp(t);
    await join(t, { email: 'active@example.org' });
    t.clock.advance(60_000);
    const answers = [];
    for (const email of [EMAIL, EMAIL, 'active@example.org', 'inconnue@example.org']) {
      answers.push(await seen(resend(email)));
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal((await mailbox(t, 'active@example.org')).at(-1)?.kind, 'exists');
    assert.equal((await mailbox(t, 'inconnue@example.org')).length, 0);
    assert.equal((await mailbox(t)).length, 2);
  });

  describe('of the sign-up that this browser sent', () => {
    const HERS = 'A'.repeat(22);

    test('sends its link, though a stranger began one after her and asked for his to be sent until none was', async () => {
      await signUp(t, { attempt: HERS });
      t.clock.advance(60_000);
      await signUp(t, { password: OTHERS_PASSWORD, name: 'Pirate' });
      for (let i = 0; i < 40; i++) {
        t.clock.advance(60_000);
        await resend(EMAIL, { 'X-Forwarded-For': '203.0.113.9' });
        await resend(EMAIL, { 'X-Forwarded-For': '203.0.113.9' }, `${i}`.padStart(22, 'B'));
      }
      await resend(EMAIL, {}, HERS);
      assert.equal((await activate(await newestLink(t, 'activate'))).status, 201);
    });

    test('is not sent within the minute, nor for another e-mail, nor in another regroupement', async () => {
      await signUp(t, { attempt: HERS });
      await resend(EMAIL, {}, HERS);
      assert.equal((await mailbox(t)).length, 1);
      t.clock.advance(60_000);
      await resend('voisine@example.org', {}, HERS);
      await t.app.request(`${PUBLIC_URL}/v1/regroupements/la-farandole/accounts/resend`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ email: EMAIL, lang: 'fr-CA', attempt: HERS }),
      });
      assert.equal((await mailbox(t)).length, 1);
      assert.deepEqual(await mailbox(t, 'voisine@example.org'), []);
      await resend(EMAIL, {}, HERS);
      assert.equal((await mailbox(t)).length, 2);
    });

    test('cannot be made to flood her mailbox, whatever is named, from everywhere', async () => {
      await signUp(t);
      for (let i = 0; i < 60; i++) {
        t.clock.advance(10_000);
        await resend(EMAIL, { 'X-Forwarded-For': `192.0.2.${i}` }, `${i}`.padStart(22, 'B'));
      }
      assert.ok((await mailbox(t)).length <= 1 + 10 + 2, 'ten, then one every ten minutes');
    });
  });

  test('cannot be made to flood her mailbox', async () => {
    await signUp(t);
    for (let i = 0; i < 30; i++) {
      t.clock.advance(60_000);
      assert.equal((await resend(EMAIL, { 'X-Forwarded-For': `192.0.2.${i}` })).status, 202);
    }
    assert.ok((await mailbox(t)).length <= 10 + 4, 'ten, then one every ten minutes');
  });

  test('is asked for by one address sixty times an hour, whoever it is about; another one is not kept out', async () => {
    const from = (address: string, i = 0) =>
      resend(`personne${i}@example.org`, { 'X-Forwarded-For': address });
    for (let i = 0; i < 60; i++) assert.equal((await from('192.0.2.1', i)).status, 202);
    assert.deepEqual(await outcome(from('192.0.2.1')), [429, 'too-many-requests']);
    assert.equal((await from('198.51.100.7')).status, 202);
  });
});

describe('limits of signing up', () => {
  const attempt = (address: string) => t.call('POST', '/accounts', newcomer, { 'X-Forwarded-For': address });

  test('one address sends six e-mails an hour to one mailbox; she, at another one, gets hers at once', async () => {
    for (let i = 0; i < 10; i++) assert.equal((await attempt('192.0.2.1')).status, 202);
    const atOnce = async () => (await leaving(t)).filter(({ inMs }) => inMs === 0);
    assert.equal((await atOnce()).length, 6);
    assert.equal((await attempt('198.51.100.7')).status, 202);
    assert.deepEqual((await atOnce()).at(-1)?.kind, 'activate');
    assert.equal((await atOnce()).length, 7);
  });

  test('one address begins a hundred and twenty an hour, whoever they are for; another one goes on', async () => {
    const begin = (address: string, i = 0) =>
      t.call(
        'POST',
        '/accounts',
        { ...newcomer, email: `p${i}@example.org` },
        { 'X-Forwarded-For': address },
      );
    for (let i = 0; i < 120; i++) assert.equal((await begin('192.0.2.1', i)).status, 202);
    assert.deepEqual(await outcome(begin('192.0.2.1', 120)), [429, 'too-many-requests']);
    assert.equal((await begin('198.51.100.7', 120)).status, 202);
  });
});

test('what has been dead for a week is deleted; what lives stays', async () => {
  const used = await signUp(t, { email: 'ancienne@example.org' });
  await activate(used);
  await signUp(t, { email: 'jamais@example.org' });
  t.clock.advance(8 * 24 * HOUR + 1);
  const pending = await signUp(t);
  await keepNoLonger(t.deps);
  const { rows } = await t.deps.db.execute<{ email: string }>('SELECT email FROM sign_ups');
  assert.deepEqual(
    rows.map((row) => row.email),
    [EMAIL],
  );
  assert.equal((await activate(pending)).status, 201);
  assert.equal((await signIn(PASSWORD, 'ancienne@example.org')).status, 201);
});
