// People of the office come in: invited, with a second factor before anything is seen, and out again.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { dpopNonce } from '../../../../server/accounts/sessions/dpop.ts';
import { sendDueMail } from '../../../../server/mail/worker.ts';
import { invite } from '../../../../server/staff/people/invitations.ts';
import { membershipOf, removeMember } from '../../../../server/staff/people/memberships.ts';
import { joinSignedIn, resetFactors } from '../../../../server/staff/sign-in/enrolment.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../../support/app.ts';
import { Authenticator } from '../../../support/authenticator.ts';
import { regroupementId } from '../../../support/books.ts';
import { BrowserKey } from '../../../support/browser-key.ts';
import { callStaff, enrol, joinOffice, mailedToken, PASSWORD } from '../../../support/office.ts';

const LISE = { name: 'Lise Roy', email: 'lise@example.org', role: 'owner', lang: 'fr-CA' } as const;
const kindOf = (body: { type: string }) => body.type.split('/').at(-1);

describe('a person of the office', () => {
  let t: TestApp;
  let id: string;
  beforeEach(async () => {
    t = await startTestApp();
    id = await regroupementId(t);
  });
  afterEach(() => t.close());
  const post = (path: string, body?: unknown, accessToken?: string) =>
    callStaff(t, 'POST', path, body, accessToken);
  const accept = (token: string, more: object = {}) =>
    post('/invitations/accept', { token, name: 'Lise Roy', password: PASSWORD, lang: 'fr-CA', ...more });
  const signIn = (person: { email: string }, code: string, more: object = {}) =>
    post('/sessions', { email: person.email, password: PASSWORD, code, ...more });

  test('is invited by e-mail, in French, and sees nothing before her second factor is set', async () => {
    await invite(t.deps, id, LISE, 'cli:test');
    const token = await mailedToken(t, 'staff-invitation');
    await sendDueMail(t.deps);
    const [message] = t.outgoing;
    assert.equal(message?.to, LISE.email);
    assert.match(message?.subject ?? '', /^Votre accès au bureau – Regroupement petits-bouleaux$/);
    assert.ok(message?.text.includes(`${PUBLIC_URL}/bureau/petits-bouleaux#invitation=${token}`));
    const { body: shown } = await post('/invitations/check', { token });
    assert.deepEqual(
      [shown.regroupement, shown.email, shown.role, shown.known],
      ['Regroupement petits-bouleaux', LISE.email, 'owner', false],
    );

    const { status, body } = await accept(token);
    assert.deepEqual([status, body.enrolling], [201, true]);
    const me = () => callStaff(t, 'GET', '/me', undefined, body.accessToken);
    assert.deepEqual((await me()).body.memberships, [], 'she is no member yet');
    for (const [method, path] of [
      ['GET', '/me/sessions'],
      ['POST', '/sessions/current/confirmation'],
      ['DELETE', '/factors/totp'],
    ] as const) {
      const refused = await callStaff(
        t,
        method,
        path,
        method === 'POST' ? { code: '123456' } : undefined,
        body.accessToken,
      );
      assert.deepEqual([refused.status, kindOf(refused.body)], [403, 'enrolment-needed'], path);
    }
    assert.equal((await signIn(LISE, '123456')).status, 401, 'and a password alone opens nothing');

    const codesFirst = await post('/factors/codes', undefined, body.accessToken);
    const early = await post('/factors/codes/verify', { code: codesFirst.body.codes[0] }, body.accessToken);
    assert.equal(kindOf(early.body), 'factor-needed');
    const { codes } = await enrol(t, body.accessToken);
    assert.equal(new Set(codes).size, 10);
    const { body: after } = await me();
    assert.deepEqual(
      after.memberships.map((one: { slug: string; role: string }) => [one.slug, one.role]),
      [['petits-bouleaux', 'owner']],
    );
    assert.deepEqual(
      [after.enrolling, after.totp, after.codesLeft, after.freshFor > 290],
      [false, true, 10, true],
    );
    assert.equal(kindOf((await accept(token)).body), 'link-used', 'the link served');
    const { rows } = await t.deps.db.execute<{ act: string; actor: string }>(
      'SELECT act, actor FROM audit ORDER BY seq',
    );
    assert.deepEqual(
      rows.map(({ act, actor }) => [act, actor.split(':')[0]]),
      [
        ['staff-invited', 'cli'],
        ['staff-joined', 'staff'],
      ],
    );
  });

  test('a link of yesterday’s week, of a newer invitation or invented: says so, and opens nothing', async () => {
    await invite(t.deps, id, LISE, 'cli:test');
    const first = await mailedToken(t, 'staff-invitation');
    await invite(t.deps, id, { ...LISE, email: 'LISE@example.org' }, 'cli:test');
    const second = await mailedToken(t, 'staff-invitation');
    for (const token of [first, 'x'.repeat(43)])
      assert.deepEqual(kindOf((await accept(token)).body), 'link-invalid');
    assert.equal((await post('/invitations/check', { token: second })).status, 200);
    t.clock.advance(7 * 86_400_000);
    assert.equal(kindOf((await accept(second)).body), 'link-invalid');
  });

  test('asks for another invitation with a link that ended: the owners are told, once a day; an invented one tells nobody', async () => {
    await joinOffice(t, { email: 'chef@example.org', role: 'owner' });
    await joinOffice(t, { email: 'lecture@example.org', role: 'reader' });
    await invite(t.deps, id, LISE, 'cli:test');
    const token = await mailedToken(t, 'staff-invitation');
    t.clock.advance(8 * 24 * 3_600_000);
    await sendDueMail(t.deps);
    t.outgoing.length = 0;

    for (const one of [token, token, 'x'.repeat(43)])
      assert.deepEqual(await post('/invitations/request', { token: one }), {
        status: 202,
        body: { email: 'sent' },
      });
    await sendDueMail(t.deps);
    assert.deepEqual(
      t.outgoing.map(({ to, subject }) => [to, subject]),
      [['chef@example.org', 'Une invitation est redemandée – Regroupement petits-bouleaux']],
    );
    assert.match(t.outgoing[0]?.text ?? '', /L’invitation de Lise Roy \(lise@example\.org\) au bureau/);
    assert.ok(t.outgoing[0]?.text.includes(`${PUBLIC_URL}/bureau/petits-bouleaux#utilisateurs`));
  });

  test('works at the address that the office has, where it is not the payers’', async () => {
    t.deps.config.officeUrl = 'https://bureau.test';
    await invite(t.deps, id, LISE, 'cli:test');
    const token = await mailedToken(t, 'staff-invitation');
    await sendDueMail(t.deps);
    assert.ok(t.outgoing[0]?.text.includes(`https://bureau.test/bureau/petits-bouleaux#invitation=${token}`));
    const { accessToken } = (await accept(token)).body;
    const { options } = (await post('/factors/passkeys/options', undefined, accessToken)).body;
    assert.equal(options.rp.id, 'bureau.test');
    const check = (origin: string) =>
      t.app.request(`${PUBLIC_URL}/v1/staff/invitations/check`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: origin },
        body: JSON.stringify({ token }),
      });
    assert.equal((await check('https://bureau.test')).status, 200);
    assert.equal((await check('https://elsewhere.test')).status, 403);
  });

  test('begins again from the same link when she did not finish; what she chose before is worth nothing', async () => {
    await invite(t.deps, id, LISE, 'cli:test');
    const token = await mailedToken(t, 'staff-invitation');
    const first = await accept(token, { password: 'quatre lampes orange' });
    const second = await accept(token);
    assert.equal((await callStaff(t, 'GET', '/me', undefined, first.body.accessToken)).status, 401);
    const { code } = await enrol(t, second.body.accessToken);
    assert.equal((await signIn(LISE, code(), { password: 'quatre lampes orange' })).status, 401);
    assert.equal((await signIn(LISE, code())).status, 201);
  });

  test('signs in by password and code together; a code serves once, and so does a recovery code', async () => {
    const lise = await joinOffice(t, LISE);
    const code = lise.code();
    const opened = await signIn(lise, `${code.slice(0, 3)} ${code.slice(3)}`);
    assert.deepEqual([opened.status, opened.body.enrolling], [201, false]);
    assert.equal((await signIn(lise, code)).status, 401, 'again');
    assert.equal((await signIn(lise, lise.code(), { password: 'un autre mot de passe' })).status, 401);
    const [paper = ''] = lise.codes;
    assert.equal((await signIn(lise, paper.toUpperCase().replaceAll('-', ' '))).status, 201);
    assert.equal((await signIn(lise, paper)).status, 401, 'again');
    assert.equal((await lise.call('GET', '/me')).body.codesLeft, 9);
    const nobody = await signIn({ email: 'personne@example.org' }, '123456');
    const wrong = await signIn(lise, '000000');
    for (const one of [nobody.body, wrong.body]) delete one.requestId;
    assert.deepEqual(wrong.body, nobody.body, 'one answer');
  });

  test('a stolen password: ten codes in a quarter of an hour, then none; her paper opens all the same', async () => {
    const lise = await joinOffice(t, LISE);
    for (let n = 0; n < 10; n++) assert.equal((await signIn(lise, '000000')).status, 401);
    t.clock.advance(60_000);
    assert.equal((await signIn(lise, '000000')).status, 429);
    t.clock.advance(900_000);
    assert.equal((await signIn(lise, lise.codes[0] ?? '')).status, 201);
  });

  test('signs in by a passkey alone; not by one that did not ask who she is, nor by the same answer twice', async () => {
    const lise = await joinOffice(t, LISE);
    const device = new Authenticator(PUBLIC_URL);
    const { options } = (await lise.call('POST', '/factors/passkeys/options')).body;
    assert.equal(options.rp.id, 'pay.test');
    const made = { passkey: device.create(options), name: 'Téléphone' };
    assert.equal((await lise.call('POST', '/factors/passkeys', made)).status, 201);
    assert.equal(
      (await lise.call('POST', '/factors/passkeys', made)).status,
      422,
      'its question was answered',
    );

    const ask = async () => (await post('/sessions/options')).body.options;
    const asked = await ask();
    assert.ok(!('allowCredentials' in asked) || asked.allowCredentials.length === 0, 'names nobody');
    const answer = device.get(asked);
    assert.equal((await post('/sessions', { passkey: answer })).status, 201);
    assert.equal((await post('/sessions', { passkey: answer })).status, 401, 'again');
    device.verifies = false;
    assert.equal((await post('/sessions', { passkey: device.get(await ask()) })).status, 401);
    device.verifies = true;
    const elsewhere = new Authenticator('https://evil.test');
    elsewhere.create({ challenge: 'x', user: { id: 'x' } });
    assert.equal((await post('/sessions', { passkey: elsewhere.get(await ask()) })).status, 401);
    const late = await ask();
    t.clock.advance(301_000);
    assert.equal((await post('/sessions', { passkey: device.get(late) })).status, 401, 'after five minutes');
    const { passkeys } = (await lise.call('GET', '/me')).body;
    assert.deepEqual(
      passkeys.map(({ name }: { name: string }) => name),
      ['Téléphone'],
    );
  });

  test('changes her factors only with a fresh proof, and never takes the last one away', async () => {
    const lise = await joinOffice(t, LISE);
    assert.equal(kindOf((await lise.call('DELETE', '/factors/totp')).body), 'last-factor');
    t.clock.advance(301_000);
    for (const path of ['/factors/totp', '/factors/codes', '/factors/passkeys/options'])
      assert.equal(kindOf((await lise.call('POST', path)).body), 'fresh-factor-needed', path);
    assert.equal((await lise.call('POST', '/sessions/current/confirmation', { code: '000000' })).status, 422);
    const { body } = await lise.call('POST', '/sessions/current/confirmation', { code: lise.code() });
    assert.equal(body.freshFor, 300);
    const device = new Authenticator(PUBLIC_URL);
    const { options } = (await lise.call('POST', '/factors/passkeys/options')).body;
    await lise.call('POST', '/factors/passkeys', { passkey: device.create(options), name: 'Clé' });
    assert.equal((await lise.call('DELETE', '/factors/totp')).status, 204);
    const [passkey] = (await lise.call('GET', '/me')).body.passkeys;
    assert.equal(kindOf((await lise.call('DELETE', `/factors/passkeys/${passkey.id}`)).body), 'last-factor');
    const confirm = (await lise.call('POST', '/sessions/current/confirmation/options')).body.options;
    const proof = { passkey: device.get(confirm) };
    assert.equal((await lise.call('POST', '/sessions/current/confirmation', proof)).status, 200);
    const old = lise.codes[5] ?? '';
    const { codes } = (await lise.call('POST', '/factors/codes')).body;
    assert.equal((await signIn(lise, old)).status, 201, 'the old ones count until one is typed back');
    assert.equal((await lise.call('POST', '/factors/codes/verify', { code: old })).status, 422);
    assert.equal((await lise.call('POST', '/factors/codes/verify', { code: codes[0] })).status, 201);
    assert.equal((await signIn(lise, lise.codes[6] ?? '')).status, 401);
  });

  test('her session: bound to her browser, thirty minutes idle, twelve hours at most, turning tokens', async () => {
    const lise = await joinOffice(t, LISE);
    const thief = await BrowserKey.make();
    const url = `${PUBLIC_URL}/v1/staff/me`;
    const stolen = await t.app.request(url, {
      headers: {
        Authorization: `DPoP ${lise.accessToken}`,
        DPoP: await thief.proof({
          method: 'GET',
          url,
          nonce: dpopNonce(t.deps),
          accessToken: lise.accessToken,
        }),
      },
    });
    assert.equal(stolen.status, 401);
    const refresh = (refreshToken: string) => post('/sessions/refresh', { refreshToken });
    const { body: opened } = await signIn(lise, lise.code());
    assert.equal(opened.endsIn, 1_800);
    const { body: next } = await refresh(opened.refreshToken);
    assert.equal((await refresh(opened.refreshToken)).body.refreshToken, next.refreshToken, 'a lost answer');
    t.clock.advance(61_000);
    assert.equal((await refresh(opened.refreshToken)).status, 401, 'a stolen copy');
    assert.equal((await refresh(next.refreshToken)).status, 401, 'ends the session');

    let { body: again } = await signIn(lise, lise.code());
    const start = t.clock.now;
    while (t.clock.now < start + 11.9 * 3_600_000) {
      t.clock.advance(29 * 60_000);
      const answer = await refresh(again.refreshToken);
      if (answer.status !== 200) break;
      again = answer.body;
    }
    assert.ok(t.clock.now > start + 11.5 * 3_600_000);
    t.clock.advance(29 * 60_000);
    assert.equal((await refresh(again.refreshToken)).status, 401, 'twelve hours');
    const { body: idle } = await signIn(lise, lise.code(), { shared: true });
    assert.equal(idle.endsIn, 900);
    t.clock.advance(15 * 60_000);
    assert.equal((await refresh(idle.refreshToken)).status, 401, 'a shared computer, fifteen minutes');
    t.deps.config.staffIdleMinutes = 10;
    assert.equal((await signIn(lise, lise.code())).body.endsIn, 600, 'as the operator says');
    assert.equal((await signIn(lise, lise.code(), { shared: true })).body.endsIn, 600);
  });

  test('sees where she is signed in, ends one from here, and signs out', async () => {
    const lise = await joinOffice(t, LISE);
    const { body: other } = await signIn(lise, lise.code());
    const { sessions } = (await lise.call('GET', '/me/sessions')).body;
    assert.deepEqual(
      sessions.map(({ current }: { current: boolean }) => current),
      [true, false],
    );
    assert.equal((await lise.call('DELETE', `/me/sessions/${sessions[1].id}`)).status, 204);
    assert.equal((await lise.call('DELETE', `/me/sessions/${sessions[1].id}`)).status, 404);
    assert.equal((await callStaff(t, 'GET', '/me', undefined, other.accessToken)).status, 401);
    assert.equal((await lise.call('DELETE', '/sessions/current')).status, 204);
    assert.equal((await lise.call('GET', '/me')).status, 401);
  });

  test('is called from our own page only', async () => {
    const lise = await joinOffice(t, LISE);
    const url = `${PUBLIC_URL}/v1/staff/me`;
    const from = async (Origin: string) =>
      (await t.app.request(url, { headers: { Authorization: `DPoP ${lise.accessToken}`, Origin } })).status;
    assert.deepEqual(
      [await from(PUBLIC_URL), await from('https://petits-bouleaux.test'), await from('null')],
      [200, 403, 403],
    );
  });

  test('works for a second regroupement by joining it signed in; the invitation is to her e-mail alone', async () => {
    const lise = await joinOffice(t, LISE);
    const anne = await joinOffice(t, { ...LISE, email: 'anne@example.org' });
    await invite(t.deps, await regroupementId(t, 'la-farandole'), { ...LISE, role: 'reader' }, 'cli:test');
    const token = await mailedToken(t, 'staff-invitation');
    assert.equal((await post('/invitations/check', { token })).body.known, true);
    assert.equal(kindOf((await accept(token)).body), 'sign-in-needed');
    assert.equal(kindOf((await anne.call('POST', '/invitations/join', { token })).body), 'wrong-account');
    assert.equal((await lise.call('POST', '/invitations/join', { token })).status, 200);
    assert.equal(kindOf((await lise.call('POST', '/invitations/join', { token })).body), 'link-used');
    const { memberships } = (await lise.call('GET', '/me')).body;
    assert.deepEqual(
      memberships.map(({ slug, role }: { slug: string; role: string }) => [slug, role]),
      [
        ['la-farandole', 'reader'],
        ['petits-bouleaux', 'owner'],
      ],
    );
  });

  test('loses her phone: her factors are reset, all is signed out, a link and her password set up others', async () => {
    const lise = await joinOffice(t, LISE);
    await resetFactors(t.deps, id, lise.id, 'cli:test');
    assert.equal((await lise.call('GET', '/me')).status, 401);
    assert.equal((await signIn(lise, lise.codes[0] ?? '')).status, 401, 'old codes are gone');
    const token = await mailedToken(t, 'staff-enrolment');
    assert.equal((await post('/enrolments', { token, password: 'pas le bon du tout' })).status, 401);
    const { status, body } = await post('/enrolments', { token, password: PASSWORD });
    assert.deepEqual([status, body.enrolling], [201, true]);
    const { code } = await enrol(t, body.accessToken);
    assert.equal((await signIn(lise, code())).status, 201);
    assert.equal(kindOf((await post('/enrolments', { token, password: PASSWORD })).body), 'link-used');
    await resetFactors(t.deps, id, lise.id, 'cli:test');
    const late = await mailedToken(t, 'staff-enrolment');
    t.clock.advance(3_600_000);
    assert.equal(
      kindOf((await post('/enrolments', { token: late, password: PASSWORD })).body),
      'link-invalid',
    );
  });

  test('is removed at once; the last owner who can sign in never, not by two at the same moment either', async () => {
    const lise = await joinOffice(t, LISE);
    const remove = (staffId: string) =>
      removeMember(t.deps, id, staffId, 'cli:test').then(
        () => 'removed',
        ({ kind }) => kind,
      );
    assert.equal(await remove(lise.id), 'last-owner');
    await invite(t.deps, id, { ...LISE, email: 'anne@example.org' }, 'cli:test');
    assert.equal(await remove(lise.id), 'last-owner', 'an invitation is nobody yet');
    const anne = await joinOffice(t, { ...LISE, email: 'anne@example.org' });
    assert.deepEqual((await Promise.all([remove(lise.id), remove(anne.id)])).sort(), [
      'last-owner',
      'removed',
    ]);
    const { body } = await lise.call('GET', '/me');
    t.clock.advance(1);
    const gone = body.memberships === undefined ? lise : anne;
    assert.equal((await gone.call('GET', '/me')).status, 401, 'her session ended');
    assert.equal(await remove(gone.id), 'not-found');
  });

  test('removed, what she had sent out opens nothing either: her invitations end with her access, nobody else’s', async () => {
    const lise = await joinOffice(t, LISE);
    await joinOffice(t, { ...LISE, email: 'anne@example.org' });
    await invite(t.deps, id, { ...LISE, email: 'complice@example.org' }, `staff:${lise.id}`);
    const hers = await mailedToken(t, 'staff-invitation');
    await invite(t.deps, id, { ...LISE, email: 'releve@example.org' }, 'cli:test');
    const others = await mailedToken(t, 'staff-invitation');
    await removeMember(t.deps, id, lise.id, 'cli:test');
    assert.equal(kindOf((await post('/invitations/check', { token: hers })).body), 'link-invalid');
    assert.equal((await post('/invitations/check', { token: others })).status, 200);
  });

  test('who was an owner and left comes back as what she is invited as, also while no owner can sign in', async () => {
    const lise = await joinOffice(t, LISE);
    const anne = await joinOffice(t, { ...LISE, email: 'anne@example.org' });
    await removeMember(t.deps, id, anne.id, 'cli:test');
    await invite(t.deps, id, { ...LISE, email: 'anne@example.org', role: 'office' }, `staff:${lise.id}`);
    await resetFactors(t.deps, id, lise.id, 'cli:test');
    await joinSignedIn(t.deps, anne.id, await mailedToken(t, 'staff-invitation'));
    assert.equal((await membershipOf(t.deps, anne.id, id))?.role, 'office');
  });

  test('two owners reset each other at the same moment: one of them can still sign in', async () => {
    const lise = await joinOffice(t, LISE);
    const anne = await joinOffice(t, { ...LISE, email: 'anne@example.org' });
    const reset = (whose: string, by: string) =>
      resetFactors(t.deps, id, whose, `staff:${by}`, by).then(
        () => 'reset',
        ({ kind }) => kind,
      );
    const both = await Promise.all([reset(anne.id, lise.id), reset(lise.id, anne.id)]);
    assert.deepEqual(both.sort(), ['last-owner', 'reset']);
  });

  test('forgets her password: a link sets a new one and opens nothing; her second factor stays what it was', async () => {
    const lise = await joinOffice(t, LISE);
    const ask = (email: string) => post('/password-resets', { email, lang: 'fr-CA' });
    assert.deepEqual((await ask('personne@example.org')).body, (await ask('LISE@example.org')).body);
    const token = await mailedToken(t, 'staff-reset');
    await sendDueMail(t.deps);
    assert.deepEqual(
      t.outgoing.filter(({ subject }) => subject.startsWith('Nouveau mot de passe')).map(({ to }) => to),
      [LISE.email],
    );
    assert.equal((await post('/password-resets/check', { token })).status, 200);
    const complete = (password: string) => post('/password-resets/complete', { token, password });
    assert.equal((await complete('motdepasse12')).status, 400);
    assert.deepEqual(await complete('six castors très tranquilles'), { status: 204, body: null });
    assert.equal((await lise.call('GET', '/me')).status, 401, 'every session ended');
    assert.equal(kindOf((await complete('six castors très tranquilles')).body), 'link-used');
    assert.equal((await signIn(lise, lise.code())).status, 401, 'the old one is dead');
    const { status, body } = await signIn(lise, lise.code(), { password: 'six castors très tranquilles' });
    assert.deepEqual([status, body.enrolling], [201, false]);
    await sendDueMail(t.deps);
    assert.ok(
      t.outgoing.some(({ subject }) => subject.includes('a été changé')),
      'and she is told',
    );
    await ask(LISE.email);
    const late = await mailedToken(t, 'staff-reset');
    t.clock.advance(3_600_000);
    assert.equal(kindOf((await post('/password-resets/check', { token: late })).body), 'link-invalid');
  });

  test('changes her password with the present one, freshly confirmed; other sessions end', async () => {
    const lise = await joinOffice(t, LISE);
    const { body: other } = await signIn(lise, lise.code());
    const change = (currentPassword: string) =>
      lise.call('POST', '/password', { currentPassword, password: 'six castors très tranquilles' });
    assert.equal(kindOf((await change('pas celui-là du tout')).body), 'password-wrong');
    assert.equal((await change(PASSWORD)).status, 204);
    assert.equal((await lise.call('GET', '/me')).status, 200);
    assert.equal((await callStaff(t, 'GET', '/me', undefined, other.accessToken)).status, 401);
    t.clock.advance(301_000);
    assert.equal(kindOf((await change(PASSWORD)).body), 'fresh-factor-needed');
  });

  test('an access with a last day ends with that day in Toronto', async () => {
    await joinOffice(t, LISE);
    const given = { email: 'verif@example.org', role: 'reader', endsOn: '2026-11-25' } as const;
    const auditor = await joinOffice(t, given);
    const open = async () => (await auditor.call('GET', '/me')).body.memberships.length;
    assert.equal(await open(), 1);
    await t.deps.db.execute('UPDATE staff_sessions SET expires_at = expires_at * 2');
    t.clock.now = Date.parse('2026-11-26T04:59:59Z');
    const { body } = await signIn(auditor, auditor.code());
    t.clock.now = Date.parse('2026-11-26T04:59:59Z');
    const me = async () =>
      (await callStaff(t, 'GET', '/me', undefined, body.accessToken)).body.memberships.length;
    assert.equal(await me(), 1);
    t.clock.advance(1_000);
    assert.equal(await me(), 0);
  });

  test('nothing of a secret stands in the database as it is', async () => {
    const lise = await joinOffice(t, LISE);
    const { rows: tables } = await t.deps.db.execute<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'staff_%'",
    );
    assert.ok(tables.length >= 9);
    const all = await Promise.all(tables.map(({ name }) => t.deps.db.execute(`SELECT * FROM ${name}`)));
    const text = JSON.stringify(all.map(({ rows }) => rows));
    for (const secret of [PASSWORD, lise.refreshToken, ...lise.codes]) assert.ok(!text.includes(secret));
  });
});
